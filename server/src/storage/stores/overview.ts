import type { Channel, Region } from '../../domain/address.ts'
import { noBucket } from '../../domain/verification-times.ts'
import type {
  Overview,
  OverviewQuery,
  OverviewStore,
  VerificationCounts,
} from '../../engine/ports/overview.ts'
import type { Database } from '../postgres/database.ts'
import { readClock } from '../postgres/database-time.ts'
import { readByIndexes } from './read-by-indexes.ts'
import { differencesOf, rollupKey, rollupMeasures, sumsOfMeasures } from './rollup-statements.ts'
import { rollupCursor } from './rollups.ts'

/** Reads what was counted of verifications. */
export const createOverviewStore = (database: Database): OverviewStore => ({
  read: async (query) => gather(await readByIndexes<OverviewRow>(database, statementOf(query))),
  now: () => readClock(database),
})

type OverviewRow = Omit<VerificationCounts, 'times'> & {
  /** Which of the columns after it are not grouped by: a bit each. */
  grouping: number
  at: Date | null
  channel: Channel | null
  country: Region | '' | null
  carrier: string | null
  bucket: number
}

/**
 * One statement, so that all is of one moment: the roll-ups of the step, what is too young to be in them, and what minutes that
 * have changed since differ by. The first and the last from the codes themselves.
 */
const overviewSql = `
  with counted_until as (
    select coalesce((select position from cursors where name = '${rollupCursor}'), '-infinity') as position
  ),
  ranges as materialized (
    select $1::text as project_id, greatest($2::timestamptz, position) as since, $3::timestamptz as until
    from counted_until
    where position < $3
    union all
    select distinct $1, minute, minute + interval '1 minute'
    from stale_rollups
    cross join counted_until
    where project_id = $1 and minute >= $2 and minute < least($3, position)
  ),
  counted as (
    select date_trunc($4, at, 'UTC') as at, ${rollupKey}, ${rollupMeasures.join(', ')}
    from (${differencesOf('ranges')}) young
    union all
    select at, ${rollupKey}, ${rollupMeasures.join(', ')}
    from verification_rollups
    where project_id = $1 and span = $4 and at >= $2 and at < $3
  )
  select grouping(at, channel, country, carrier) as grouping, at, channel, country, carrier, bucket, ${sumsOfMeasures}
  from counted
  where ($5::text is null or channel = $5) and ($6::text is null or country = $6) and ($7::text is null or carrier = $7)
  group by grouping sets ((at, bucket), (channel, bucket), (country, bucket), (carrier, bucket), (bucket))
  having ${rollupMeasures.map((name) => `sum(${name}) <> 0`).join(' or ')}`

const statementOf = ({ projectId, from, until, step, channel, country, carrier }: OverviewQuery) => ({
  name: 'overview',
  sql: overviewSql,
  values: [projectId, from, until, step, channel, country, carrier],
})

/** `grouping` of rows that are grouped by one column alone. */
const groupedBy = { at: 0b0111, channel: 0b1011, country: 0b1101, carrier: 0b1110 }

function gather(rows: OverviewRow[]): Overview {
  const overview = {
    total: emptyCounts(),
    series: new Map<number, Counts>(),
    channels: new Map<Channel, Counts>(),
    countries: new Map<Region | null, Counts>(),
    carriers: new Map<string | null, Counts>(),
  }
  for (const row of rows) {
    const { at, channel, country, carrier } = row
    if (row.grouping === groupedBy.at && at !== null) add(entryOf(overview.series, at.getTime()), row)
    else if (row.grouping === groupedBy.channel && channel !== null)
      add(entryOf(overview.channels, channel), row)
    else if (row.grouping === groupedBy.country) add(entryOf(overview.countries, country || null), row)
    else if (row.grouping === groupedBy.carrier) add(entryOf(overview.carriers, carrier || null), row)
    else add(overview.total, row)
  }
  return overview
}

const emptyCounts = () => ({
  sent: 0,
  accepted: 0,
  delivered: 0,
  messages: 0,
  refused: 0,
  lost: 0,
  cost: 0,
  times: new Map<number, number>(),
})
type Counts = ReturnType<typeof emptyCounts>

function entryOf<Key>(entries: Map<Key, Counts>, key: Key): Counts {
  const known = entries.get(key)
  if (known !== undefined) return known
  const made = emptyCounts()
  entries.set(key, made)
  return made
}

function add(counts: Counts, row: OverviewRow): void {
  for (const name of rollupMeasures) counts[name] += row[name]
  if (row.bucket !== noBucket) counts.times.set(row.bucket, (counts.times.get(row.bucket) ?? 0) + row.sent)
}
