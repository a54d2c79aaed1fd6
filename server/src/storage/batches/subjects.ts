import type { Challenge, ChallengeSubject } from '../../domain/challenge.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type ChallengeRow, idFloor, ofSubject, type RecipientRow } from './challenge-rows.ts'

/*
 * What is read of each request of a batch before it is judged: its address, and the newest challenge that it is about.
 */

/** The newest challenge of a subject: what a send or a check must know of it beside the subject itself. */
export type NewestChallenge = Pick<
  Challenge,
  | 'id'
  | 'channel'
  | 'content'
  | 'secondAddress'
  | 'accountId'
  | 'keyId'
  | 'attempts'
  | 'attemptsMax'
  | 'createdAt'
  | 'expiresAt'
  | 'usedAt'
  | 'deliveryState'
>

/** `id` and what belongs to it are null where nothing was sent. */
export type SubjectRow = {
  /** The moment at which all rows were read; only the first row carries it. */
  now: Date | null
  /** Unverified sends of other projects to the address; 0 where nobody asked. */
  sent_elsewhere: number
} & RecipientRow &
  Omit<ChallengeRow, 'project_id' | 'purpose' | 'address' | 'target' | 'record_id' | 'locale'>

export const newestChallengeFromRow = (row: SubjectRow): NewestChallenge | null =>
  row.id === null
    ? null
    : {
        id: row.id,
        channel: row.channel,
        content: row.content,
        secondAddress: row.companion,
        accountId: row.account_id,
        keyId: row.key_id,
        attempts: row.tries,
        attemptsMax: row.tries_max,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        usedAt: row.used_at,
        deliveryState: row.delivery_state,
      }

const wanted = rowList({ project_id: 'text', address: 'text', purpose: 'text', record_id: 'text' })
// The bound on ids is a parameter of its own, by which partitions are passed over; the time of day is judged by the rows
// themselves. Where nobody asks what other projects have sent, their rows are not looked for at all.
const readSql = `
  select case i.n when 1 then clock.now end as now, r.sends, r.failures, r.failures_in_row, r.locked_until,
    elsewhere.count as sent_elsewhere, encode(c.id, 'hex') as id, c.channel, c.content, c.companion, c.account_id,
    c.key_id, c.tries, c.tries_max, c.created_at, c.expires_at, c.used_at, c.delivery_state
  from (select clock_now() as now) clock
  cross join ${wanted.from}
  left join recipients r on r.address = i.address and r.project_id = i.project_id
  left join lateral (
    select count(*)::integer as count
    from recipients o, unnest(o.sends) as sent_at
    where ${wanted.after(2)}::boolean and o.address = i.address and o.project_id <> i.project_id
      and sent_at > clock.now - interval '24 hours'
  ) elsewhere on true
  left join lateral (
    select id, channel, content, companion, account_id, key_id, tries, tries_max, created_at, expires_at, used_at,
      delivery_state
    from challenges
    where ${ofSubject} and id >= ${wanted.after(1)} and purpose = i.purpose
      and record_id is not distinct from i.record_id
      and superseded_at is null and created_at > clock.now - interval '24 hours'
    order by id desc
    limit 1
  ) c on true
  order by i.n`

/** Reads the subjects of a batch, in their order. Their addresses are locked. */
export function readSubjects(
  tx: Transaction,
  subjects: ChallengeSubject[],
  { since, countsElsewhere }: { since: Date; countsElsewhere: boolean },
): Promise<SubjectRow[]> {
  const rows = subjects.map(({ projectId, address, purpose, recordId }) => ({
    project_id: projectId,
    address,
    purpose,
    record_id: recordId,
  }))
  return tx.query('subjects-read', readSql, [...wanted.values(rows), idFloor(since), countsElsewhere])
}
