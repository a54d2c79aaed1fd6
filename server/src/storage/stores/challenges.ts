import type { CheckJudgement } from '../../domain/judge-check.ts'
import type { SendJudgement } from '../../domain/judge-send.ts'
import type { LimitUsage } from '../../domain/limit.ts'
import type { ChallengeStore } from '../../engine/ports/challenges.ts'
import { createBatcher } from '../batches/batcher.ts'
import { decideChecks, type PendingCheck } from '../batches/checks.ts'
import { countLimits } from '../batches/count-limits.ts'
import { createPartitionBound } from '../batches/partition-bound.ts'
import { createRepeatedRefusals, type RepeatedRefusals } from '../batches/repeated-refusals.ts'
import { decideSends, type PendingSend } from '../batches/sends.ts'
import type { Database } from '../postgres/database.ts'
import { createUnlock } from './unlock.ts'

/** Looks at the partitions of the last day alone: a day, and an hour for codes that were sent at its edge. */
const ofLastDay = `id >= (
  select decode(lpad(to_hex(extract(epoch from clock_now() - interval '25 hours')::bigint), 8, '0'), 'hex')
)`

/** The store of challenges: sends and checks go through their batchers, rare queries directly. */
export async function createChallengeStore(
  database: Database,
  refusals: RepeatedRefusals = createRepeatedRefusals(),
): Promise<ChallengeStore> {
  const withinPartitions = await createPartitionBound(database)

  const decideSend = createBatcher<PendingSend, SendJudgement>({
    decideAll: (pending) => withinPartitions((since) => decideSends(database, pending, { since, refusals })),
    subjectOf: ({ send }) => send.subject.address,
    groupOf: ({ send }) => send.subject.projectId,
  })
  const decideCheck = createBatcher<PendingCheck, CheckJudgement>({
    decideAll: (pending) => withinPartitions((since) => decideChecks(database, pending, { since, refusals })),
    subjectOf: ({ check }) => check.subject.address,
    groupOf: ({ check }) => check.subject.projectId,
  })

  return {
    decideSend: (send, judge) => decideSend({ send, judge }),
    decideCheck: (check, judge) => decideCheck({ check, judge, wasWrong: false }),
    async countEvent(projectId, limit, member) {
      const [usage] = await countLimits(database, projectId, [{ limit, member }])
      return usage as LimitUsage
    },

    async findByEnteredTarget({ projectId, purpose, recordId, entered }) {
      const [row] = await database.query<{ address: never }>(
        'challenges-spelled',
        `select address
        from challenges
        where project_id = $1 and target = $2 and target <> address and ${ofLastDay} and purpose = $3
          and record_id is not distinct from $4 and superseded_at is null
        order by id desc
        limit 1`,
        [projectId, entered, purpose, recordId],
      )
      return row?.address ?? null
    },

    async secondAddressOf({ projectId, purpose, address }) {
      const [row] = await database.query<{ companion: string | null }>(
        'challenges-companion',
        `select companion
        from challenges
        where address = $2 and project_id is not distinct from $1 and ${ofLastDay} and purpose = $3
          and record_id is null and superseded_at is null
        order by id desc
        limit 1`,
        [projectId, address, purpose],
      )
      return row?.companion ?? null
    },

    unlock: createUnlock(database),
  }
}
