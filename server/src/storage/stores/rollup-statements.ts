import { bucketMax, bucketRatio, noBucket } from '../../domain/verification-times.ts'

/*
 * How verifications are counted. The same text counts minutes that are over for the roll-ups, and reads those that are not: so
 * both agree.
 */

/** What is counted, in the order of the columns. */
export const rollupMeasures = [
  'sent',
  'accepted',
  'delivered',
  'messages',
  'refused',
  'lost',
  'cost',
] as const

const measures = rollupMeasures.join(', ')
export const sumsOfMeasures = rollupMeasures.map((name) => `sum(${name})::bigint as ${name}`).join(', ')
const negatedMeasures = rollupMeasures.map((name) => `-k.${name}`).join(', ')

export const rollupKey = 'channel, country, carrier, bucket'

/** Of the messages of a challenge, the one that stands for it: one that arrived, or the last that was accepted, or the last of all. */
export const standingMessageFirst =
  "(receipt_state = 'delivered') desc nulls last, (outcome = 'accepted') desc, attempt desc"

const idOf = (moment: string): string => `substr(int8send(extract(epoch from ${moment})::bigint), 5)`

/** The minute that an id begins with. */
export const minuteOfId = (id: string): string =>
  `date_trunc('minute', to_timestamp(('x' || encode(substr(${id}, 1, 4), 'hex'))::bit(32)::bigint), 'UTC')`

const bucketOfCode = `case when c.used_at is null then ${noBucket} else least(${bucketMax},
    floor(ln(greatest(extract(epoch from c.used_at - c.created_at)::float8, 1)) / ln(${bucketRatio}::float8)))::smallint end`

/**
 * The codes and messages of `ranges`, a relation of project_id, since and until, by minute. Both are read by their primary keys:
 * `offset 0` keeps the order of the key, without which a planner that has seen empty tables would read what it passes over.
 */
const countedRows = (ranges: string): string => `
  select project_id, at, ${rollupKey}, ${sumsOfMeasures}
  from (
    select c.project_id, ${minuteOfId('c.id')} as at, c.channel, coalesce(m.country, '') as country,
      coalesce(m.carrier, '') as carrier, ${bucketOfCode} as bucket, 1 as sent,
      (m.outcome is not distinct from 'accepted')::integer as accepted,
      (c.used_at is not null or m.receipt_state is not distinct from 'delivered')::integer as delivered,
      0 as messages, 0 as refused, 0 as lost, 0 as cost
    from ${ranges} r
    cross join lateral (
      select project_id, id, channel, created_at, used_at
      from challenges
      where project_id = r.project_id and id >= ${idOf('r.since')} and id < ${idOf('r.until')} and content = 'code'
      order by id
      offset 0
    ) c
    left join lateral (
      select carrier, country, outcome, receipt_state
      from messages
      where project_id = c.project_id and challenge_id = c.id
      order by ${standingMessageFirst}
      limit 1
    ) m on true
    union all
    select m.project_id, ${minuteOfId('m.challenge_id')}, coalesce(m.channel, (
        select c.channel from challenges c where c.project_id = m.project_id and c.id = m.challenge_id), 'email'),
      coalesce(m.country, ''), m.carrier, ${noBucket}, 0, 0, 0, 1, (m.outcome = 'refused')::integer,
      (m.receipt_state is not null and m.receipt_state in ('undelivered', 'expired'))::integer, m.cost
    from ${ranges} r
    cross join lateral (
      select *
      from messages
      where project_id = r.project_id and challenge_id >= ${idOf('r.since')} and challenge_id < ${idOf('r.until')}
      order by challenge_id
      offset 0
    ) m
  ) counted
  group by project_id, at, ${rollupKey}`

/** The opposite of what has been counted of the minutes of `ranges`. */
const countedBefore = (ranges: string): string => `
  select k.project_id, k.at, k.channel, k.country, k.carrier, k.bucket, ${negatedMeasures}
  from ${ranges} r
  cross join lateral (
    select *
    from verification_rollups
    where project_id = r.project_id and span = 'minute' and at >= r.since and at < r.until
    offset 0
  ) k`

/** What the minutes of `ranges` differ by from what has been counted of them. */
export const differencesOf = (ranges: string): string => `
  select project_id, at, ${rollupKey}, ${measures}
  from (${countedRows(ranges)}) fresh
  union all
  ${countedBefore(ranges)}`

/** Adds what the minutes of `ranges` differ by to minutes, hours and days alike; answers how many codes and messages there are. */
export const countAgainSql = (ranges: string): string => `
  with ranges as materialized (${ranges}),
  differences as materialized (${differencesOf('ranges')}),
  added as (
    insert into verification_rollups as k (project_id, span, at, ${rollupKey}, ${measures})
    select project_id, span, begins_at, ${rollupKey}, ${rollupMeasures.map((name) => `sum(${name})`).join(', ')}
    from differences
    cross join (values ('minute'), ('hour'), ('day')) as spans(span)
    cross join lateral (select date_trunc(span, at, 'UTC') as begins_at) b
    group by project_id, span, begins_at, ${rollupKey}
    having ${rollupMeasures.map((name) => `sum(${name}) <> 0`).join(' or ')}
    on conflict (project_id, span, at, ${rollupKey}) do update
    set ${rollupMeasures.map((name) => `${name} = k.${name} + excluded.${name}`).join(', ')}
  )
  select coalesce(sum(sent + messages) filter (where sent + messages > 0), 0)::bigint as found from differences`
