import type { ProjectId } from '../../domain/project.ts'
import type { ClaimedDelivery, DeliveryAttempt, WebhookOutbox } from '../../engine/ports/webhooks.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type EventRow, eventById, eventColumns, eventFromRow, eventJoins } from './event-rows.ts'

/** Longer than any attempt takes: a node that holds one longer has died. */
const leaseSeconds = 60
/** A webhook that has failed for so long is disabled. */
const failingDaysMax = 3

/** The deliveries that are still to be made, for the nodes that make them. */
export const createWebhookOutbox = (database: Database): WebhookOutbox => ({
  async claim({ busy, isFailing, webhooksMax, each }) {
    const rows = await database.query<ClaimedRow>('webhooks-claim', claimSql, [
      busy,
      isFailing,
      webhooksMax,
      each,
      leaseSeconds,
    ])
    return rows.map(claimedDeliveryFromRow)
  },

  record: (webhook, attempts, { isGone }) =>
    database.transaction(async (tx) => {
      await tx.query('webhooks-record', recordSql, [
        ...attemptRows.values(attempts.map(rowOfAttempt)),
        webhook.projectId,
        webhook.webhookId,
      ])
      await updateWebhookHealth(tx, webhook, {
        isGone,
        hasSuccess: attempts.some(({ state }) => state === 'delivered'),
      })
    }),
})

// `skip locked`: what another node is taking belongs to that node. In random order, so that over many polls no project
// comes before another. What is replayed is at most 30 days old, so older days are not read.
const claimSql = `
  with clock as materialized (
    select clock_now() as now,
      decode(lpad(to_hex(extract(epoch from clock_now() - interval '35 days')::bigint), 8, '0'), 'hex') as low
  ),
  waiting as materialized (
    select w.project_id, w.id
    from webhook_endpoints w
    where w.is_enabled and (w.failing_since is not null) = $2 and not w.id = any($1)
      and exists (
        select 1
        from webhook_deliveries d
        where d.project_id = w.project_id and d.endpoint_id = w.id and d.state = 'waiting'
          and d.next_at <= (select now from clock) and d.event_id >= (select low from clock)
      )
    order by random()
    limit $3
  ),
  due as (
    select w.project_id, w.id as endpoint_id, d.event_id
    from waiting w
    cross join lateral (
      select event_id
      from webhook_deliveries
      where project_id = w.project_id and endpoint_id = w.id and state = 'waiting'
        and next_at <= (select now from clock) and event_id >= (select low from clock)
      order by next_at
      limit $4
      for update skip locked
    ) d
  ),
  claimed as (
    update webhook_deliveries d
    set tries = d.tries + 1, last_at = clock.now, next_at = clock.now + make_interval(secs => $5)
    from due, clock
    where d.project_id = due.project_id and d.event_id = due.event_id and d.endpoint_id = due.endpoint_id
    returning d.project_id, d.event_id, d.endpoint_id, d.tries, d.last_at
  )
  select ${eventColumns}, d.endpoint_id, d.tries, d.last_at, w.url, w.secret,
    case when w.previous_until > clock_now() then w.previous_secret end as previous_secret
  from claimed d
  join webhook_endpoints w on w.project_id = d.project_id and w.id = d.endpoint_id
  cross join lateral ${eventById('d.project_id', 'd.event_id')} e
  ${eventJoins}
  order by e.id`

type ClaimedRow = EventRow & {
  endpoint_id: string
  tries: number
  last_at: Date
  url: string
  secret: Buffer
  previous_secret: Buffer | null
}

const claimedDeliveryFromRow = (row: ClaimedRow): ClaimedDelivery => ({
  projectId: row.project_id as ProjectId,
  webhookId: row.endpoint_id,
  url: row.url,
  secret: row.secret,
  previousSecret: row.previous_secret,
  attempts: row.tries,
  claimedAt: row.last_at,
  event: eventFromRow(row),
})

const attemptRows = rowList({
  event_id: 'bytea',
  tries: 'smallint',
  state: 'text',
  retry_seconds: 'double precision',
  status: 'smallint',
  detail: 'text',
})
// An attempt whose lease ran out, or that was replayed in the meantime, has another number by now: it changes nothing.
const recordSql = `
  update webhook_deliveries d
  set state = i.state, last_status = i.status, last_detail = i.detail,
    next_at = clock_now() + make_interval(secs => coalesce(i.retry_seconds, 0))
  from ${attemptRows.from}
  where d.project_id = ${attemptRows.after(1)} and d.endpoint_id = ${attemptRows.after(2)} and d.event_id = i.event_id and d.tries = i.tries
    and d.state = 'waiting'`

const rowOfAttempt = ({ eventId, attempts, state, retrySeconds, status, detail }: DeliveryAttempt) => ({
  event_id: `\\x${eventId}`,
  tries: attempts,
  state,
  retry_seconds: retrySeconds,
  status,
  detail,
})

/** Remembers since when a webhook fails, and disables one that is gone or has failed too long. */
async function updateWebhookHealth(
  tx: Transaction,
  { projectId, webhookId }: { projectId: ProjectId; webhookId: string },
  { isGone, hasSuccess }: { isGone: boolean; hasSuccess: boolean },
): Promise<void> {
  const [row] = await tx.query<{ disabled_reason: string | null }>(
    'webhooks-judge',
    `update webhook_endpoints
    set failing_since = case when $4 then null else coalesce(failing_since, clock_now()) end,
      is_enabled = case when $3 or not $4 and failing_since < clock_now() - make_interval(days => $5) then false
        else is_enabled end,
      disabled_reason = case when $3 then 'gone'
        when not $4 and failing_since < clock_now() - make_interval(days => $5) then 'failing' end
    where project_id = $1 and id = $2 and is_enabled and ($3 or not $4 or failing_since is not null)
    returning disabled_reason`,
    [projectId, webhookId, isGone, hasSuccess, failingDaysMax],
  )
  const reason = row?.disabled_reason ?? null
  if (reason !== null)
    await recordEvents(tx, [{ scope: projectId, type: 'webhook.disabled', details: { webhookId, reason } }])
}
