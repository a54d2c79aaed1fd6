import type { Transaction } from '../postgres/sql.ts'

/** How many things wait in the whole database, and the age of the oldest; 0 where nothing waits. */
export type Waiting = { count: number; oldestSeconds: number }

export type WaitingWork = { messages: Waiting; webhooks: Waiting }

/** Reads what waits to be sent: messages whose codes are still valid, and events for webhooks that are enabled. */
export async function readWaitingWork(database: Transaction): Promise<WaitingWork> {
  const [row] = await database.query<{
    messages: number
    message_seconds: number
    webhooks: number
    webhook_seconds: number
  }>('waiting-work', waitingSql)
  if (row === undefined) throw new Error('the database answers nothing')
  return {
    messages: { count: row.messages, oldestSeconds: row.message_seconds },
    webhooks: { count: row.webhooks, oldestSeconds: row.webhook_seconds },
  }
}

/** No code lives longer than ten minutes, so the partitions of other days are passed over. An event id begins with its second. */
const waitingSql = `
  select m.messages, m.message_seconds, w.webhooks, w.webhook_seconds
  from (
    select count(*) as messages,
      coalesce(extract(epoch from clock_now() - min(created_at)), 0)::double precision as message_seconds
    from challenges
    where delivery_state = 'queued' and expires_at > clock_now() and id >= (
      select decode(lpad(to_hex(extract(epoch from clock_now() - interval '1 hour')::bigint), 8, '0'), 'hex')
    )
  ) m, (
    select count(*) as webhooks,
      coalesce(extract(epoch from clock_now()) - min(('x' || encode(substr(event_id, 1, 4), 'hex'))::bit(32)::bigint), 0)
        ::double precision as webhook_seconds
    from webhook_deliveries d
    join webhook_endpoints e on e.project_id = d.project_id and e.id = d.endpoint_id and e.is_enabled
    where state = 'waiting'
  ) w`
