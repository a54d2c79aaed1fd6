import type { Project, ProjectId, ProjectSettings, WorkspaceId } from '../../domain/project.ts'

/** Keeps projects. */
export type ProjectStore = {
  find(id: ProjectId): Promise<Project | null>
  list(): Promise<ProjectSummary[]>
  /** One entry of the list. */
  summarize(id: ProjectId): Promise<ProjectSummary | null>
  /** Merges `settings` into the stored ones. Null if there is no such project. */
  update(id: ProjectId, change: ProjectChange): Promise<Project | null>
  /** Makes a project in the given workspace, or in a new one. */
  create(project: NewProject): Promise<Project>
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
  settings?: Partial<ProjectSettings>
  tokensGranted?: number | null
}

export type ProjectSummary = Project & { tokens: { granted: number | null; used: number }; createdAt: Date }
