import type { NodeBreaker } from '../../domain/live-state.ts'
import type { NodeStore } from '../../engine/ports/live-state.ts'
import type { Database } from '../postgres/database.ts'
import { repeatWork } from '../postgres/repeat-work.ts'

/** The nodes that run, as each says of itself. */
export const createNodeStore = (database: Database): NodeStore => ({
  async report({ id, host, version, breakers }) {
    await database.query(
      'nodes-report',
      `insert into nodes (id, host, version, started_at, seen_at, breakers)
      values ($1, $2, $3, clock_now(), clock_now(), $4)
      on conflict (id) do update set seen_at = excluded.seen_at, breakers = excluded.breakers`,
      [id, host, version, JSON.stringify(breakers)],
    )
  },

  async remove(id) {
    await database.query('nodes-remove', 'delete from nodes where id = $1', [id])
  },
})

const everyMilliseconds = 5_000

export type ReportingNode = {
  nodes: NodeStore
  node: { id: string; host: string; version: string }
  /** Those that are not closed. */
  listBreakers: () => Omit<NodeBreaker, 'forSeconds'>[]
  onFault: (fault: unknown) => void
}

/** Says every five seconds that this node runs. Returns what ends it, and says so. */
export function startReportingNode({
  nodes,
  node,
  listBreakers,
  onFault,
}: ReportingNode): () => Promise<void> {
  let openSince = new Map<string, number>()
  const report = (): Promise<void> => {
    const now = performance.now()
    const breakers = listBreakers().map((breaker) => {
      const name = `${breaker.carrier} ${breaker.channel} ${breaker.country ?? ''}`
      return { name, since: openSince.get(name) ?? now, breaker }
    })
    openSince = new Map(breakers.map(({ name, since }) => [name, since]))
    return nodes.report({
      ...node,
      breakers: breakers.map(({ breaker, since }) => ({
        ...breaker,
        forSeconds: Math.round((now - since) / 1000),
      })),
    })
  }
  const end = repeatWork(report, { everyMilliseconds, onFault })
  return async () => {
    await end()
    await nodes.remove(node.id).catch(onFault)
  }
}
