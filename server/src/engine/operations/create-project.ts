import {
  defaultProjectSettings,
  type Project,
  type ProjectSettings,
  type WorkspaceId,
} from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { ApiKeyStore } from '../ports/api-keys.ts'
import type { ProjectStore } from '../ports/projects.ts'
import { createApiKey } from './api-keys.ts'

export type CreateProjectResult =
  | { ok: true; project: Project; key: Secret }
  | { ok: false; refusal: 'workspace-unknown' }

/** Makes a project, in an existing workspace or in a new one, and its first API key. */
export type CreateProject = (wanted: {
  name: string
  settings: Partial<ProjectSettings>
  /** Null grants unlimited tokens. */
  tokensGranted: number | null
  workspaceId: WorkspaceId | null
}) => Promise<CreateProjectResult>

export type CreateProjectParts = {
  projects: Pick<ProjectStore, 'list' | 'create'>
  keys: Pick<ApiKeyStore, 'insert'>
}

export function createCreateProject({ projects, keys }: CreateProjectParts): CreateProject {
  const isKnown = async (workspaceId: WorkspaceId): Promise<boolean> =>
    (await projects.list()).some((project) => project.workspaceId === workspaceId)

  return async ({ name, settings, tokensGranted, workspaceId }) => {
    // The store creates unknown workspaces; here an unknown one is a typing error.
    if (workspaceId !== null && !(await isKnown(workspaceId)))
      return { ok: false, refusal: 'workspace-unknown' }

    const project = await projects.create({
      id: null,
      workspaceId,
      name,
      settings: { ...defaultProjectSettings, ...settings },
      tokensGranted,
    })
    // Not one transaction: if the key fails, the project exists without one, and `keys create` can make it.
    const { key } = await createApiKey(keys, {
      workspaceId: project.workspaceId,
      name: `${name} (first key)`,
      scopes: ['otp'],
      expiresAt: null,
    })
    return { ok: true, project, key }
  }
}
