import { limitId } from '../../domain/judge-send.ts'
import {
  countEvent,
  currentWindow,
  isExhausted,
  type Limit,
  type LimitUsage,
  limitUsage,
  resetSeconds,
} from '../../domain/limit.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Database } from '../postgres/database.ts'
import { readClock } from '../postgres/database-time.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { readLimits, windowIn } from './batch-limits.ts'
import { decideBatch, limitLock } from './batch-locks.ts'
import { type LimitRow, limitFromRow } from './challenge-rows.ts'

/** One event of a limit, or a distinct member of it. */
export type CountedEvent = { limit: Limit; member: string | null }

/** Counts events outside of a send or a check, in one transaction. What is exhausted stays as it is. */
export const countLimits = (
  database: Database,
  projectId: ProjectId,
  events: readonly CountedEvent[],
): Promise<LimitUsage[]> =>
  decideBatch(database, async (tx, lock) => {
    const uses = events.map(({ limit }) => ({ projectId, limit }))
    const [, limits, now] = await Promise.all([
      lock({ own: [], shared: uses.map(limitLock) }),
      readLimits(tx, uses),
      readClock(tx),
    ])
    const usage = events.map(({ limit, member }) => {
      const window = windowIn(limits, { projectId, limit }, now)
      // No member is kept beyond the limit; otherwise a caller that keeps asking would fill the row.
      const isFull = isExhausted(window, limit)
      const counted = isFull ? window : countEvent(window, member)
      limits.set(projectId, new Map(limits.of(projectId)).set(limitId(limit), counted))
      const isKnown = member !== null && window.members.includes(member)
      return { ...limitUsage(counted, limit, now), isExceeded: isFull && !isKnown }
    })
    limits.write(tx)
    return usage
  })

const looked = rowList({ project_id: 'text', scope: 'text', key: 'text' })
// On connections that may plan anything. Each row is looked up by itself: a join that was planned while there were few limits
// would read all of them for ever.
const lookUpSql = `
  select l.project_id, l.scope, l.key, l.started_at, l.count, l.members
  from ${looked.from}
  cross join lateral (
    select *
    from limits
    where project_id = i.project_id and scope = i.scope and key = i.key
    limit 1
  ) l`

/** The seconds until each of the limits has room for one more; null while all of them have. */
export async function secondsUntilRoom(
  tx: Transaction,
  projectId: ProjectId,
  limits: readonly Limit[],
): Promise<number | null> {
  if (limits.length === 0) return null
  const keys = limits.map(({ scope, key }) => ({ project_id: projectId, scope, key }))
  const rows = await tx.query<LimitRow>('limits-look-up', lookUpSql, looked.values(keys))
  const now = await readClock(tx)
  const waits = limits.flatMap((limit) => {
    const row = rows.find(({ scope, key }) => scope === limit.scope && key === limit.key)
    const window = currentWindow(row === undefined ? null : limitFromRow(row), limit, now)
    return isExhausted(window, limit) ? [resetSeconds(window, limit, now)] : []
  })
  return waits.length === 0 ? null : Math.max(...waits)
}
