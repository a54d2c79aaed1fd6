import { challengeIdFloor } from '../../domain/challenge.ts'
import type { VerificationQuery, VerificationSearch } from '../../engine/ports/verifications.ts'
import { waysToRecord, waysToTarget } from './record-statements.ts'
import { standingMessageFirst } from './rollup-statements.ts'

/*
 * The statements that read verifications. Candidates come from an index, newest first and a bounded number of them, so that a page
 * costs the same whatever it asks for; only then are their messages read, and the filters applied.
 */

/** How many candidates the filters of one page look through. */
const candidatesMax = 3_000

/** What is known of the messages of a challenge `c`, and of the one that stands for it. */
const messagesOfChallenge = `
  select count(*)::integer as messages, coalesce(sum(cost), 0)::bigint as cost,
    bool_or(outcome = 'accepted') as is_accepted, bool_or(receipt_state = 'delivered') as is_delivered,
    bool_or(outcome <> 'refused' and coalesce(receipt_state, '') not in ('undelivered', 'expired')) as may_arrive,
    (array_agg(carrier order by ${standingMessageFirst}))[1] as carrier,
    (array_agg(country order by ${standingMessageFirst}))[1] as country
  from messages
  where project_id = c.project_id and challenge_id = c.id`

const outcomeOfChallenge = `
  case
    when c.used_at is not null then 'verified'
    when m.is_delivered then 'delivered'
    when m.is_accepted and m.may_arrive then 'accepted'
    when c.delivery_state = 'queued' then 'waiting'
    when m.is_accepted then 'undelivered'
    when c.delivery_state in ('failed', 'expired') then 'failed'
    when c.delivery_state = 'none' then 'none'
    else 'accepted'
  end`

/** The columns of a verification: `c` is its challenge, `m` its messages and `o` its outcome. */
export const verificationColumns = `
  encode(c.id, 'hex') as id, c.purpose, c.content, c.channel, c.address, c.record_id, c.account_id, c.locale, c.tries,
  c.tries_max, c.created_at, c.expires_at, c.used_at, c.superseded_at, clock_now() as now, m.messages, m.cost, m.carrier, m.country, o.outcome`

/** Joined to a challenge `c`. */
export const verificationJoins = `
  cross join lateral (${messagesOfChallenge}) m
  cross join lateral (select ${outcomeOfChallenge} as outcome) o`

/** The statement for a page. It also answers `last_id`: the last candidate that was looked at, and null if there are no more. */
export function verificationPageStatement(query: VerificationQuery): {
  name: string
  sql: string
  values: unknown[]
} {
  const values: unknown[] = []
  const add = (value: unknown): string => `$${values.push(value)}`
  const { search, channel, carrier, country, outcome, from, until, after, limit } = query
  const isFiltered = channel !== null || carrier !== null || country !== null || outcome !== null
  const projectId = add(query.projectId)
  const low = add(from === null ? '\\x' : `\\x${challengeIdFloor(from)}`)
  const high = add(idBefore(until, after))
  const looked = add(isFiltered ? candidatesMax : limit)
  const within = `c.id >= ${low} and c.id < ${high}`
  const newest = `order by c.id desc limit ${looked}`
  const ways =
    search === null
      ? [`select c.id from challenges c where c.project_id = ${projectId} and ${within} ${newest}`]
      : waysOfSearch(search, projectId, add).map(
          (where) => `select c.id from challenges c where ${where} and ${within} ${newest}`,
        )
  const sql = `
    with candidates as materialized (
      select id, row_number() over (order by id desc) as nth
      from (select id from (${ways.map((way) => `(${way})`).join(' union ')}) ways order by id desc limit ${looked}) found
    ),
    page as materialized (
      select v.*, f.nth
      from candidates f
      cross join lateral (
        select ${verificationColumns}
        from challenges c
        ${verificationJoins}
        where c.project_id = ${projectId} and c.id = f.id
          and (${add(channel)}::text is null or c.channel = $${values.length})
          and (${add(carrier)}::text is null or m.carrier = $${values.length})
          and (${add(country)}::text is null or m.country = $${values.length})
          and (${add(outcome)}::text is null or o.outcome = $${values.length})
      ) v
      order by f.nth
      limit ${add(limit)}
    )
    select p.*, encode(l.id, 'hex') as last_id
    from (values (true)) as always(is_so)
    left join candidates l on l.nth = coalesce((select nth from page order by nth offset ${add(limit - 1)} limit 1), ${looked})
    left join page p on true
    order by p.nth`
  const way =
    search === null
      ? 'all'
      : `search${search.id === null ? '' : '-id'}${search.address === null ? '' : '-address'}`
  return { name: `verifications-${way}`, sql, values }
}

/** Above all ids that a page may have. */
function idBefore(until: Date | null, after: string | null): string {
  const bounds = [until === null ? null : challengeIdFloor(until), after].filter((bound) => bound !== null)
  return bounds.length === 0 ? `\\x${'ff'.repeat(13)}` : `\\x${bounds.sort()[0]}`
}

/** Each way by an index of its own: one condition for all would read everything. */
function waysOfSearch(
  { id, address, text }: VerificationSearch,
  projectId: string,
  add: (value: unknown) => string,
): string[] {
  const typed = add(text)
  const targets = waysToTarget(projectId, address === null ? typed : add(address)).map(({ where }) => where)
  const spelled = `c.project_id = ${projectId} and c.target = ${typed} and c.target <> c.address`
  const records = waysToRecord(projectId).map(({ where }) => `${where} and c.record_id = ${typed}`)
  return [
    ...(id === null ? [] : [`c.project_id = ${projectId} and c.id = ${add(`\\x${id}`)}`]),
    ...(address === null ? [spelled] : [...targets, spelled]),
    ...records,
  ]
}
