import type { ChallengeSubject } from '../../domain/challenge.ts'
import type { AttemptedChallenge, CheckRequest, OtherChallenge } from '../../domain/judge-check.ts'
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
  same_workspace?: number
  other_workspaces?: number
} & RecipientRow &
  ChallengeRow

const wanted = rowList({ project_id: 'text', address: 'text', purpose: 'text', record_id: 'text' })

const joinElsewhere = `left join lateral (
    select count(*) filter (where p.workspace_id = own.workspace_id)::integer as same_workspace,
      count(*) filter (where p.workspace_id <> own.workspace_id)::integer as other_workspaces
    from recipients o
    cross join unnest(o.sends) as sent_at
    join projects p on p.id = o.project_id
    join projects own on own.id = i.project_id
    where o.address = i.address and o.project_id <> i.project_id and sent_at > clock.now - interval '24 hours'
  ) elsewhere on true`

// The bound on ids is a separate parameter that excludes partitions; the time of day is compared with the rows
// themselves. Each kind reads its own columns, because each column costs PostgreSQL and Node half a microsecond a
// request.
const readSql = (columns: string[], { countsElsewhere }: { countsElsewhere: boolean }): string => `
  select case i.n when 1 then clock.now end as now, r.sends, r.failures, r.failures_in_row, r.locked_until, r.networks,
    ${countsElsewhere ? 'elsewhere.same_workspace, elsewhere.other_workspaces,' : ''}
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

const attemptedColumns = [
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
]

const attemptedFromRow = (row: ChallengeRow): AttemptedChallenge | null =>
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
      }

/** A check: it must know the challenge that it guesses at. */
export const subjectsOfChecks: SubjectKind<AttemptedChallenge> = {
  name: 'checks-read',
  sql: readSql(attemptedColumns, { countsElsewhere: false }),
  newestFromRow: attemptedFromRow,
}

const otherRecordsSql = `
  select i.n, encode(c.id, 'hex') as id, c.record_id, ${attemptedColumns.map((column) => `c.${column}`).join(', ')}
  from (select clock_now() as now) clock
  cross join ${wanted.from}
  cross join lateral (
    select *
    from challenges
    where ${ofSubject} and id >= ${wanted.after(1)} and purpose = i.purpose
      and record_id is distinct from i.record_id
      and superseded_at is null and used_at is null and expires_at > clock.now
    order by id desc
  ) c`

/**
 * The live challenges of other records, for the checks of a batch that ask for them, by their place in it. The caps of sends
 * bound how many there are.
 */
export async function readOtherRecords(
  tx: Transaction,
  checks: CheckRequest[],
  since: Date,
): Promise<Map<number, OtherChallenge[]>> {
  const asking = checks.flatMap(({ anyRecord }, place) => (anyRecord === true ? [place] : []))
  const found = new Map<number, OtherChallenge[]>()
  if (asking.length === 0) return found
  const subjects = asking.map((place) => rowOfSubject((checks[place] as CheckRequest).subject))
  const rows = await tx.query<ChallengeRow & { n: number; record_id: string | null }>(
    'checks-other-records',
    otherRecordsSql,
    [...wanted.values(subjects), idFloor(since)],
  )
  for (const row of rows) {
    const place = asking[Number(row.n) - 1]
    const challenge = attemptedFromRow(row)
    if (place === undefined || challenge === null) continue
    found.set(place, [...(found.get(place) ?? []), { ...challenge, recordId: row.record_id }])
  }
  return found
}

/** Reads the subjects of a batch, in their order. Their addresses are already locked. */
export function readSubjects(
  tx: Transaction,
  subjects: ChallengeSubject[],
  { since, kind: { name, sql } }: { since: Date; kind: Pick<SubjectKind<unknown>, 'name' | 'sql'> },
): Promise<SubjectRow[]> {
  return tx.query(name, sql, [...wanted.values(subjects.map(rowOfSubject)), idFloor(since)])
}

const rowOfSubject = ({ projectId, address, purpose, recordId }: ChallengeSubject) => ({
  project_id: projectId,
  address,
  purpose,
  record_id: recordId,
})
