import { limitId } from '../../domain/judge-send.ts'
import { countEvent, isExhausted, type Limit, type LimitUsage, limitUsage } from '../../domain/limit.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Database } from '../postgres/database.ts'
import { readClock } from '../postgres/database-time.ts'
import { readLimits, windowIn } from './batch-limits.ts'
import { decideBatch, limitLock } from './batch-locks.ts'

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
