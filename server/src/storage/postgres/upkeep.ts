import type { Database } from './database.ts'

/** Days that records of sends and messages, and events, are kept. */
export type Retention = { recordDays: number; eventDays: number }

const usual: Retention = { recordDays: 90, eventDays: 400 }
const everyMilliseconds = 3_600_000

/** What is of no more use, by what no rule asks for any longer. Small deletes: the big tables lose whole days instead. */
const statementsFor = ({ recordDays, eventDays }: Retention): Record<string, string> => ({
  'upkeep-partitions': 'select ensure_partitions()',
  // Each table by itself: to drop a day locks a whole table, and who locks two meets who writes to both.
  'upkeep-messages': `select drop_message_partitions(clock_now() - interval '${recordDays} days')`,
  'upkeep-records': `select drop_partitions(clock_now() - interval '${recordDays} days')`,
  // The longest windows but that of a month's sends are of a day.
  'upkeep-limits': `delete from limits
    where started_at < clock_now() - interval '2 days' and scope <> 'month-sends'
      or started_at < clock_now() - interval '31 days'`,
  'upkeep-destinations': "delete from destinations where updated_at < clock_now() - interval '9 days'",
  'upkeep-event-people': `select drop_event_people_partitions(clock_now() - interval '${eventDays} days')`,
  'upkeep-events': `select drop_event_partitions(clock_now() - interval '${eventDays} days')`,
  // A replay reaches back 30 days, and its tries go on for three.
  'upkeep-deliveries': "select drop_delivery_partitions(clock_now() - interval '35 days')",
  'upkeep-orphans': `delete from webhook_deliveries d where state = 'waiting' and not exists (
    select 1 from webhook_endpoints w where w.project_id = d.project_id and w.id = d.endpoint_id)`,
  'upkeep-idempotency': "delete from idempotency_keys where created_at < clock_now() - interval '24 hours'",
  'upkeep-receipts': "delete from receipt_words where seen_at < clock_now() - interval '2 days'",
  'upkeep-rates': "delete from delivery_rates where hour < clock_now() - interval '30 days'",
  'upkeep-proofs': "delete from proofs where expires_at < clock_now() - interval '1 day'",
  'upkeep-tokens': `delete from refresh_tokens t using sessions s
    where s.project_id = t.project_id and s.id = t.session_id and s.expires_at < clock_now() - interval '1 day'`,
  'upkeep-sessions': "delete from sessions where expires_at < clock_now() - interval '1 day'",
  // Failures are remembered for 30 days, and a lock that only an operator ends is remembered until then (V4).
  'upkeep-recipients': `delete from recipients
    where updated_at < clock_now() - interval '31 days' and (locked_until is null or locked_until < clock_now())`,
})

/** Runs the upkeep once. Several nodes may do so at once. */
export async function runUpkeep(database: Database, retention: Retention = usual): Promise<void> {
  for (const [name, sql] of Object.entries(statementsFor(retention))) await database.query(name, sql)
}

export type UpkeepParts = { database: Database; retention: Retention; onFault: (fault: unknown) => void }

/**
 * Runs the upkeep at once, for a server that is started anew every few minutes would never come to it, and then every hour; a
 * failure is told and tried again the next time. Answers what ends it.
 */
export function startUpkeep({ database, retention, onFault }: UpkeepParts): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const run = (): void => {
    running = runUpkeep(database, retention).catch(onFault)
  }
  run()
  const timer = setInterval(run, everyMilliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
