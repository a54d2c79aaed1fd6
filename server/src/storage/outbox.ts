import type { AccountId, Challenge, ChallengeId } from '../domain/challenge.ts'
import type { NewEvent } from '../domain/event.ts'
import type { ProjectId } from '../domain/project.ts'
import { leaseSeconds } from '../engine/lease.ts'
import type { DeliveryResult, Outbox } from '../engine/ports.ts'
import { type ChallengeRow, challengeColumns, parseChallenge } from './challenge-rows.ts'
import type { Database, Transaction } from './database.ts'
import { recordEvents } from './events.ts'

/** The outbox that the challenge rows themselves are. */
export const createOutbox = (database: Database): Outbox => ({
  async claim(max) {
    const [clock] = await database.query<{ now: Date }>('moment-read', 'select moment() as now')
    const rows = await database.query<ChallengeRow>('outbox-claim', claimSql, [max, leaseSeconds])
    return { now: clock?.now ?? new Date(), challenges: rows.map((row) => parseChallenge(row) as Challenge) }
  },
  async record(results) {
    if (results.length === 0) return
    await database.transaction(async (tx) => {
      await lockRefundedQuotas(tx, results)
      await tx.query('outbox-messages', insertMessagesSql, [JSON.stringify(results.map(messageColumns))])
      const stored = await tx.query<StoredState>('outbox-states', writeStatesSql, [
        JSON.stringify(results.map(stateColumns)),
      ])
      const ended = stored.filter(({ is_end }) => is_end)
      await giveBackTokens(tx, ended)
      await recordEvents(tx, ended.map(eventOfEnd))
    })
  },
})

// `skip locked`: a row that another node is just taking over is that node's.
const claimSql = `
  update challenges c
  set leased_until = moment() + make_interval(secs => $2)
  from (
    select project_id, id
    from challenges
    where delivery_state = 'queued' and leased_until < moment()
    order by leased_until
    limit $1
    for update skip locked
  ) due
  where c.project_id = due.project_id and c.id = due.id
  returning ${challengeColumns}`

// Quotas come before challenges, in the order in which sends lock them.
async function lockRefundedQuotas(tx: Transaction, results: DeliveryResult[]): Promise<void> {
  const projects = results.flatMap(({ projectId, next }) =>
    next.state === 'failed' || next.state === 'expired' ? [projectId] : [],
  )
  if (projects.length === 0) return
  await tx.query(
    'outbox-quotas',
    'select 1 from quotas where project_id = any($1) order by project_id for update',
    [[...new Set(projects)]],
  )
}

const insertMessagesSql = `
  insert into messages (project_id, challenge_id, attempt, carrier, outcome, detail, carrier_message_id, started_at,
    finished_at)
  select i.project_id, i.id, c.delivery_tries + 1, i.carrier, i.outcome, i.detail, i.carrier_message_id, i.started_at,
    i.finished_at
  from json_to_recordset($1) as i(project_id text, id bytea, carrier text, outcome text, detail text,
    carrier_message_id text, started_at timestamptz, finished_at timestamptz)
  join challenges c on c.project_id = i.project_id and c.id = i.id
  order by c.project_id, c.id
  for update of c`

// A state that is final stays: a late word of a carrier is noted, but changes nothing, and a token is given back once.
const writeStatesSql = `
  update challenges c
  set delivery_tries = c.delivery_tries + 1,
    delivery_state = case when c.delivery_state = 'queued' then i.state else c.delivery_state end,
    leased_until = case when c.delivery_state = 'queued' then i.retry_at end
  from json_to_recordset($1) as i(project_id text, id bytea, state text, retry_at timestamptz, carrier text)
  join challenges before on before.project_id = i.project_id and before.id = i.id
  where c.project_id = i.project_id and c.id = i.id
  returning c.project_id, encode(c.id, 'hex') as id, c.account_id, c.spends_token, i.state, i.carrier,
    before.delivery_state = 'queued' and i.state <> 'queued' as is_end`

/** A challenge whose try was stored. `is_end`: this very try ended its waiting. */
type StoredState = {
  project_id: ProjectId
  id: ChallengeId
  account_id: AccountId | null
  spends_token: boolean
  state: DeliveryResult['next']['state']
  carrier: string
  is_end: boolean
}

const giveBackSql = `
  update quotas q
  set tokens_used = greatest(0, q.tokens_used - i.count)
  from json_to_recordset($1) as i(project_id text, count bigint)
  where q.project_id = i.project_id`

async function giveBackTokens(tx: Transaction, ended: StoredState[]): Promise<void> {
  const counts = new Map<ProjectId, number>()
  for (const { project_id, spends_token, state } of ended)
    if (spends_token && state !== 'accepted') counts.set(project_id, (counts.get(project_id) ?? 0) + 1)
  if (counts.size === 0) return
  const rows = [...counts].map(([project_id, count]) => ({ project_id, count }))
  await tx.query('outbox-refunds', giveBackSql, [JSON.stringify(rows)])
}

function eventOfEnd({
  project_id: scope,
  id: challengeId,
  account_id,
  state,
  carrier,
}: StoredState): NewEvent {
  const about = { scope, challengeId, accountId: account_id }
  if (state === 'accepted') return { ...about, type: 'challenge.accepted', details: { carrier } }
  const reason = state === 'expired' ? 'late' : 'refused'
  return { ...about, type: 'challenge.failed', details: { carrier, reason } }
}

const messageColumns = (result: DeliveryResult) => ({
  project_id: result.projectId,
  id: `\\x${result.challengeId}`,
  carrier: result.carrier,
  outcome: result.outcome,
  detail: result.detail,
  carrier_message_id: result.carrierMessageId,
  started_at: result.startedAt,
  finished_at: result.finishedAt,
})

const stateColumns = ({ projectId, challengeId, next, carrier }: DeliveryResult) => ({
  project_id: projectId,
  id: `\\x${challengeId}`,
  state: next.state,
  retry_at: next.state === 'queued' ? next.retryAt : null,
  carrier,
})
