import { challengeIdFloor } from '../../domain/challenge.ts'
import type { RecordQuery, RecordRange } from '../../engine/ports/records.ts'
import { challengeColumns } from '../batches/challenge-rows.ts'
import { splitByHours } from './hours-of-range.ts'

/*
 * The statements that read records. Each set of filters has a statement of its own, put together from parts and named for them:
 * one text for all of them would have one plan for all, which reads every row.
 */

export type Statement = { name: string; sql: string; values: unknown[] }

/** The statement for a page of records; its rows have the total as well, and no id where the page is empty. */
export const pageStatement = (query: RecordQuery): Statement =>
  query.target === null && query.recordId === null ? pageByHours(query) : pageOfFound(query)

const idBound = (moment: Date): string => `\\x${challengeIdFloor(moment)}`
/** Below and above every id. */
const [noId, anyId] = ['\\x', `\\x${'ff'.repeat(13)}`]

/**
 * For a range of ids of a project `c`: it is the order of the primary key. Without it a planner that has seen empty tables may take
 * the index on addresses, which reads the ids of all projects. `offset 0` keeps it apart from what is around it: as a join
 * it may read every record of the project.
 */
const byPrimaryKey = 'order by c.id desc offset 0'

/** The values of a statement; each is added where the text names it. */
function createParameters() {
  const values: unknown[] = []
  return { values, add: (value: unknown): string => `$${values.push(value)}` }
}
type Parameters = ReturnType<typeof createParameters>

/** What a statement asks of a challenge `c` besides its project and id, and what that adds to the statement's name. */
function conditionsOf(query: RecordQuery, { add }: Parameters): { name: string; sql: string } {
  const { channel, isVerified } = query
  const parts = [{ name: '', sql: `c.purpose = ${add(query.purpose)} and c.content = 'code'` }]
  if (channel !== null) parts.push({ name: '-channel', sql: `c.channel = ${add(channel)}` })
  if (isVerified === true) parts.push({ name: '-verified', sql: 'c.used_at is not null' })
  if (isVerified === false) parts.push({ name: '-unverified', sql: 'c.used_at is null' })
  return { name: parts.map(({ name }) => name).join(''), sql: parts.map(({ sql }) => sql).join(' and ') }
}

/** The hour as the beginning of an id: its first four bytes are the second. */
const idOfHour = (hour: string): string => `substr(int8send(extract(epoch from ${hour})::bigint), 5)`

/** Those rows of `code_counts` that are of whole hours of a range, and the rest of it as `e(low, high)`. */
function partsOfRange(range: RecordRange, { add }: Parameters): { isCounted: string; edges: string } {
  const { first, end, edges } = splitByHours(range)
  return {
    isCounted: `hour >= ${add(first ?? '-infinity')}::timestamptz and hour < ${add(end ?? 'infinity')}::timestamptz`,
    edges: `unnest(
      ${add(edges.map(({ from }) => idBound(from)))}::bytea[], ${add(edges.map(({ until }) => idBound(until)))}::bytea[]
    ) as e(low, high)`,
  }
}

const countedOutcomes = {
  all: "sum(count) filter (where outcome = 'sent')",
  verified: "sum(count) filter (where outcome = 'verified')",
  unverified: "sum(case outcome when 'sent' then count else -count end)",
}

// The counts say in which hours the page lies and how many records are to be passed over in the first of them. One statement,
// because counts and records have to be of the same moment.
function pageByHours(query: RecordQuery): Statement {
  const parameters = createParameters()
  const { add } = parameters
  const projectId = add(query.projectId)
  const conditions = conditionsOf(query, parameters)
  const { isCounted, edges } = partsOfRange(query, parameters)
  const { isVerified } = query
  const count = countedOutcomes[isVerified === null ? 'all' : isVerified ? 'verified' : 'unverified']
  const isChannel = query.channel === null ? '' : `and channel = ${add(query.channel)}`
  const within = `c.project_id = ${projectId} and ${conditions.sql}`
  const offset = `${add(query.offset)}::bigint`
  const end = `${add(query.offset + query.limit)}::bigint`
  const sql = `
    with spans as materialized (
      select low, high, count, sum(count) over (order by low desc) - count as before
      from (
        select ${idOfHour('hour')} as low, ${idOfHour("hour + interval '1 hour'")} as high, (${count})::bigint as count
        from code_counts
        where project_id = ${projectId} and purpose = ${add(query.purpose)} and ${isCounted} ${isChannel}
        group by hour
        union all
        select e.low, e.high, edge.count
        from ${edges}
        cross join lateral (
          select count(*) as count
          from (select from challenges c where ${within} and c.id >= e.low and c.id < e.high ${byPrimaryKey}) c
        ) edge
      ) parts
      where count > 0
    )
    select t.total, ${challengeColumns}
    from (select coalesce(sum(count), 0)::bigint as total from spans) t
    left join (
      select page.*
      from spans s
      cross join lateral (
        select *
        from challenges c
        where ${within} and c.id >= s.low and c.id < s.high
        order by c.id desc
        offset greatest(${offset} - s.before, 0)
        limit least(s.count, ${end} - s.before) - greatest(${offset} - s.before, 0)
      ) page
      where s.before < ${end} and s.before + s.count > ${offset}
    ) c on true
    order by c.id desc`
  return { name: `records-page${conditions.name}`, sql, values: parameters.values }
}

// Few records are of one address or one `recordId`, so they are found by an index, and then counted and put into order.
function pageOfFound(query: RecordQuery): Statement {
  const parameters = createParameters()
  const { add } = parameters
  const projectId = add(query.projectId)
  const conditions = conditionsOf(query, parameters)
  const { from, until, target, recordId } = query
  const low = add(from === null ? noId : idBound(from))
  const high = add(until === null ? anyId : idBound(until))
  const within = `${conditions.sql} and c.id >= ${low} and c.id < ${high}`
  const isRecord = recordId === null ? null : `c.record_id = ${add(recordId)}`
  const ways = target === null ? [ofProject(projectId)] : waysToTarget(projectId, add(target))
  const found = ways.map((way) => {
    const conditions = [way, isRecord, within].filter((part) => part !== null).join(' and ')
    return `(select c.id from challenges c where ${conditions})`
  })
  const sql = `
    with found as materialized (${found.join(' union all ')})
    select t.total, ${challengeColumns}
    from (select count(*) as total from found) t
    left join (
      select record.*
      from (select id from found order by id desc offset ${add(query.offset)} limit ${add(query.limit)}) f
      cross join lateral (select * from challenges where project_id = ${projectId} and id = f.id limit 1) record
    ) c on true
    order by c.id desc`
  const name = [target === null ? '' : '-target', recordId === null ? '' : '-record'].join('')
  return { name: `records-found${name}${conditions.name}`, sql, values: parameters.values }
}

// The comparison of projects is no equality where the index does not begin with the project, or a planner without statistics may
// choose the primary key and read everything that the project has sent.
export const ofProject = (projectId: string): string => `c.project_id is not distinct from ${projectId}`

/** By its canonical address, or as it was written. */
export const waysToTarget = (projectId: string, target: string): string[] => [
  `${ofProject(projectId)} and c.address = ${target}`,
  `c.project_id = ${projectId} and c.target = ${target} and c.target <> c.address`,
]

/** The statement for how many codes of a range were sent and verified, by channel. */
export function statsStatement({
  projectId,
  purpose,
  ...range
}: RecordRange & Pick<RecordQuery, 'projectId' | 'purpose'>): Statement {
  const parameters = createParameters()
  const [project, purposeName] = [parameters.add(projectId), parameters.add(purpose)]
  const { isCounted, edges } = partsOfRange(range, parameters)
  const sql = `
    select channel, coalesce(sum(total), 0)::bigint as total, coalesce(sum(verified), 0)::bigint as verified
    from (
      select channel, ${countedOutcomes.all} as total, ${countedOutcomes.verified} as verified
      from code_counts
      where project_id = ${project} and purpose = ${purposeName} and ${isCounted}
      group by channel
      union all
      select c.channel, count(*), count(c.used_at)
      from ${edges}
      cross join lateral (
        select c.channel, c.used_at
        from challenges c
        where c.project_id = ${project} and c.purpose = ${purposeName} and c.content = 'code'
          and c.id >= e.low and c.id < e.high
        ${byPrimaryKey}
      ) c
      group by c.channel
    ) parts
    group by channel`
  return { name: 'records-stats', sql, values: parameters.values }
}
