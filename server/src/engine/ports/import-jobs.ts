import type { ProjectId } from '../../domain/project.ts'

/** What became of an import. `lines` counts accounts, good and bad. */
export type ImportJobReport = {
  lines: number
  stored: number
  withoutPassword: number
  /** The names in the file that were read by nobody. */
  skipped: string[]
  badLines: number
  /** The first of the bad lines. */
  bad: { line: number; reason: string }[]
  /** Why nothing was read. */
  problem: string | null
}

export const importStates = ['running', 'finished', 'failed', 'interrupted'] as const

/** An import in the background. `interrupted`: the node that ran it is not there any more. */
export type ImportJob = {
  projectId: ProjectId
  id: string
  state: (typeof importStates)[number]
  /** How much of the file has been read, from 0 to 1. */
  share: number
  report: ImportJobReport
  createdAt: Date
  endedAt: Date | null
}

export type ImportJobStore = {
  /** Null while another import of the project runs. */
  create(job: { projectId: ProjectId; id: string; nodeId: string }): Promise<ImportJob | null>
  progress(job: { projectId: ProjectId; id: string }, share: number): Promise<void>
  end(
    job: { projectId: ProjectId; id: string },
    result: { state: 'finished' | 'failed'; report: ImportJobReport },
  ): Promise<void>
  find(projectId: ProjectId, id: string): Promise<ImportJob | null>
  /** Newest first. */
  list(projectId: ProjectId, limit: number): Promise<ImportJob[]>
}
