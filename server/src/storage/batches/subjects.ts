import { type ChallengeId, type ChallengeSubject, isUncappedNotice } from '../../domain/challenge.ts'
import type { AttemptedChallenge, CheckRequest, OtherChallenge } from '../../domain/judge-check.ts'
import type { LastSend } from '../../domain/judge-send.ts'
import type { WorkspaceId } from '../../domain/project.ts'
import type { Recipient } from '../../domain/recipient.ts'
import {
  nothingSent,
  type PastSend,
  type UnverifiedSends,
  unverifiedSends,
} from '../../domain/sends-to-address.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import {
  type ChallengeRow,
  idFloor,
  ofSubject,
  type RecipientRow,
  recipientFromRow,
} from './challenge-rows.ts'

/*
 * What is read for each request of a batch before it is judged: its address, and the newest challenge that it is about.
 */

/** What is known about the subject of a request. */
export type Subject<Newest> = {
  recipient: Recipient | null
  /** The newest challenge of the subject in the last 24 hours. */
  newest: Newest | null
  sent: UnverifiedSends
}

/** How the subjects of one kind of request are read: `fromRows` gets the rows of one subject, at least one. */
export type SubjectKind<Newest> = {
  name: string
  sql: string
  fromRows(rows: SubjectRow[], subject: ChallengeSubject): Subject<Newest>
}

/**
 * The columns of a challenge are those that its kind reads. `id` and the columns of the challenge are null if nothing
 * was sent.
 */
export type SubjectRow = {
  n: number
  /** The moment at which all rows were read; only those of the first subject carry it. */
  now: Date | null
} & RecipientRow &
  ChallengeRow

const wanted = rowList({ project_id: 'text', address: 'text', purpose: 'text', record_id: 'text' })

const recipientColumns = 'r.failures, r.failures_in_row, r.locked_until, r.networks'
const recipientSql = `
  from (select clock_now() as now) clock
  cross join ${wanted.from}
  left join recipients r on r.address = i.address and r.project_id = i.project_id`

/** More than any cap allows: a project's own sends before a verified one do not count, nor do verified ones of others. */
const pastSendsMax = 1_100

const pastColumns = `id, project_id, purpose, record_id, tries, tries_max, created_at, expires_at, used_at, superseded_at,
      delivery_state, content, caller, repeats`

// The bound on ids is a separate parameter that excludes partitions; the time of day is compared with the rows themselves.
// A busy project must not push out what another one sent, so those of others are read apart.
const sendsSql = `
  select i.n, case i.n when 1 then clock.now end as now, ${recipientColumns},
    encode(c.id, 'hex') as id, c.project_id, c.tries, c.tries_max, c.created_at, c.expires_at, c.used_at,
    c.delivery_state, c.content, c.caller, c.repeats,
    c.purpose = i.purpose and c.record_id is not distinct from i.record_id and c.project_id = i.project_id
      and c.superseded_at is null as is_own,
    case when c.id is not null then (select workspace_id from projects where id = c.project_id) end as workspace_id,
    case when c.id is not null then (select workspace_id from projects where id = i.project_id) end as own_workspace_id
  ${recipientSql}
  left join lateral (
    (
      select ${pastColumns}
      from challenges
      where ${ofSubject} and id >= ${wanted.after(1)} and created_at > clock.now - interval '24 hours'
      order by id desc
      limit ${pastSendsMax}
    )
    union all
    (
      select ${pastColumns}
      from challenges f
      where address = i.address and id >= ${wanted.after(1)} and created_at > clock.now - interval '24 hours'
        and project_id <> i.project_id and used_at is null
        and not exists (
          select from challenges s
          where s.address = f.address and s.project_id is not distinct from f.project_id
            and s.id >= ${wanted.after(1)} and s.used_at >= f.created_at
        )
      order by id desc
      limit ${pastSendsMax}
    )
  ) c on true
  order by i.n, c.id`

type PastSendRow = SubjectRow & {
  caller: string | null
  repeats: number
  is_own: boolean
  workspace_id: WorkspaceId
  own_workspace_id: WorkspaceId
}

/** A send must know what came before it, in this project and in others. */
export const subjectsOfSends: SubjectKind<LastSend> = {
  name: 'sends-read',
  sql: sendsSql,
  fromRows(rows, { projectId }) {
    const recipient = recipientFromRow(rows[0] as SubjectRow)
    const past = (rows as PastSendRow[]).filter(({ id }) => id !== null)
    const [first] = past
    if (first === undefined) return { recipient, newest: null, sent: nothingSent }
    const last = past.findLast(({ is_own }) => is_own)
    const counted = past.filter(({ content }) => !isUncappedNotice(content)).map(pastSendFromRow)
    return {
      recipient,
      newest: last === undefined ? null : lastSendFromRow(last),
      sent: unverifiedSends(counted, { projectId, workspaceId: first.own_workspace_id }),
    }
  },
}

const pastSendFromRow = (row: PastSendRow): PastSend => ({
  projectId: row.project_id,
  workspaceId: row.workspace_id,
  at: row.created_at,
  repeats: row.repeats,
  usedAt: row.used_at,
  by: row.caller,
})

const lastSendFromRow = (row: ChallengeRow): LastSend => ({
  id: row.id as ChallengeId,
  attempts: row.tries,
  attemptsMax: row.tries_max,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  usedAt: row.used_at,
  deliveryState: row.delivery_state,
})

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

const listed = (columns: string[]): string => columns.map((column) => `c.${column}`).join(', ')

/** A check: it must know the challenge that it guesses at. Each column costs half a microsecond a request. */
export const subjectsOfChecks: SubjectKind<AttemptedChallenge> = {
  name: 'checks-read',
  sql: `
  select i.n, case i.n when 1 then clock.now end as now, ${recipientColumns},
    encode(c.id, 'hex') as id, ${listed(attemptedColumns)}
  ${recipientSql}
  left join lateral (
    select id, ${attemptedColumns.join(', ')}
    from challenges
    where ${ofSubject} and id >= ${wanted.after(1)} and purpose = i.purpose
      and record_id is not distinct from i.record_id
      and superseded_at is null and created_at > clock.now - interval '24 hours'
    order by id desc
    limit 1
  ) c on true
  order by i.n`,
  fromRows: ([row]) => ({
    recipient: recipientFromRow(row as SubjectRow),
    newest: attemptedFromRow(row as SubjectRow),
    sent: nothingSent,
  }),
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

/** Reads the subjects of a batch, in their order, and the moment of it (V10). Their addresses are already locked. */
export async function readSubjects<Newest>(
  tx: Transaction,
  subjects: ChallengeSubject[],
  { since, kind: { name, sql, fromRows } }: { since: Date; kind: SubjectKind<Newest> },
): Promise<{ now: Date; subjects: Subject<Newest>[] }> {
  const rows = await tx.query<SubjectRow>(name, sql, [
    ...wanted.values(subjects.map(rowOfSubject)),
    idFloor(since),
  ])
  const now = rows[0]?.now
  if (now == null) throw new Error('the subjects of the batch were not read')
  const known: Subject<Newest>[] = []
  for (let first = 0, next = 0; first < rows.length; first = next) {
    while (next < rows.length && rows[next]?.n === rows[first]?.n) next += 1
    known.push(fromRows(rows.slice(first, next), subjects[known.length] as ChallengeSubject))
  }
  return { now, subjects: known }
}

const rowOfSubject = ({ projectId, address, purpose, recordId }: ChallengeSubject) => ({
  project_id: projectId,
  address,
  purpose,
  record_id: recordId,
})
