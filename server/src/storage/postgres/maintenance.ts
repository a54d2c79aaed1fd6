import type { Database } from './database.ts'

/** How many days the records of sends and messages, and events, are kept. */
export type Retention = { recordDays: number; eventDays: number }

const defaultRetention: Retention = { recordDays: 90, eventDays: 400 }
const everyMilliseconds = 3_600_000

/** Deletes what no rule needs any more. Each delete is small: the big tables drop whole days instead. */
const statementsFor = ({ recordDays, eventDays }: Retention): Record<string, string> => ({
  'maintenance-partitions': 'select ensure_partitions()',
  // Each table separately: dropping a day locks a whole table, and a statement that locks two can deadlock with a
  // writer of both.
  'maintenance-messages': `select drop_message_partitions(clock_now() - interval '${recordDays} days')`,
  'maintenance-records': `select drop_partitions(clock_now() - interval '${recordDays} days')`,
  // Except for the month of sends, the longest windows last a day.
  'maintenance-limits': `delete from limits
    where started_at < clock_now() - interval '2 days' and scope <> 'month-sends'
      or started_at < clock_now() - interval '31 days'`,
  'maintenance-destinations': "delete from destinations where updated_at < clock_now() - interval '9 days'",
  'maintenance-event-people': `select drop_event_people_partitions(clock_now() - interval '${eventDays} days')`,
  'maintenance-events': `select drop_event_partitions(clock_now() - interval '${eventDays} days')`,
  // A replay reaches back 30 days, and its attempts continue for three.
  'maintenance-deliveries': "select drop_delivery_partitions(clock_now() - interval '35 days')",
  'maintenance-orphans': `delete from webhook_deliveries d where state = 'waiting' and not exists (
    select 1 from webhook_endpoints w where w.project_id = d.project_id and w.id = d.endpoint_id)`,
  'maintenance-idempotency':
    "delete from idempotency_keys where created_at < clock_now() - interval '24 hours'",
  'maintenance-receipts': "delete from receipt_words where seen_at < clock_now() - interval '2 days'",
  'maintenance-rates': "delete from delivery_rates where hour < clock_now() - interval '30 days'",
  'maintenance-proofs': "delete from proofs where expires_at < clock_now() - interval '1 day'",
  'maintenance-tokens': `delete from refresh_tokens t using sessions s
    where s.project_id = t.project_id and s.id = t.session_id and s.expires_at < clock_now() - interval '1 day'`,
  'maintenance-sessions': "delete from sessions where expires_at < clock_now() - interval '1 day'",
  // Failures are remembered for 30 days, and a lock that only an operator ends is kept until then (V4).
  'maintenance-recipients': `delete from recipients
    where updated_at < clock_now() - interval '31 days' and (locked_until is null or locked_until < clock_now())`,
})

/** Runs maintenance once. Several nodes may do so at once. */
export async function runMaintenance(
  database: Database,
  retention: Retention = defaultRetention,
): Promise<void> {
  for (const [name, sql] of Object.entries(statementsFor(retention))) await database.query(name, sql)
}

export type MaintenanceParts = { database: Database; retention: Retention; onFault: (fault: unknown) => void }

/**
 * Runs maintenance at once and then every hour. At once, because a server that is restarted every few minutes would
 * otherwise never run it. A failure is reported, and retried the next time. Returns a function that ends it.
 */
export function startMaintenance({ database, retention, onFault }: MaintenanceParts): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const run = (): void => {
    running = runMaintenance(database, retention).catch(onFault)
  }
  run()
  const timer = setInterval(run, everyMilliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
