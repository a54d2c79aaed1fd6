import type { Channel, Region } from '../../domain/address.ts'
import type { AccountId, ChallengeId } from '../../domain/challenge.ts'
import type { DeliveryRate } from '../../domain/demotion.ts'
import type { NewEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import { isLost, laterState, type MessageState, type Receipt } from '../../domain/receipt.ts'
import type { ReceiptChange, ReceiptStore } from '../../engine/ports/receipts.ts'
import { recordEvents } from '../batches/events.ts'
import { giveBackTokens } from '../batches/quotas.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { lateAfterMinutes, markStale } from './stale-rollups.ts'
import { type KeptReceipt, postponeUnmatchedReceipts, takeUnmatchedReceipts } from './unmatched-receipts.ts'

/** Stores what carriers report about messages. */
export const createReceiptStore = (database: Database): ReceiptStore => ({
  apply: (receipts) =>
    database.transaction(async (tx) => {
      const { changes, unknown } = await applyReceipts(tx, receipts)
      await postponeUnmatchedReceipts(tx, unknown)
      return changes
    }),

  async applyUnmatched() {
    const due = await database.query(
      'unmatched-receipts-due',
      'select 1 from early_receipts where next_at <= clock_now() limit 1',
    )
    if (due.length === 0) return []
    return database.transaction(async (tx) => {
      const unmatched = await takeUnmatchedReceipts(tx)
      const { changes, unknown } = await applyReceipts(tx, unmatched)
      await postponeUnmatchedReceipts(tx, unknown)
      return changes
    })
  },

  async admitOnce({ carrier, nonce, bodyDigest }) {
    const [row] = await database.query<{ body_digest: string }>(
      'receipts-nonce',
      `insert into receipt_words (carrier, word, body_digest)
      values ($1, $2, $3)
      on conflict (carrier, word) do update set seen_at = receipt_words.seen_at
      returning body_digest`,
      [carrier, nonce, bodyDigest],
    )
    return row?.body_digest === bodyDigest
  },

  async rates({ hours }) {
    const rows = await database.query<Omit<DeliveryRate, 'country'> & { country: Region | '' }>(
      'receipts-rates',
      `select carrier, channel, country, sum(delivered)::bigint as delivered, sum(lost)::bigint as lost
      from delivery_rates
      where hour > clock_now() - make_interval(hours => $1)
      group by carrier, channel, country
      order by carrier, channel, country`,
      [hours],
    )
    return rows.map((row) => ({ ...row, country: row.country === '' ? null : row.country }))
  },
})

type MessageRow = {
  project_id: ProjectId
  challenge_id: ChallengeId
  attempt: number
  carrier: string
  carrier_message_id: string
  channel: Channel
  country: Region | null
  account_id: AccountId | null
  /** The hour in which the message was sent. */
  hour: Date
  /** Whether its minute may have been counted already. */
  is_late: boolean
  state: MessageState
}

/** A message, and the report that may move it. */
type Move = { row: MessageRow; receipt: Receipt; to: MessageState }

const wanted = rowList({ carrier: 'text', id: 'text' })
// Receipts look at three days: the day of the message, and the days in which carriers retry a report.
const findSql = `
  select m.project_id, encode(m.challenge_id, 'hex') as challenge_id, m.attempt, m.carrier, m.carrier_message_id
  from ${wanted.from}
  join messages m on m.carrier = i.carrier and m.carrier_message_id = i.id
  where m.challenge_id >= (
    select decode(lpad(to_hex(extract(epoch from clock_now() - interval '3 days')::bigint), 8, '0'), 'hex')
  )`

// Without these settings, a plan made while the tables were empty would read whole days forever.
const planSql = `select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true)`

/**
 * Applies reports under the locks of the rows that they change: challenges, then messages, then quotas, in the lock
 * order of sends.
 */
async function applyReceipts(
  tx: Transaction,
  receipts: KeptReceipt[],
): Promise<{ changes: ReceiptChange[]; unknown: KeptReceipt[] }> {
  if (receipts.length === 0) return { changes: [], unknown: [] }
  await tx.query('receipts-plan', planSql)
  const latest = latestOfEach(receipts)
  const found = await tx.query<
    Pick<MessageRow, 'project_id' | 'challenge_id' | 'attempt' | 'carrier' | 'carrier_message_id'>
  >(
    'receipts-find',
    findSql,
    wanted.values(
      [...latest.values()].map(({ carrier, carrierMessageId }) => ({ carrier, id: carrierMessageId })),
    ),
  )
  const receiptOf = (row: Pick<MessageRow, 'carrier' | 'carrier_message_id'>) =>
    latest.get(keyOf(row.carrier, row.carrier_message_id)) as KeptReceipt
  const known = new Set(found.map((row) => keyOf(row.carrier, row.carrier_message_id)))
  const unknown = [...latest].flatMap(([key, receipt]) => (known.has(key) ? [] : [receipt]))
  if (found.length === 0) return { changes: [], unknown }

  await lockLost(
    tx,
    found.filter((row) => isLost(receiptOf(row).state)),
  )
  const rows = await tx.query<MessageRow>('receipts-lock', lockSql, messages.values(found.map(rowOfMessage)))
  const moves = rows.flatMap((row): Move[] => {
    const receipt = receiptOf(row)
    const to = laterState<MessageState>(row.state, receipt.state)
    return to === row.state ? [] : [{ row, receipt, to }]
  })
  await storeMoves(tx, moves)
  const changes = moves.map(({ row: { carrier, channel, country, state: from }, to }) => ({
    carrier,
    channel,
    country,
    from,
    to,
  }))
  return { changes, unknown }
}

/** Combines several reports of one batch about the same message. */
function latestOfEach(receipts: KeptReceipt[]): Map<string, KeptReceipt> {
  const latest = new Map<string, KeptReceipt>()
  for (const receipt of receipts) {
    const key = keyOf(receipt.carrier, receipt.carrierMessageId)
    const known = latest.get(key)
    if (known === undefined || laterState(known.state, receipt.state) !== known.state)
      latest.set(key, receipt)
  }
  return latest
}

const keyOf = (carrier: string, id: string): string => `${carrier} ${id}`

const messages = rowList({ project_id: 'text', id: 'bytea', attempt: 'smallint' })

const rowOfMessage = ({
  project_id,
  challenge_id,
  attempt,
}: Pick<MessageRow, 'project_id' | 'challenge_id' | 'attempt'>) => ({
  project_id,
  id: `\\x${challenge_id}`,
  attempt,
})

/** Locks what a lost message may change besides itself. */
async function lockLost(tx: Transaction, lost: Parameters<typeof rowOfMessage>[0][]): Promise<void> {
  if (lost.length === 0) return
  await tx.query(
    'receipts-challenges',
    `select 1
    from ${messages.from}
    join challenges c on c.project_id = i.project_id and c.id = i.id
    order by c.project_id, c.id
    for update of c`,
    messages.values(lost.map(rowOfMessage)),
  )
}

const lockSql = `
  select m.project_id, encode(m.challenge_id, 'hex') as challenge_id, m.attempt, m.carrier, m.carrier_message_id,
    coalesce(m.channel, c.channel) as channel, m.country, c.account_id,
    date_trunc('hour', m.started_at) as hour, coalesce(m.receipt_state, 'accepted') as state,
    c.created_at < clock_now() - interval '${lateAfterMinutes} minutes' as is_late
  from ${messages.from}
  join messages m on m.project_id = i.project_id and m.challenge_id = i.id and m.attempt = i.attempt
  join challenges c on c.project_id = i.project_id and c.id = i.id
  order by m.project_id, m.challenge_id, m.attempt
  for update of m`

const moved = rowList({
  project_id: 'text',
  id: 'bytea',
  attempt: 'smallint',
  state: 'text',
  detail: 'text',
})
const storeSql = `
  update messages m
  set receipt_state = i.state, receipt_detail = i.detail, receipt_at = clock_now()
  from ${moved.from}
  where m.project_id = i.project_id and m.challenge_id = i.id and m.attempt = i.attempt`

async function storeMoves(tx: Transaction, moves: Move[]): Promise<void> {
  if (moves.length === 0) return
  const rows = moves.map(({ row, receipt, to }) => ({
    ...rowOfMessage(row),
    state: to,
    detail: receipt.detail,
  }))
  await tx.query('receipts-store', storeSql, moved.values(rows))
  await giveUpLost(
    tx,
    moves.filter(({ to }) => isLost(to)).map(({ row }) => row),
  )
  await recordEvents(tx, moves.flatMap(eventOf))
  await markStale(
    tx,
    moves.flatMap(({ row: { project_id, challenge_id: id, is_late } }) =>
      is_late ? [{ project_id, id }] : [],
    ),
  )
  // Last, so that rows that all messages of a carrier share are locked for the shortest time.
  await countRates(tx, moves)
}

// Only if nothing of the challenge may arrive any more, and while its code could still have been used. If another
// channel is to follow, it follows now; otherwise the token is given back, once: a challenge that no longer spends a
// token gives none back.
const giveUpSql = `
  update challenges c
  set fallback_at = case when c.fallback_at is not null then least(c.fallback_at, clock_now()) end,
    spends_token = c.spends_token and c.fallback_at is not null
  from (select distinct project_id, id from ${messages.from}) i
  join challenges before on before.project_id = i.project_id and before.id = i.id
  where c.project_id = i.project_id and c.id = i.id
    and c.used_at is null and c.expires_at > clock_now() and c.delivery_state = 'accepted'
    and not exists (
      select from messages m
      where m.project_id = i.project_id and m.challenge_id = i.id and m.outcome <> 'refused'
        and coalesce(m.receipt_state, 'accepted') not in ('undelivered', 'expired')
    )
  returning c.project_id, before.spends_token and not c.spends_token as gives_back`

async function giveUpLost(tx: Transaction, lost: MessageRow[]): Promise<void> {
  if (lost.length === 0) return
  const given = await tx.query<{ project_id: ProjectId; gives_back: boolean }>(
    'receipts-give-up',
    giveUpSql,
    messages.values(lost.map(rowOfMessage)),
  )
  await giveBackTokens(
    tx,
    given.flatMap(({ project_id, gives_back }) => (gives_back ? [project_id] : [])),
  )
}

function eventOf({ row, to }: Move): NewEvent[] {
  const about = { scope: row.project_id, challengeId: row.challenge_id, accountId: row.account_id }
  if (to === 'delivered')
    return [{ ...about, type: 'challenge.delivered', details: { carrier: row.carrier } }]
  // A message that rises from expired to undelivered was already reported.
  if (!isLost(to) || isLost(row.state)) return []
  return [{ ...about, type: 'challenge.undelivered', details: { carrier: row.carrier, reason: to } }]
}

const counts = rowList({
  hour: 'timestamptz',
  carrier: 'text',
  channel: 'text',
  country: 'text',
  delivered: 'bigint',
  lost: 'bigint',
})
const countSql = `
  insert into delivery_rates as r (${counts.columns})
  select ${counts.columns}
  from ${counts.from}
  order by hour, carrier, channel, country
  on conflict (hour, carrier, channel, country)
  do update set delivered = r.delivered + excluded.delivered, lost = r.lost + excluded.lost`

async function countRates(tx: Transaction, moves: Move[]): Promise<void> {
  const sums = new Map<
    string,
    { hour: Date; carrier: string; channel: Channel; country: string; delivered: number; lost: number }
  >()
  for (const { row, to } of moves) {
    const { hour, carrier, channel } = row
    const country = row.country ?? ''
    const key = `${hour.toISOString()} ${carrier} ${channel} ${country}`
    const sum = sums.get(key) ?? { hour, carrier, channel, country, delivered: 0, lost: 0 }
    sum.delivered += to === 'delivered' ? 1 : 0
    // A message that arrived after all is no longer lost.
    sum.lost += Number(isLost(to)) - Number(isLost(row.state))
    sums.set(key, sum)
  }
  const counted = [...sums.values()].filter(({ delivered, lost }) => delivered !== 0 || lost !== 0)
  if (counted.length > 0) await tx.query('receipts-count', countSql, counts.values(counted))
}
