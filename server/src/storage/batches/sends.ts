import type { DestinationState } from '../../domain/brake.ts'
import type { Challenge } from '../../domain/challenge.ts'
import {
  type LastSend,
  limitsOfSend,
  type SendJudgement,
  type SendRequest,
  type SendState,
} from '../../domain/judge-send.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { readLimits } from './batch-limits.ts'
import {
  addressLock,
  decideBatch,
  type FirstRow,
  idempotencyLock,
  limitLock,
  momentOf,
  quotaLock,
} from './batch-locks.ts'
import {
  type ChallengeRow,
  challengeColumns,
  idFloor,
  ofSubject,
  parseChallenge,
  parseRecipient,
  type RecipientRow,
} from './challenge-rows.ts'
import { type DestinationUse, destinationLock, readDestinations } from './destinations.ts'
import { writeEvents } from './events.ts'
import { eventsOfSends } from './events-of-batches.ts'
import { readQuotas } from './quotas.ts'
import { writeSends } from './write-sends.ts'

/** A send on its way through a batch. */
export type PendingSend = { send: SendRequest; judge: (state: SendState) => SendJudgement }

/** Decides many sends in one transaction: locks, reads, judges each in turn, writes, commits. */
export const decideSends = (
  database: Database,
  pending: PendingSend[],
  since: Date,
): Promise<SendJudgement[]> =>
  decideBatch(database, async (tx, lock) => {
    const sends = pending.map(({ send }) => send)
    const uses = sends.flatMap((send) =>
      limitsOfSend(send).map((limit) => ({ projectId: send.projectId, limit })),
    )
    const prefixes = sends.flatMap((send) => destinationUse(send) ?? [])
    const [, rows, firsts, limits, destinations, quotas] = await Promise.all([
      lock({
        own: [...sends.flatMap(ownNames), ...prefixes.map(destinationLock)],
        shared: [...uses.map(limitLock), ...sends.map(({ projectId }) => quotaLock(projectId))],
      }),
      readSubjects(tx, sends, since),
      readFirstSends(tx, sends, since),
      readLimits(tx, uses),
      readDestinations(tx, prefixes),
      readQuotas(tx, sends),
    ])

    const now = momentOf(rows)
    const judgements = pending.map(({ send, judge }, index) => {
      const row = rows[index]
      if (row === undefined) throw new Error('a send of the batch was not read')
      const prefix = destinationUse(send)
      const judgement = judge({
        now,
        recipient: parseRecipient(row),
        sentElsewhere: row.sent_elsewhere,
        last: parseLastSend(row),
        quota: quotas.of(send.projectId),
        limits: limits.of(send.projectId),
        destination: prefix === null ? null : destinations.of(prefix),
        first: firsts.get(index) ?? null,
      })
      // The next request of the batch is judged by what this one left of the project's quota and limits.
      limits.set(send.projectId, judgement.limits)
      if (judgement.ok && judgement.kind === 'new') quotas.set(send.projectId, judgement.quota)
      const counted = destinationOf(judgement)
      if (prefix !== null && counted !== null) destinations.set(prefix, counted)
      return judgement
    })

    destinations.write(tx)
    writeSends(tx, sends, judgements, since)
    writeEvents(tx, eventsOfSends(sends, judgements), now)
    // Last, so that what all sends of a project share is held for the shortest time.
    limits.write(tx)
    quotas.write(tx)
    return judgements
  })

const destinationUse = ({ projectId, destination }: SendRequest): DestinationUse | null =>
  destination === null ? null : { projectId, prefix: destination.prefix }

/** What a judgement leaves of the prefix; null for what has not changed. */
function destinationOf(judgement: SendJudgement): DestinationState | null {
  if (!judgement.ok) return judgement.stop?.destination ?? null
  return judgement.kind === 'new' ? judgement.destination : null
}

const ownNames = ({ projectId, address, idempotency }: SendRequest): string[] =>
  idempotency === null
    ? [addressLock(address)]
    : [addressLock(address), idempotencyLock(projectId, idempotency.key)]

/** `id` and what follows it are null where nothing was sent before. */
type SubjectRow = FirstRow & { sent_elsewhere: number } & RecipientRow &
  Pick<
    ChallengeRow,
    'id' | 'tries' | 'tries_max' | 'created_at' | 'expires_at' | 'used_at' | 'delivery_state'
  >

const parseLastSend = (row: SubjectRow): LastSend | null =>
  row.id === null
    ? null
    : {
        id: row.id,
        tries: row.tries,
        triesMax: row.tries_max,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
        deliveryState: row.delivery_state,
      }

const subjects = rowList({ project_id: 'text', address: 'text', purpose: 'text', record_id: 'text' })
// The last parameter is a literal bound on the partitions that are looked at, the time of day is judged by the rows themselves.
const readSubjectsSql = `
  select case i.n when 1 then clock.now end as now, r.sends, r.failures, r.failures_in_row, r.locked_until,
    elsewhere.count as sent_elsewhere, encode(c.id, 'hex') as id, c.tries, c.tries_max, c.created_at, c.expires_at,
    c.used_at, c.delivery_state
  from (select moment() as now) clock
  cross join ${subjects.from}
  left join recipients r on r.address = i.address and r.project_id = i.project_id
  left join lateral (
    select count(*)::integer as count
    from recipients o, unnest(o.sends) as sent_at
    where o.address = i.address and o.project_id <> i.project_id and sent_at > clock.now - interval '24 hours'
  ) elsewhere on true
  left join lateral (
    select id, tries, tries_max, created_at, expires_at, used_at, delivery_state
    from challenges
    where ${ofSubject} and id >= ${subjects.next} and purpose = i.purpose
      and record_id is not distinct from i.record_id
      and superseded_at is null and created_at > clock.now - interval '24 hours'
    order by id desc
    limit 1
  ) c on true
  order by i.n`

function readSubjects(tx: Transaction, sends: SendRequest[], since: Date): Promise<SubjectRow[]> {
  const rows = sends.map(({ projectId, address, purpose, recordId }) => ({
    project_id: projectId,
    address,
    purpose,
    record_id: recordId,
  }))
  return tx.query<SubjectRow>('sends-read', readSubjectsSql, [...subjects.values(rows), idFloor(since)])
}

const keys = rowList({ place: 'integer', project_id: 'text', key: 'text' })
const readFirstSendsSql = `
  select i.place, k.body_digest, ${challengeColumns}
  from ${keys.from}
  cross join lateral (
    select project_id, body_digest, challenge_id
    from idempotency_keys
    where project_id = i.project_id and key = i.key and created_at > moment() - interval '24 hours'
    limit 1
  ) k
  cross join lateral (
    select *
    from challenges
    where project_id = k.project_id and id = k.challenge_id and id >= ${keys.next}
    limit 1
  ) c`

async function readFirstSends(
  tx: Transaction,
  sends: SendRequest[],
  since: Date,
): Promise<Map<number, SendState['first']>> {
  const keyed = sends.flatMap(({ projectId, idempotency }, place) =>
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
      { bodyDigest: row.body_digest, challenge: parseChallenge(row) as Challenge },
    ]),
  )
}
