import { projectSettings } from './project-settings.ts'
import { defaultsOf, type ValuesOf } from './settings/setting.ts'

export type ProjectId = string & { readonly brand: 'ProjectId' }
export type WorkspaceId = string & { readonly brand: 'WorkspaceId' }

/** A disabled project answers nobody. A deleted one is erased, and cannot be changed any more. */
export const projectStates = ['active', 'disabled', 'deleted'] as const
export type ProjectState = (typeof projectStates)[number]

/** A tenant: everything that is stored belongs to one. */
export type Project = {
  id: ProjectId
  workspaceId: WorkspaceId
  /** Shown in messages: "123456 is your Acme code". */
  name: string
  state: ProjectState
  settings: ProjectSettings
}

/** The settings of a project, as their table describes them. */
export type ProjectSettings = ValuesOf<typeof projectSettings>

/** The default settings of a project. */
export const defaultProjectSettings: ProjectSettings = defaultsOf(projectSettings)
