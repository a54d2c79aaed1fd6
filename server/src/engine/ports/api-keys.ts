import type { Project, WorkspaceId } from '../../domain/project.ts'

/** What a key may do. `otp`: send and check codes. `otp:read-code`: see codes in answers that may show them. */
export const apiKeyScopes = ['otp', 'otp:read-code'] as const

export type ApiKeyScope = (typeof apiKeyScopes)[number]

export type ApiKey = {
  id: string
  workspaceId: WorkspaceId
  name: string
  /** The first characters, by which people recognise the key. */
  prefix: string
  scopes: ApiKeyScope[]
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
}

export type ApiKeyStore = {
  insert(key: {
    workspaceId: WorkspaceId
    name: string
    prefix: string
    hash: Buffer
    scopes: ApiKeyScope[]
    expiresAt: Date | null
  }): Promise<ApiKey>
  list(workspaceId: WorkspaceId): Promise<ApiKey[]>
  revoke(workspaceId: WorkspaceId, id: string): Promise<boolean>
  /**
   * The key with this hash if it is neither revoked nor expired, the active projects of its workspace, and whether its last use
   * was recorded within the last minute.
   */
  findUsable(hash: Buffer): Promise<{ key: ApiKey; projects: Project[]; isUseNoted: boolean } | null>
  /** Records the last use of keys, at most once a minute each. */
  touch(ids: string[]): Promise<void>
}
