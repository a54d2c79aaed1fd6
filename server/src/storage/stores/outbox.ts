import type { Channel } from '../../domain/address.ts'
import type { AccountId, Challenge, ChallengeId } from '../../domain/challenge.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import { leaseSeconds } from '../../engine/ports/lease.ts'
import type { DeliveryResult, DueChallenge, Outbox } from '../../engine/ports/outbox.ts'
import { type ChallengeRow, challengeColumns, challengeFromRow } from '../batches/challenge-rows.ts'
import { recordEvents } from '../batches/events.ts'
import { giveBackTokens } from '../batches/quotas.ts'
import type { Database } from '../postgres/database.ts'
import { readClock } from '../postgres/database-time.ts'
import { rowList } from '../postgres/row-list.ts'
import { countSpending } from './spending.ts'
import { lateAfterMinutes, markStale } from './stale-rollups.ts'

/** The outbox: the challenge rows themselves. */
export const createOutbox = (database: Database): Outbox => ({
  async claim(max) {
    const now = await readClock(database)
    const stepped = await database.query<DueRow>('outbox-step', stepSql, [max, leaseSeconds])
    const due = await database.query<DueRow>('outbox-claim', claimSql, [max, leaseSeconds])
    const rows = [...stepped.filter(({ is_over }) => !is_over), ...due]
    return { now, challenges: rows.map(dueChallengeFromRow) }
  },
  async record(results) {
    if (results.length === 0) return
    await database.transaction(async (tx) => {
      await tx.query('outbox-messages', insertMessagesSql, messages.values(results.map(rowOfMessage)))
      const stored = await tx.query<StoredState>(
        'outbox-states',
        writeStatesSql,
        states.values(results.map(rowOfState)),
      )
      const ended = stored.filter(({ is_end }) => is_end)
      await recordEvents(tx, ended.map(eventOfEnd))
      await markStale(
        tx,
        stored.filter(({ is_late }) => is_late),
      )
      // Last, so that rows that all sends of a project share are locked for the shortest time; and after the
      // challenges, in the lock order of sends.
      await giveBackTokens(tx, ended.flatMap(tokenOf))
      await countSpending(tx, results)
    })
  },
  async wake(challenges) {
    const rows = challenges.map(({ projectId, challengeId, retryAt }) => ({
      project_id: projectId,
      id: `\\x${challengeId}`,
      retry_at: retryAt,
    }))
    if (rows.length > 0) await database.query('outbox-wake', wakeSql, waiting.values(rows))
  },
})

/** The columns of a challenge that is to be sent; its channel is the channel of its step. */
const dueColumns = `${challengeColumns}, c.delivery_step, c.superseded_at is not null as is_superseded,
  case when c.delivery_step > 0 then c.fallbacks->(c.delivery_step - 1)->>'channel' end as step_channel`

type DueRow = ChallengeRow & {
  delivery_step: number
  is_superseded: boolean
  step_channel: Channel | null
  /** For rows whose step was due: nothing more is to be done. */
  is_over?: boolean
}

const dueChallengeFromRow = (row: DueRow): DueChallenge => {
  const challenge = challengeFromRow(row) as Challenge
  return {
    ...challenge,
    channel: row.step_channel ?? challenge.channel,
    step: row.delivery_step,
    isSuperseded: row.is_superseded,
  }
}

/** How many of the oldest are read to decide whose turn it is. */
const claimLookahead = 8_192

// Projects take turns, the oldest of each first. `skip locked`: a row that another node is just taking over is that node's,
// and so that this one then has as many, more are ready than it takes.
const claimSql = `
  update challenges c
  set leased_until = clock_now() + make_interval(secs => $2)
  from (
    select c.project_id, c.id
    from (
      select project_id, id, leased_until, row_number() over (partition by project_id order by leased_until) as turn
      from (
        select project_id, id, leased_until
        from challenges
        where delivery_state = 'queued' and leased_until < clock_now()
        order by leased_until
        limit ${claimLookahead}
      ) oldest
      order by turn, leased_until
      limit 4 * $1
    ) next
    join challenges c on c.project_id = next.project_id and c.id = next.id
    where c.delivery_state = 'queued' and c.leased_until < clock_now()
    order by next.turn, next.leased_until
    limit $1
    for update of c skip locked
  ) due
  where c.project_id = due.project_id and c.id = due.id
  returning ${dueColumns}`

// Takes the next step of challenges that nobody has verified, no matter who has a lease on the previous step. A
// challenge that was verified or superseded, or has expired, takes no further step.
const stepSql = `
  update challenges c
  set delivery_step = case when due.is_over then c.delivery_step else c.delivery_step + 1 end,
    delivery_state = case when due.is_over then c.delivery_state else 'queued' end,
    leased_until = case when due.is_over then c.leased_until else clock_now() + make_interval(secs => $2) end,
    fallback_at = case when not due.is_over then c.created_at
      + make_interval(secs => (c.fallbacks->(c.delivery_step + 1)->>'afterSeconds')::double precision) end
  from (
    select project_id, id, used_at is not null or superseded_at is not null or expires_at <= clock_now() as is_over
    from challenges
    where fallback_at < clock_now()
    order by fallback_at
    limit $1
    for update skip locked
  ) due
  where c.project_id = due.project_id and c.id = due.id
  returning ${dueColumns}, due.is_over`

const messages = rowList({
  project_id: 'text',
  id: 'bytea',
  carrier: 'text',
  outcome: 'text',
  detail: 'text',
  carrier_message_id: 'text',
  started_at: 'timestamptz',
  finished_at: 'timestamptz',
  channel: 'text',
  country: 'text',
  cost: 'bigint',
})
const insertMessagesSql = `
  insert into messages (project_id, challenge_id, attempt, carrier, outcome, detail, carrier_message_id, started_at,
    finished_at, channel, country, cost)
  select i.project_id, i.id, c.delivery_tries + 1, i.carrier, i.outcome, i.detail, i.carrier_message_id, i.started_at,
    i.finished_at, coalesce(i.channel, c.channel), i.country, i.cost
  from ${messages.from}
  join challenges c on c.project_id = i.project_id and c.id = i.id
  order by c.project_id, c.id
  for update of c`

const states = rowList({
  project_id: 'text',
  id: 'bytea',
  state: 'text',
  retry_at: 'timestamptz',
  carrier: 'text',
  step: 'smallint',
})
// A final state stays: a late report of a carrier is recorded but changes nothing, and a token is given back only once.
// The same holds for a report about an earlier step. A step that fails for good brings the next one forward, and one
// that fails after another was accepted takes nothing back.
const writeStatesSql = `
  update challenges c
  set delivery_tries = c.delivery_tries + 1,
    delivery_state = after.state,
    leased_until = case when after.state = 'queued' then after.leased_until end,
    fallback_at = case when after.is_stepping then clock_now() else c.fallback_at end
  from ${states.from}
  join challenges before on before.project_id = i.project_id and before.id = i.id
  cross join lateral (
    select before.delivery_state = 'queued' and before.delivery_step = i.step as is_heard,
      i.state = 'failed' and before.fallback_at is not null as has_next,
      before.delivery_step > 0 and i.state in ('failed', 'expired') and exists (
        select from messages m
        where m.project_id = i.project_id and m.challenge_id = i.id and m.outcome = 'accepted'
      ) as was_accepted
  ) word
  cross join lateral (
    select
      case
        when not word.is_heard then before.delivery_state
        when word.has_next then 'queued'
        when word.was_accepted then 'accepted'
        else i.state
      end as state,
      case
        when not word.is_heard then before.leased_until
        when not word.has_next then i.retry_at
      end as leased_until,
      word.is_heard and word.has_next as is_stepping
  ) after
  where c.project_id = i.project_id and c.id = i.id
  returning c.project_id, encode(c.id, 'hex') as id, c.account_id, c.spends_token, after.state, i.carrier,
    word.is_heard and after.state <> 'queued' as is_end,
    c.created_at < clock_now() - interval '${lateAfterMinutes} minutes' as is_late`

const waiting = rowList({ project_id: 'text', id: 'bytea', retry_at: 'timestamptz' })
// A row that has another moment by now was claimed meanwhile, or has ended.
const wakeSql = `
  update challenges c
  set leased_until = clock_now()
  from (
    select c.project_id, c.id
    from ${waiting.from}
    join challenges c on c.project_id = i.project_id and c.id = i.id
    where c.delivery_state = 'queued' and c.leased_until = i.retry_at
    for update of c skip locked
  ) due
  where c.project_id = due.project_id and c.id = due.id`

/** A challenge whose attempt was stored. `is_end`: this attempt ended its waiting. `is_late`: its minute may have been counted. */
type StoredState = {
  project_id: ProjectId
  id: ChallengeId
  account_id: AccountId | null
  spends_token: boolean
  state: DeliveryResult['next']['state']
  carrier: string
  is_end: boolean
  is_late: boolean
}

/** The project that gets its token back because its challenge failed. */
const tokenOf = ({ project_id, spends_token, state }: StoredState): ProjectId[] =>
  spends_token && state !== 'accepted' ? [project_id] : []

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

const rowOfMessage = (result: DeliveryResult) => ({
  project_id: result.projectId,
  id: `\\x${result.challengeId}`,
  carrier: result.carrier,
  outcome: result.outcome,
  detail: result.detail,
  carrier_message_id: result.carrierMessageId,
  started_at: result.startedAt,
  finished_at: result.finishedAt,
  channel: result.attempt?.channel ?? null,
  country: result.attempt?.country ?? null,
  cost: result.attempt?.cost ?? 0,
})

const rowOfState = ({ projectId, challengeId, next, carrier, attempt }: DeliveryResult) => ({
  project_id: projectId,
  id: `\\x${challengeId}`,
  state: next.state,
  retry_at: next.state === 'queued' ? next.retryAt : null,
  carrier,
  step: attempt?.step ?? 0,
})
