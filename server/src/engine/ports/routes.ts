import type { ProjectId } from '../../domain/project.ts'
import type { RouteTable } from '../../domain/route.ts'

/** Keeps the routes of projects. */
export type RouteStore = {
  find(projectId: ProjectId): Promise<RouteTable>
  /** Those of every project. */
  listAll(): Promise<{ projectId: ProjectId; table: RouteTable }[]>
  /** Stores the entries of the channels in `table`. A channel without entries uses the server's route again. */
  put(projectId: ProjectId, table: RouteTable): Promise<void>
}
