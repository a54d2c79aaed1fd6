import type { Project, ProjectId, ProjectSettings, ProjectState, WorkspaceId } from '../../domain/project.ts'

/** Keeps projects. */
export type ProjectStore = {
  /** Null for a deleted project as well. */
  find(id: ProjectId): Promise<Project | null>
  /** With the deleted ones of which something is left, and without the server's own. */
  list(): Promise<ProjectSummary[]>
  /** The projects of which only events are left. */
  listErased(): Promise<ProjectId[]>
  /** One entry of the list. */
  summarize(id: ProjectId): Promise<ProjectSummary | null>
  /** Merges `settings` into the stored ones. Null if there is no such project, or if it is deleted. */
  update(id: ProjectId, change: ProjectChange): Promise<Project | null>
  /** Makes a project in the given workspace, or in a new one. */
  create(project: NewProject): Promise<Project>
  /** Makes the project of the server itself, unless it is there. */
  ensureServer(name: string): Promise<void>
  /** Deletes a disabled project, which is erased from then on. The state it was in, or null if there is no such project. */
  delete(id: ProjectId): Promise<ProjectState | null>
}

export type NewProject = {
  /** Null for a new one. */
  id: ProjectId | null
  workspaceId: WorkspaceId | null
  name: string
  settings: ProjectSettings
  tokensGranted: number | null
}

export type ProjectChange = {
  name?: string
  isActive?: boolean
  settings?: Partial<ProjectSettings>
  tokensGranted?: number | null
}

export type ProjectSummary = Project & { tokens: { granted: number | null; used: number }; createdAt: Date }
