import { demotionHours, judgeDemotions } from '../../domain/demotion.ts'
import type { LiveNode, LiveState } from '../../domain/live-state.ts'
import type { LiveStateStore } from '../../engine/ports/live-state.ts'
import type { ReceiptStore } from '../../engine/ports/receipts.ts'
import type { StoppedPrefixStore } from '../../engine/ports/stopped-prefixes.ts'
import type { Database } from '../postgres/database.ts'
import { readClock } from '../postgres/database-time.ts'
import { readWaitingWork } from './waiting-work.ts'

export type LiveStateParts = {
  receipts: Pick<ReceiptStore, 'rates'>
  stoppedPrefixes: Pick<StoppedPrefixStore, 'list'>
}

/** Reads everything that may be wrong. */
export const createLiveStateStore = (
  database: Database,
  { receipts, stoppedPrefixes }: LiveStateParts,
): LiveStateStore => ({
  async read(projectId) {
    const [now, nodes, stopped, waiting, rates, quotas, webhooks] = await Promise.all([
      readClock(database),
      database.query<NodeRow>(
        'live-nodes',
        'select id, host, version, started_at, seen_at, breakers from nodes order by host, started_at, id',
      ),
      stoppedPrefixes.list(projectId),
      readWaitingWork(database),
      receipts.rates({ hours: demotionHours }),
      database.query<QuotaRow>('live-quotas', quotasSql, [projectId]),
      database.query<WebhookRow>('live-webhooks', webhooksSql, [projectId]),
    ])
    return {
      now,
      nodes: nodes.map(nodeFromRow),
      stoppedPrefixes: stopped,
      waiting,
      demotions: judgeDemotions(rates),
      quotas: quotas.map(({ project_id, granted, used }) => ({ projectId: project_id, granted, used })),
      webhooks: webhooks.map((row) => ({
        projectId: row.project_id,
        webhookId: row.id,
        failingSince: row.failing_since,
        disabledReason: row.disabled_reason,
      })),
    }
  },
})

type NodeRow = Omit<LiveNode, 'startedAt' | 'seenAt'> & { started_at: Date; seen_at: Date }

const nodeFromRow = ({ started_at, seen_at, ...node }: NodeRow): LiveNode => ({
  ...node,
  startedAt: started_at,
  seenAt: seen_at,
})

type ProjectIdOf = LiveState['quotas'][number]['projectId']
type QuotaRow = { project_id: ProjectIdOf; granted: number; used: number }

const quotasSql = `
  select q.project_id, q.tokens_granted as granted, q.tokens_used as used
  from quotas q
  join projects p on p.id = q.project_id and p.disabled_at is null
  where ($1::text is null or q.project_id = $1) and q.tokens_granted > 0 and q.tokens_used >= q.tokens_granted * 9 / 10
  order by q.project_id`

type WebhookRow = {
  project_id: ProjectIdOf
  id: string
  failing_since: Date | null
  disabled_reason: string | null
}

const webhooksSql = `
  select w.project_id, w.id, w.failing_since, w.disabled_reason
  from webhook_endpoints w
  join projects p on p.id = w.project_id and p.disabled_at is null
  where ($1::text is null or w.project_id = $1)
    and (w.is_enabled and w.failing_since is not null or not w.is_enabled and w.disabled_reason is not null)
  order by w.project_id, w.id`
