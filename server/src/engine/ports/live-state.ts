import type { LiveState, NodeBreaker } from '../../domain/live-state.ts'
import type { ProjectId } from '../../domain/project.ts'

export type LiveStateStore = {
  /** Of one project, or of the whole server for null. Nodes, carriers and what waits are those of the server. */
  read(projectId: ProjectId | null): Promise<LiveState>
}

/** Where nodes say that they run. */
export type NodeStore = {
  report(node: { id: string; host: string; version: string; breakers: NodeBreaker[] }): Promise<void>
  /** A node that ends says so, and is not missed. */
  remove(id: string): Promise<void>
}
