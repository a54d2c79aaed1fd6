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
  /** Revokes a key of any project by its id, by the beginning that lists show, or by its whole text. */
  revokeAnywhere(name: string): Promise<ApiKey | null>
}

export type ManageKeysParts = { projects: ProjectStore; keys: ApiKeyStore }

export function createManageKeys({ projects, keys }: ManageKeysParts): ManageKeys {
  const workspaceOf = async (projectId: ProjectId): Promise<WorkspaceId | null> =>
    (await projects.find(projectId))?.workspaceId ?? null

  /** Null as well if two keys begin alike: which one is meant, only the id tells. */
  const findNamed = async (name: string): Promise<ApiKey | null> => {
    const workspaces = new Set((await projects.list()).map(({ workspaceId }) => workspaceId))
    const found: ApiKey[] = []
    for (const workspaceId of workspaces)
      found.push(...(await keys.list(workspaceId)).filter(({ id, prefix }) => id === name || prefix === name))
    return found.length === 1 ? (found[0] ?? null) : null
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

    async revokeAnywhere(name) {
      const hash = hashApiKey(name)
      const key = hash === null ? await findNamed(name) : ((await keys.findUsable(hash))?.key ?? null)
      if (key === null || !(await keys.revoke(key.workspaceId, key.id))) return null
      return key
    },
  }
}
