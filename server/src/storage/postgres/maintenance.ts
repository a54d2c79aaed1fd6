import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'
import { isLocked } from './database-faults.ts'
import { ensurePartitions } from './partitions.ts'
import { repeatWork } from './repeat-work.ts'

/** How many days the records of sends and messages, and events, are kept. */
export type Retention = { recordDays: number; eventDays: number }

const defaultRetention: Retention = { recordDays: 90, eventDays: 400 }
const everyMilliseconds = 3_600_000

/** Rows of one delete: it must end within the time of a statement, however much there is to delete. */
const pieceMax = 5_000
/** Dropping a day locks its table for everybody, also while the statement waits for those who use it. */
const dropLockMilliseconds = 200
const dropTriesMax = 3
const dropPauseMilliseconds = 500

/**
 * Whole days. Each table separately: dropping a day locks a whole table, and a statement that locks two can deadlock with a
 * writer of both.
 */
const dropsFor = ({ recordDays, eventDays }: Retention): Record<string, string> => ({
  'maintenance-messages': `select drop_message_partitions(clock_now() - interval '${recordDays} days')`,
  'maintenance-records': `select drop_partitions(clock_now() - interval '${recordDays} days')`,
  'maintenance-event-people': `select drop_event_people_partitions(clock_now() - interval '${eventDays} days')`,
  'maintenance-events': `select drop_event_partitions(clock_now() - interval '${eventDays} days')`,
  // A replay reaches back 30 days, and its attempts continue for three.
  'maintenance-deliveries': "select drop_delivery_partitions(clock_now() - interval '35 days')",
})

/** Rows of smaller tables that no rule needs any more. */
const deletes: Record<string, { table: string; where: string }> = {
  // Except for the month of sends, the longest windows last a day.
  'maintenance-limits': {
    table: 'limits',
    where: `started_at < clock_now() - interval '2 days' and scope <> 'month-sends'
      or started_at < clock_now() - interval '31 days'`,
  },
  'maintenance-destinations': {
    table: 'destinations',
    where: "updated_at < clock_now() - interval '9 days'",
  },
  'maintenance-orphans': {
    table: 'webhook_deliveries',
    where: `state = 'waiting' and not exists (
      select 1 from webhook_endpoints w where w.project_id = t.project_id and w.id = t.endpoint_id)`,
  },
  'maintenance-idempotency': {
    table: 'idempotency_keys',
    where: "created_at < clock_now() - interval '24 hours'",
  },
  'maintenance-receipts': {
    table: 'receipt_words',
    where: "seen_at < clock_now() - interval '2 days'",
  },
  'maintenance-rates': { table: 'delivery_rates', where: "hour < clock_now() - interval '30 days'" },
  // Reports come for three days, and a minute that has changed is counted again from its own roll-ups.
  'maintenance-rollups': {
    table: 'verification_rollups',
    where: `at < clock_now() - case span
      when 'minute' then interval '9 days' when 'hour' then interval '101 days' else interval '1502 days' end`,
  },
  'maintenance-imports': { table: 'imports', where: "created_at < clock_now() - interval '30 days'" },
  'maintenance-nodes': { table: 'nodes', where: "seen_at < clock_now() - interval '1 day'" },
  'maintenance-proofs': { table: 'proofs', where: "expires_at < clock_now() - interval '1 day'" },
  'maintenance-tokens': {
    table: 'refresh_tokens',
    where: `exists (
      select 1 from sessions s
      where s.project_id = t.project_id and s.id = t.session_id and s.expires_at < clock_now() - interval '1 day')`,
  },
  'maintenance-sessions': { table: 'sessions', where: "expires_at < clock_now() - interval '1 day'" },
  // Failures are remembered for 30 days, who has proven an address for 90, and a lock that only an operator ends is kept
  // until then (V4).
  'maintenance-recipients': {
    table: 'recipients',
    where: `updated_at < clock_now() - interval '31 days' and (locked_until is null or locked_until < clock_now())
      and (networks -> 'proven' is null or updated_at < clock_now() - interval '90 days')`,
  },
}

/**
 * Runs maintenance once. Several nodes may do so at once. A step that fails does not stop the others; the faults
 * are thrown at the end.
 */
export async function runMaintenance(
  database: Database,
  retention: Retention = defaultRetention,
): Promise<void> {
  const steps: (() => Promise<unknown>)[] = [
    () => ensurePartitions(database),
    ...Object.entries(dropsFor(retention)).map(
      ([name, sql]) =>
        () =>
          dropDays(database, name, sql),
    ),
    ...Object.keys(deletes).map((name) => () => deleteInPieces(database, name)),
  ]
  const faults: unknown[] = []
  for (const step of steps) await step().catch((fault: unknown) => faults.push(fault))
  if (faults.length === 1) throw faults[0]
  if (faults.length > 1) throw new AggregateError(faults, 'several steps of the maintenance failed')
}

async function dropDays(database: Database, name: string, sql: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(async (tx) => {
        await tx.query('maintenance-lock', `set local lock_timeout = ${dropLockMilliseconds}`)
        await tx.query(name, sql)
      })
    } catch (fault) {
      if (attempt === dropTriesMax || !isLocked(fault)) throw fault
      await sleep(dropPauseMilliseconds)
    }
  }
}

async function deleteInPieces(database: Database, name: string): Promise<void> {
  const { table, where } = deletes[name] as { table: string; where: string }
  const sql = `
    with gone as (
      delete from ${table}
      where (tableoid, ctid) in (select tableoid, ctid from ${table} t where ${where} limit ${pieceMax} for update skip locked)
      returning 1
    )
    select count(*) as count from gone`
  for (;;) {
    const [gone] = await database.query<{ count: number }>(name, sql)
    if (gone === undefined || gone.count < pieceMax) return
  }
}

export type MaintenanceParts = { database: Database; retention: Retention; onFault: (fault: unknown) => void }

/**
 * Runs maintenance at once and then every hour. At once, because a server that is restarted every few minutes would
 * otherwise never run it. A failure is reported, and retried the next time. Returns a function that ends it.
 */
export const startMaintenance = ({ database, retention, onFault }: MaintenanceParts): (() => Promise<void>) =>
  repeatWork(() => runMaintenance(database, retention), { everyMilliseconds, onFault })
