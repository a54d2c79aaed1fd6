import type { Database } from '../postgres/database.ts'
import { repeatWork } from '../postgres/repeat-work.ts'
import type { Transaction } from '../postgres/sql.ts'
import { planByIndexes } from './read-by-indexes.ts'
import { countAgainSql } from './rollup-statements.ts'

/*
 * Counts verifications by minute, hour and day. A minute is counted once its codes can neither be verified nor sent any more, by
 * this task and not by the sends and checks; whoever reads adds the minutes since then from the codes themselves. What changes
 * later is marked by who changes it, and counted again.
 */

export const rollupCursor = 'verification-rollups'

/** No code lives longer than ten minutes, and a check or a send that was judged is committed within seconds. */
const closingSeconds = 660

const everyMilliseconds = 10_000
const stretchMinutesMax = 1_440
/** A stretch that held this much is followed by a shorter one. */
const foundMax = 100_000
const staleMax = 500

/** Counts what has closed since the last run, and what has changed since it was counted. Only one of several nodes does it. */
export async function countRollups(database: Database): Promise<void> {
  let stretchMinutes = 1
  for (let isDone = false; !isDone; ) {
    const result = await database.transaction((tx) => countStretch(tx, stretchMinutes))
    if (result === null) return
    isDone = result.isDone
    const factor = result.found > foundMax ? 0.5 : result.found < foundMax / 4 ? 2 : 1
    stretchMinutes = Math.min(stretchMinutesMax, Math.max(1, Math.floor(stretchMinutes * factor)))
  }
  while ((await database.transaction(countStale)) === staleMax);
}

/** The locked cursor, so that no two count at once; null if somebody else does. */
async function lockCursor(tx: Transaction): Promise<{ position: Date; bound: Date } | null> {
  await tx.query('rollups-begin', beginSql, [rollupCursor, closingSeconds])
  const [cursor] = await tx.query<{ position: Date; bound: Date }>(
    'rollups-cursor',
    `select position, date_trunc('minute', clock_now() - make_interval(secs => $2), 'UTC') as bound
    from cursors
    where name = $1
    for update skip locked`,
    [rollupCursor, closingSeconds],
  )
  return cursor ?? null
}

/** The first run begins with the oldest challenge that there is. */
const beginSql = `
  insert into cursors (name, position)
  select $1, date_trunc('minute', coalesce(min(c.created_at), clock_now() - make_interval(secs => $2)), 'UTC')
  from projects p
  cross join lateral (
    select created_at from challenges where project_id = p.id order by id limit 1
  ) c
  where not exists (select from cursors where name = $1)
  having not exists (select from cursors where name = $1)
  on conflict do nothing`

/** A project that is being erased leaves nothing. */
const closedSql = countAgainSql(
  'select id as project_id, $1::timestamptz as since, $2::timestamptz as until from projects where deleted_at is null',
)

async function countStretch(
  tx: Transaction,
  stretchMinutes: number,
): Promise<{ found: number; isDone: boolean } | null> {
  const cursor = await lockCursor(tx)
  if (cursor === null) return null
  const { position, bound } = cursor
  // A clock that went back: what was counted too early is counted again in its time.
  const until = new Date(Math.min(position.getTime() + stretchMinutes * 60_000, bound.getTime()))
  const isAhead = position >= until
  const found = isAhead ? 0 : await countAgain(tx, 'rollups-closed', closedSql, [position, until])
  if (until.getTime() !== position.getTime())
    await tx.query('rollups-advance', 'update cursors set position = $2 where name = $1', [
      rollupCursor,
      until,
    ])
  return { found, isDone: until >= bound }
}

// A day that was dropped meanwhile must not be counted as empty, nor a minute again whose own roll-ups are gone.
const takeStaleSql = `
  with gone as (
    delete from stale_rollups
    where id in (select id from stale_rollups order by id limit ${staleMax})
    returning project_id, minute
  )
  select count(*)::integer as taken,
    coalesce(jsonb_agg(distinct jsonb_build_array(project_id, minute)) filter (
      where minute < $1 and minute > clock_now() - interval '8 days'
        and to_regclass('messages_' || day) is not null and to_regclass('challenges_' || day) is not null
    ), '[]') as minutes
  from gone, lateral (select to_char(minute at time zone 'UTC', 'YYYYMMDD') as day) d`

const staleSql = countAgainSql(`
  select project_id, minute as since, minute + interval '1 minute' as until
  from unnest($1::text[], $2::timestamptz[]) as stale(project_id, minute)
  where exists (select from projects p where p.id = project_id and p.deleted_at is null)`)

async function countStale(tx: Transaction): Promise<number> {
  const cursor = await lockCursor(tx)
  if (cursor === null) return 0
  const [stale] = await tx.query<{ taken: number; minutes: [string, string][] }>(
    'rollups-take-stale',
    takeStaleSql,
    [cursor.position],
  )
  if (stale === undefined || stale.minutes.length === 0) return stale?.taken ?? 0
  // A later statement, so that it sees everything that the entries were written for.
  await countAgain(tx, 'rollups-stale', staleSql, [
    stale.minutes.map(([projectId]) => projectId),
    stale.minutes.map(([, minute]) => minute),
  ])
  return stale.taken
}

async function countAgain(tx: Transaction, name: string, sql: string, values: unknown[]): Promise<number> {
  await planByIndexes(tx)
  await tx.query('rollups-patience', "set local statement_timeout = '60s'")
  const [row] = await tx.query<{ found: number }>(name, sql, values)
  return row?.found ?? 0
}

/** Counts every ten seconds. Returns what ends it. */
export const startCountingRollups = ({
  database,
  onFault,
}: {
  database: Database
  onFault: (fault: unknown) => void
}): (() => Promise<void>) => repeatWork(() => countRollups(database), { everyMilliseconds, onFault })
