import type { CheckJudgement } from '../../domain/judge-check.ts'
import type { SendJudgement } from '../../domain/judge-send.ts'
import { limitId } from '../../domain/judge-send.ts'
import { countEvent, isExhausted, type Limit, limitUsage } from '../../domain/limit.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ChallengeStore } from '../../engine/ports/challenges.ts'
import { readLimits, windowIn } from '../batches/batch-limits.ts'
import { decideBatch, limitLock } from '../batches/batch-locks.ts'
import { createBatcher } from '../batches/batcher.ts'
import { idFloor } from '../batches/challenge-rows.ts'
import { decideChecks, type PendingCheck } from '../batches/checks.ts'
import { recordEvents } from '../batches/events.ts'
import { decideSends, type PendingSend } from '../batches/sends.ts'
import type { Database } from '../postgres/database.ts'
import { readClock } from '../postgres/database-time.ts'

/** How far back a statement looks for the challenge of an address: a day, plus an hour for clocks that differ. */
const lookBackMilliseconds = 25 * 3_600_000

/** The store of challenges: sends and checks go through their batchers, rare queries directly. */
export async function createChallengeStore(database: Database): Promise<ChallengeStore> {
  const since = await createPartitionBound(database)

  const decideSend = createBatcher<PendingSend, SendJudgement>({
    decideAll: (pending) => decideSends(database, pending, since()),
    subjectOf: ({ send }) => send.subject.address,
    groupOf: ({ send }) => send.subject.projectId,
  })
  const decideCheck = createBatcher<PendingCheck, CheckJudgement>({
    decideAll: (pending) => decideChecks(database, pending, since()),
    subjectOf: ({ check }) => check.subject.address,
    groupOf: ({ check }) => check.subject.projectId,
  })

  return {
    decideSend: (send, judge) => decideSend({ send, judge }),
    decideCheck: (check, judge) => decideCheck({ check, judge, wasWrong: false }),
    countEvent: (projectId, limit, member) => countOne(database, { projectId, limit, member }),

    async findByEnteredTarget({ projectId, purpose, recordId, entered }) {
      const [row] = await database.query<{ address: never }>(
        'challenges-spelled',
        `select address
        from challenges
        where project_id = $1 and target = $2 and target <> address and id >= $5 and purpose = $3
          and record_id is not distinct from $4 and superseded_at is null
        order by id desc
        limit 1`,
        [projectId, entered, purpose, recordId, idFloor(since())],
      )
      return row?.address ?? null
    },

    async secondAddressOf({ projectId, purpose, address }) {
      const [row] = await database.query<{ companion: string | null }>(
        'challenges-companion',
        `select companion
        from challenges
        where address = $2 and project_id is not distinct from $1 and id >= $4 and purpose = $3
          and record_id is null and superseded_at is null
        order by id desc
        limit 1`,
        [projectId, address, purpose, idFloor(since())],
      )
      return row?.companion ?? null
    },

    async unlock(projectId, address) {
      return database.transaction(async (tx) => {
        const rows = await tx.query(
          'recipients-unlock',
          `update recipients
          set locked_until = null, failures = '{}', failures_in_row = 0
          where address = $2 and project_id = $1
          returning address`,
          [projectId, address],
        )
        if (rows.length > 0)
          await recordEvents(tx, [
            { scope: projectId, type: 'address.unlocked', address, details: { until: null } },
          ])
        return rows.length > 0
      })
    },
  }
}

/**
 * The bound that keeps statements to the partitions of the last day. It follows the database's clock, the only one that
 * decides the time (V10): read once, then advanced by this process's steady clock, and never ahead of the database.
 */
async function createPartitionBound(database: Database): Promise<() => Date> {
  const databaseStart = (await readClock(database)).getTime()
  const steadyStart = performance.now()
  return () => new Date(databaseStart + (performance.now() - steadyStart) - lookBackMilliseconds)
}

const countOne = (
  database: Database,
  { projectId, limit, member }: { projectId: ProjectId; limit: Limit; member: string | null },
) =>
  decideBatch(database, async (tx, lock) => {
    const [, limits, now] = await Promise.all([
      lock({ own: [], shared: [limitLock({ projectId, limit })] }),
      readLimits(tx, [{ projectId, limit }]),
      readClock(tx),
    ])
    const window = windowIn(limits, { projectId, limit }, now)
    // No member is kept beyond the limit; otherwise a caller that keeps asking would fill the row.
    const isFull = isExhausted(window, limit)
    const counted = isFull ? window : countEvent(window, member)
    limits.set(projectId, new Map(limits.of(projectId)).set(limitId(limit), counted))
    limits.write(tx)
    const isKnown = member !== null && window.members.includes(member)
    return { ...limitUsage(counted, limit, now), isExceeded: isFull && !isKnown }
  })
