import type { Project, ProjectId, ProjectSettings, WorkspaceId } from '../../domain/project.ts'

/** API keys and projects. */
export type ProjectStore = {
  find(id: ProjectId): Promise<Project | null>
  list(): Promise<ProjectSummary[]>
  /** One of the list. */
  summarize(id: ProjectId): Promise<ProjectSummary | null>
  /** Null when there is no such project. Merges `settings` into what is stored. */
  update(id: ProjectId, change: ProjectChange): Promise<Project | null>
  /** Makes a project in the given workspace, or in a new one. */
  create(project: NewProject): Promise<Project>
}

export type NewProject = {
  /** A new one is made up when it is null. */
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
