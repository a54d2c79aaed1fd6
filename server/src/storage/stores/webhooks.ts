import type { EventType } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import type {
  DeliveryQuery,
  DeliveryState,
  Replay,
  Webhook,
  WebhookDelivery,
  WebhookStore,
} from '../../engine/ports/webhooks.ts'
import { idFloor } from '../batches/challenge-rows.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import { eventById, singleEvents } from './event-rows.ts'

/** More than anyone needs, and few enough that one project cannot crowd out the others' deliveries. */
const webhooksPerProjectMax = 20
/** How far back a replay reaches; deliveries are kept five days longer. */
const replayDays = 30
const rotationSeconds = 86_400

const webhookColumns = `project_id, id, url, event_types, is_enabled, disabled_reason, failing_since,
  case when previous_until > clock_now() then previous_until end as previous_until, created_at`

type WebhookRow = {
  project_id: ProjectId
  id: string
  url: string
  event_types: EventType[]
  is_enabled: boolean
  disabled_reason: string | null
  failing_since: Date | null
  previous_until: Date | null
  created_at: Date
}

const webhookFromRow = (row: WebhookRow): Webhook => ({
  projectId: row.project_id,
  id: row.id,
  url: row.url,
  eventTypes: row.event_types,
  isEnabled: row.is_enabled,
  disabledReason: row.disabled_reason,
  failingSince: row.failing_since,
  previousUntil: row.previous_until,
  createdAt: row.created_at,
})

/** The store of webhooks, as operators use it. */
export const createWebhookStore = (database: Database): WebhookStore => ({
  insert: (webhook) => insert(database, webhook),

  async list(projectId) {
    const rows = await database.query<WebhookRow>(
      'webhooks-list',
      `select ${webhookColumns} from webhook_endpoints where project_id = $1 order by created_at, id`,
      [projectId],
    )
    return rows.map(webhookFromRow)
  },

  update: (projectId, id, { url = null, eventTypes = null, isEnabled = null }) =>
    database.transaction(async (tx) => {
      // Enabling a webhook again clears its failures.
      const [row] = await tx.query<WebhookRow>(
        'webhooks-update',
        `update webhook_endpoints
        set url = coalesce($3, url),
          event_types = coalesce($4, event_types),
          is_enabled = coalesce($5, is_enabled),
          disabled_reason = case when $5 is null then disabled_reason end,
          failing_since = case when $5 then null else failing_since end
        where project_id = $1 and id = $2
        returning ${webhookColumns}`,
        [projectId, id, url, eventTypes, isEnabled],
      )
      if (row === undefined) return null
      const named = { url, eventTypes, isEnabled }
      const changed = Object.entries(named).flatMap(([name, value]) => (value === null ? [] : [name]))
      await recordActions(tx, [
        { scope: projectId, type: 'webhook.changed', details: { webhookId: id, changed } },
      ])
      return webhookFromRow(row)
    }),

  rotate: (projectId, id, secret) =>
    database.transaction(async (tx) => {
      const [row] = await tx.query<WebhookRow>(
        'webhooks-rotate',
        `update webhook_endpoints
        set secret = $3, previous_secret = secret, previous_until = clock_now() + make_interval(secs => $4)
        where project_id = $1 and id = $2
        returning ${webhookColumns}`,
        [projectId, id, secret, rotationSeconds],
      )
      if (row === undefined) return null
      const details = { webhookId: id, changed: ['secret'] }
      await recordActions(tx, [{ scope: projectId, type: 'webhook.changed', details }])
      return webhookFromRow(row)
    }),

  remove: (projectId, id) =>
    database.transaction(async (tx) => {
      const rows = await tx.query(
        'webhooks-delete',
        'delete from webhook_endpoints where project_id = $1 and id = $2 returning id',
        [projectId, id],
      )
      if (rows.length === 0) return false
      await recordActions(tx, [{ scope: projectId, type: 'webhook.deleted', details: { webhookId: id } }])
      return true
    }),

  async listSealed() {
    const rows = await database.query<SealedRow>(
      'webhooks-sealed',
      'select project_id, id, secret, previous_secret from webhook_endpoints',
    )
    return rows.map((row) => ({
      projectId: row.project_id,
      id: row.id,
      secret: row.secret,
      previousSecret: row.previous_secret,
    }))
  },

  async reseal(webhooks) {
    const rows = webhooks.map(({ before, after }) => ({
      project_id: before.projectId,
      id: before.id,
      before: bytesOf(before.secret),
      secret: bytesOf(after.secret),
      previous_secret: after.previousSecret === null ? null : bytesOf(after.previousSecret),
    }))
    // Changing the secret changes both columns, so one shows whether the other is still the same.
    await database.query(
      'webhooks-reseal',
      `update webhook_endpoints w
      set secret = i.secret, previous_secret = i.previous_secret
      from ${resealed.from}
      where w.project_id = i.project_id and w.id = i.id and w.secret = i.before`,
      resealed.values(rows),
    )
  },

  deliveries: (projectId, id, query) => readDeliveries(database, { projectId, id }, query),
  replay: (projectId, id, what) => replay(database, { projectId, id }, what),
})

const resealed = rowList({
  project_id: 'text',
  id: 'text',
  before: 'bytea',
  secret: 'bytea',
  previous_secret: 'bytea',
})

type SealedRow = { project_id: ProjectId; id: string; secret: Buffer; previous_secret: Buffer | null }

const bytesOf = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`

const insert = (
  database: Database,
  { projectId, id, url, eventTypes, secret }: Parameters<WebhookStore['insert']>[0],
): Promise<Webhook | null> =>
  database.transaction(async (tx) => {
    const [row] = await tx.query<WebhookRow>(
      'webhooks-insert',
      `insert into webhook_endpoints (project_id, id, url, event_types, secret)
      select $1, $2, $3, $4, $5
      where (select count(*) from webhook_endpoints where project_id = $1) < $6
      returning ${webhookColumns}`,
      [projectId, id, url, eventTypes, secret, webhooksPerProjectMax],
    )
    if (row === undefined) return null
    await recordActions(tx, [{ scope: projectId, type: 'webhook.created', details: { webhookId: id } }])
    return webhookFromRow(row)
  })

type Named = { projectId: ProjectId; id: string }

async function exists(database: Pick<Database, 'query'>, { projectId, id }: Named): Promise<boolean> {
  const rows = await database.query(
    'webhooks-exists',
    'select 1 from webhook_endpoints where project_id = $1 and id = $2',
    [projectId, id],
  )
  return rows.length > 0
}

async function readDeliveries(
  database: Database,
  named: Named,
  { state, before, limit }: DeliveryQuery,
): Promise<WebhookDelivery[] | null> {
  if (!(await exists(database, named))) return null
  const rows = await database.query<DeliveryRow>(
    'webhooks-deliveries',
    `select encode(d.event_id, 'hex') as event_id, e.type, d.state, d.tries, d.next_at, d.last_at, d.last_status,
      d.last_detail
    from webhook_deliveries d
    cross join lateral ${eventById('d.project_id', 'd.event_id')} e
    where d.project_id = $1 and d.endpoint_id = $2 and ($3::text is null or d.state = $3)
      and ($4::bytea is null or d.event_id < $4)
    order by d.event_id desc
    limit $5`,
    [named.projectId, named.id, state, before === null ? null : `\\x${before}`, limit],
  )
  return rows.map((row) => ({
    eventId: row.event_id,
    type: row.type,
    state: row.state,
    attempts: row.tries,
    nextAt: row.state === 'waiting' ? row.next_at : null,
    lastAt: row.last_at,
    lastStatus: row.last_status,
    lastDetail: row.last_detail,
  }))
}

type DeliveryRow = {
  event_id: string
  type: EventType
  state: DeliveryState
  tries: number
  next_at: Date
  last_at: Date | null
  last_status: number | null
  last_detail: string | null
}

/** Queues events again, including those that happened before the webhook existed. */
const replay = (database: Database, { projectId, id }: Named, what: Replay): Promise<number | null> =>
  database.transaction(async (tx) => {
    if (!(await exists(tx, { projectId, id }))) return null
    const [low, high] =
      'eventId' in what
        ? [`\\x${what.eventId}`, `\\x${what.eventId}`]
        : [idFloor(what.from), idFloor(new Date(what.until.getTime() - 1)).replace(/0{12}$/, 'f'.repeat(12))]
    const rows = await tx.query(
      'webhooks-replay',
      `insert into webhook_deliveries (project_id, event_id, endpoint_id, next_at)
      select e.project_id, e.id, w.id, clock_now()
      from webhook_endpoints w
      cross join lateral ${singleEvents(`(
        select *
        from events
        where project_id = w.project_id and type = any(w.event_types) and id between event_row_id($3) and $4
          and id >= (select event_time(clock_now() - make_interval(days => $5)))
      )`)} e
      where w.project_id = $1 and w.id = $2 and e.id between $3 and $4
      on conflict (project_id, event_id, endpoint_id)
      do update set state = 'waiting', tries = 0, next_at = excluded.next_at
      returning event_id`,
      [projectId, id, low, high, replayDays],
    )
    if (rows.length > 0) {
      const details = { webhookId: id, deliveries: rows.length }
      await recordActions(tx, [{ scope: projectId, type: 'webhook.replayed', details }])
    }
    return rows.length
  })
