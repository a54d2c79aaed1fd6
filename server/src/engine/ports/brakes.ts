import type { StopReason } from '../../domain/brake.ts'
import type { ProjectId } from '../../domain/project.ts'

/** The prefixes of phone numbers that are stopped as pumping (S4). */
export type BrakeStore = {
  /** Of one project, or with null of all. */
  list(projectId: ProjectId | null): Promise<Brake[]>
  /** Ends a stop. False when the prefix is not stopped. */
  release(projectId: ProjectId, prefix: string): Promise<boolean>
}

/** A stop that is in force. `sends` and `verified` are those of the last hour. */
export type Brake = {
  projectId: ProjectId
  prefix: string
  reason: StopReason
  until: Date
  sends: number
  verified: number
}
