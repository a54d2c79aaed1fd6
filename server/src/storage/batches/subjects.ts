import type { ChallengeSubject } from '../../domain/challenge.ts'
import type { AttemptedChallenge } from '../../domain/judge-check.ts'
import type { LastSend } from '../../domain/judge-send.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type ChallengeRow, idFloor, ofSubject, type RecipientRow } from './challenge-rows.ts'

/*
 * What is read for each request of a batch before it is judged: its address, and the newest challenge that it is about.
 */

/** How the subjects of one kind of request are read. */
export type SubjectKind<Newest> = {
  name: string
  sql: string
  newestFromRow(row: SubjectRow): Newest | null
}

/**
 * The columns of a challenge are those that its kind reads. `id` and the columns of the challenge are null if nothing
 * was sent.
 */
export type SubjectRow = {
  /** The moment at which all rows were read; only the first row carries it. */
  now: Date | null
  /** Unverified sends of other projects to the address, for the kinds that ask. */
  sent_elsewhere?: number
} & RecipientRow &
  ChallengeRow

const wanted = rowList({ project_id: 'text', address: 'text', purpose: 'text', record_id: 'text' })

const joinElsewhere = `left join lateral (
    select count(*)::integer as count
    from recipients o, unnest(o.sends) as sent_at
    where o.address = i.address and o.project_id <> i.project_id and sent_at > clock.now - interval '24 hours'
  ) elsewhere on true`

// The bound on ids is a separate parameter that excludes partitions; the time of day is compared with the rows
// themselves. Each kind reads its own columns, because each column costs PostgreSQL and Node half a microsecond a
// request.
const readSql = (columns: string[], { countsElsewhere }: { countsElsewhere: boolean }): string => `
  select case i.n when 1 then clock.now end as now, r.sends, r.failures, r.failures_in_row, r.locked_until,
    ${countsElsewhere ? 'elsewhere.count as sent_elsewhere,' : ''}
    encode(c.id, 'hex') as id, ${columns.map((column) => `c.${column}`).join(', ')}
  from (select clock_now() as now) clock
  cross join ${wanted.from}
  left join recipients r on r.address = i.address and r.project_id = i.project_id
  ${countsElsewhere ? joinElsewhere : ''}
  left join lateral (
    select id, ${columns.join(', ')}
    from challenges
    where ${ofSubject} and id >= ${wanted.after(1)} and purpose = i.purpose
      and record_id is not distinct from i.record_id
      and superseded_at is null and created_at > clock.now - interval '24 hours'
    order by id desc
    limit 1
  ) c on true
  order by i.n`

/** A send must know what came before it, in this project and in others. */
export const subjectsOfSends: SubjectKind<LastSend> = {
  name: 'sends-read',
  sql: readSql(['tries', 'tries_max', 'created_at', 'expires_at', 'used_at', 'delivery_state'], {
    countsElsewhere: true,
  }),
  newestFromRow: (row) =>
    row.id === null
      ? null
      : {
          id: row.id,
          attempts: row.tries,
          attemptsMax: row.tries_max,
          createdAt: row.created_at,
          expiresAt: row.expires_at,
          usedAt: row.used_at,
          deliveryState: row.delivery_state,
        },
}

/** A check must know the challenge whose code it compares. */
export const subjectsOfChecks: SubjectKind<AttemptedChallenge> = {
  name: 'checks-read',
  sql: readSql(
    [
      'channel',
      'content',
      'companion',
      'account_id',
      'key_id',
      'digits',
      'tries',
      'tries_max',
      'expires_at',
      'used_at',
      'delivery_state',
    ],
    { countsElsewhere: false },
  ),
  newestFromRow: (row) =>
    row.id === null
      ? null
      : {
          id: row.id,
          channel: row.channel,
          content: row.content,
          secondAddress: row.companion,
          accountId: row.account_id,
          keyId: row.key_id,
          digits: row.digits,
          attempts: row.tries,
          attemptsMax: row.tries_max,
          expiresAt: row.expires_at,
          usedAt: row.used_at,
          deliveryState: row.delivery_state,
        },
}

/** Reads the subjects of a batch, in their order. Their addresses are already locked. */
export function readSubjects(
  tx: Transaction,
  subjects: ChallengeSubject[],
  { since, kind: { name, sql } }: { since: Date; kind: Pick<SubjectKind<unknown>, 'name' | 'sql'> },
): Promise<SubjectRow[]> {
  const rows = subjects.map(({ projectId, address, purpose, recordId }) => ({
    project_id: projectId,
    address,
    purpose,
    record_id: recordId,
  }))
  return tx.query(name, sql, [...wanted.values(rows), idFloor(since)])
}
