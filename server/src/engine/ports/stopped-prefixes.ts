import type { ProjectId } from '../../domain/project.ts'
import type { StopReason } from '../../domain/pumping.ts'

/** The prefixes of phone numbers that are stopped as pumping (S4). */
export type StoppedPrefixStore = {
  /** Those of one project, or of all for null. */
  list(projectId: ProjectId | null): Promise<StoppedPrefix[]>
  /** Ends a stop. False if the prefix is not stopped. */
  release(projectId: ProjectId, prefix: string): Promise<boolean>
}

/** A stop that is in force. `sends` and `verified` are those of the last hour. */
export type StoppedPrefix = {
  projectId: ProjectId
  prefix: string
  reason: StopReason
  until: Date
  sends: number
  verified: number
}
