import type { Challenge } from '../../domain/challenge.ts'
import {
  isMomentAgo,
  type JustSent,
  type LastSend,
  limitsOfSend,
  type SendJudgement,
  type SendRequest,
  type SendState,
} from '../../domain/judge-send.ts'
import type { DestinationState } from '../../domain/pumping.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { decideBatch, idempotencyLock, quotaLock } from './batch-locks.ts'
import { type BatchRequest, type BatchState, readBatch } from './batch-state.ts'
import { type ChallengeRow, challengeColumns, challengeFromRow, idFloor } from './challenge-rows.ts'
import { writeCodeCounts } from './code-counts.ts'
import { writeEvents } from './events.ts'
import { eventsOfSends, repeatedSends } from './events-of-batches.ts'
import { readQuotas } from './quotas.ts'
import { chooseRecorded, type RepeatedRefusals } from './repeated-refusals.ts'
import { subjectsOfSends } from './subjects.ts'
import { writeSends } from './write-sends.ts'

/** A send on its way through a batch. */
export type PendingSend = { send: SendRequest; judge: (state: SendState) => SendJudgement }

/** Decides many sends in one transaction: locks, reads, judges each in turn, writes, commits. */
export async function decideSends(
  database: Database,
  pending: PendingSend[],
  { since, refusals }: { since: Date; refusals: RepeatedRefusals },
): Promise<SendJudgement[]> {
  const { judgements, noted } = await decideBatch(database, async (tx, lock) => {
    const sends = pending.map(({ send }) => send)
    const spenders = sends.filter(({ rules }) => rules.spendsToken).map(({ subject }) => subject.projectId)
    const [batch, firsts, quotas] = await Promise.all([
      readBatch(tx, lock, { requests: sends.map(batchRequest), since, kind: subjectsOfSends }),
      readFirstSends(tx, sends, since),
      readQuotas(tx, spenders),
    ])

    const justSent = await readJustSent(tx, sends, { batch, since })

    const judgements = pending.map(({ send: { subject }, judge }, index) => {
      const judgement = batch.decide(
        index,
        ({ now, recipient, sent, newest, limits, destination }) =>
          judge({
            now,
            recipient,
            sent,
            last: newest,
            justSent: justSent.get(index) ?? null,
            quota: quotas.of(subject.projectId),
            limits,
            destination,
            first: firsts.get(index) ?? null,
          }),
        destinationAfter,
      )
      if (judgement.ok && judgement.kind === 'new') quotas.set(subject.projectId, judgement.quota)
      return judgement
    })

    batch.destinations.write(tx)
    writeSends(tx, sends, judgements, since)
    const { isRecorded, noted } = chooseRecorded(refusals, repeatedSends(sends, judgements))
    writeEvents(tx, eventsOfSends(sends, judgements, isRecorded), batch.now)
    // Last, so that rows that all sends of a project share are locked for the shortest time.
    batch.limits.write(tx)
    quotas.write(tx)
    writeCodeCounts(
      tx,
      'sent',
      judgements.flatMap((judgement) =>
        judgement.ok && judgement.kind === 'new' ? [judgement.challenge] : [],
      ),
    )
    return { judgements, noted }
  })
  refusals.note(noted)
  return judgements
}

const batchRequest = ({ subject, rules }: SendRequest): BatchRequest => ({
  subject,
  limits: limitsOfSend(rules),
  prefix: rules.destination?.prefix ?? null,
  locks: {
    own: rules.idempotency === null ? [] : [idempotencyLock(subject.projectId, rules.idempotency.key)],
    shared: [quotaLock(subject.projectId)],
  },
})

/** The state of the prefix after a judgement; null if it has not changed. */
function destinationAfter(judgement: SendJudgement): DestinationState | null {
  if (!judgement.ok) return judgement.stop?.destination ?? null
  return judgement.kind === 'new' ? judgement.destination : null
}

const keys = rowList({ place: 'integer', project_id: 'text', key: 'text' })
const readFirstSendsSql = `
  select i.place, k.body_digest, ${challengeColumns}
  from ${keys.from}
  cross join lateral (
    select project_id, body_digest, challenge_id
    from idempotency_keys
    where project_id = i.project_id and key = i.key and created_at > clock_now() - interval '24 hours'
    limit 1
  ) k
  cross join lateral (
    select *
    from challenges
    where project_id = k.project_id and id = k.challenge_id and id >= ${keys.after(1)}
    limit 1
  ) c`

/** The earlier sends under the idempotency keys of the batch, by their index in the batch. */
async function readFirstSends(
  tx: Transaction,
  sends: SendRequest[],
  since: Date,
): Promise<Map<number, SendState['first']>> {
  const keyed = sends.flatMap(({ subject: { projectId }, rules: { idempotency } }, place) =>
    idempotency === null ? [] : [{ place, project_id: projectId, key: idempotency.key }],
  )
  if (keyed.length === 0) return new Map()
  const rows = await tx.query<{ place: number; body_digest: string } & ChallengeRow>(
    'sends-first',
    readFirstSendsSql,
    [...keys.values(keyed), idFloor(since)],
  )
  return new Map(
    rows.map((row) => [
      row.place,
      { bodyDigest: row.body_digest, challenge: challengeFromRow(row) as Challenge },
    ]),
  )
}

const recent = rowList({ place: 'integer', project_id: 'text', id: 'bytea' })
const readJustSentSql = `
  select i.place, c.caller, ${challengeColumns}
  from ${recent.from}
  join challenges c on c.project_id = i.project_id and c.id = i.id and c.id >= ${recent.after(1)}`

/**
 * The challenges that requests of the batch may repeat, by their index in it. Hardly any request does, so this waits for
 * the subjects instead of reading more of each.
 */
async function readJustSent(
  tx: Transaction,
  sends: SendRequest[],
  { batch, since }: { batch: BatchState<LastSend>; since: Date },
): Promise<Map<number, JustSent>> {
  const asked = sends.flatMap(({ subject: { projectId }, rules }, place) => {
    const last = batch.subjects[place]?.newest ?? null
    return rules.mayRepeat && last !== null && isMomentAgo(last.createdAt, batch.now)
      ? [{ place, project_id: projectId, id: `\\x${last.id}` }]
      : []
  })
  if (asked.length === 0) return new Map()
  const rows = await tx.query<{ place: number; caller: string | null } & ChallengeRow>(
    'sends-just-sent',
    readJustSentSql,
    [...recent.values(asked), idFloor(since)],
  )
  return new Map(
    rows.map((row) => [row.place, { challenge: challengeFromRow(row) as Challenge, by: row.caller }]),
  )
}
