import { hashApiKey } from '../../domain/api-key.ts'
import type { ProjectId, WorkspaceId } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { ApiKey, ApiKeyScope, ApiKeyStore } from '../ports/api-keys.ts'
import type { ProjectStore } from '../ports/projects.ts'
import { createApiKey } from './api-keys.ts'

/** The operations on the API keys of a project. The keys belong to its workspace and open all projects of the workspace. */
export type ManageKeys = {
  /** Null if there is no such project. */
  create(
    projectId: ProjectId,
    wanted: { name: string; scopes: ApiKeyScope[]; expiresAt: Date | null },
  ): Promise<{ key: Secret; stored: ApiKey } | null>
  list(projectId: ProjectId): Promise<ApiKey[] | null>
  /** False if the project has no such key, or the key was already revoked. */
  revoke(projectId: ProjectId, keyId: string): Promise<boolean>
  /** Revokes a key of any project by its id or by its whole text. */
  revokeAnywhere(keyIdOrText: string): Promise<ApiKey | null>
}

export type ManageKeysParts = { projects: ProjectStore; keys: ApiKeyStore }

export function createManageKeys({ projects, keys }: ManageKeysParts): ManageKeys {
  const workspaceOf = async (projectId: ProjectId): Promise<WorkspaceId | null> =>
    (await projects.find(projectId))?.workspaceId ?? null

  const findById = async (keyId: string): Promise<ApiKey | null> => {
    const workspaces = new Set((await projects.list()).map(({ workspaceId }) => workspaceId))
    for (const workspaceId of workspaces) {
      const found = (await keys.list(workspaceId)).find(({ id }) => id === keyId)
      if (found !== undefined) return found
    }
    return null
  }

  return {
    async create(projectId, wanted) {
      const workspaceId = await workspaceOf(projectId)
      return workspaceId === null ? null : createApiKey(keys, { ...wanted, workspaceId })
    },

    async list(projectId) {
      const workspaceId = await workspaceOf(projectId)
      return workspaceId === null ? null : keys.list(workspaceId)
    },

    async revoke(projectId, keyId) {
      const workspaceId = await workspaceOf(projectId)
      return workspaceId !== null && keys.revoke(workspaceId, keyId)
    },

    async revokeAnywhere(keyIdOrText) {
      const hash = hashApiKey(keyIdOrText)
      const key = hash === null ? await findById(keyIdOrText) : ((await keys.findUsable(hash))?.key ?? null)
      if (key === null || !(await keys.revoke(key.workspaceId, key.id))) return null
      return key
    },
  }
}
