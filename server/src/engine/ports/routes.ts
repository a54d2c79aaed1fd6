import type { ProjectId } from '../../domain/project.ts'
import type { RouteTable } from '../../domain/route.ts'

/** The routes that projects have of their own. */
export type RouteStore = {
  find(projectId: ProjectId): Promise<RouteTable>
  /** Those of every project. */
  listAll(): Promise<{ projectId: ProjectId; table: RouteTable }[]>
  /** Stores the entries of the channels that `table` names; a channel without entries has the server's again. */
  put(projectId: ProjectId, table: RouteTable): Promise<void>
}
