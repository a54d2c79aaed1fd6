import type { Channel, Region } from '../../domain/address.ts'
import type { Micros } from '../../domain/money.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { DeliveryResult } from '../../engine/ports/outbox.ts'
import type {
  Reservation,
  SpendingLine,
  SpendingRequest,
  SpendingStore,
} from '../../engine/ports/spending.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'

/** Keeps the spending of projects within their caps, and reports it. */
export const createSpendingStore = (database: Database): SpendingStore => ({
  reserve: (requests) =>
    requests.length === 0 ? Promise.resolve([]) : database.transaction((tx) => reserveAll(tx, requests)),
  async report({ projectId, from, until }) {
    const rows = await database.query<SpendingRow>('spending-report', reportSql, [projectId, from, until])
    return rows.map((row): SpendingLine => ({ ...row, country: row.country === '' ? null : row.country }))
  },
})

type SpendingRow = {
  day: string
  channel: Channel
  carrier: string
  country: Region | ''
  messages: number
  cost: Micros
}

const reportSql = `
  select to_char(day, 'YYYY-MM-DD') as day, channel, carrier, country, messages, cost
  from spending
  where project_id = $1 and ($2::date is null or day >= $2) and ($3::date is null or day <= $3)
  order by day desc, cost desc, carrier, country`

// Each project with each period, so this is not a list of rows. Missing rows are made, so that there is a row to lock;
// in a fixed order, so that two nodes cannot deadlock.
const lockTotalsSql = `
  insert into spending_totals as t (project_id, period, cost)
  select project_id, period, 0
  from unnest($1::text[]) as project_id, unnest($2::text[]) as period
  order by project_id, period
  on conflict (project_id, period) do update set cost = t.cost
  returning project_id, period, cost`

const totalRows = rowList({ project_id: 'text', period: 'text', cost: 'bigint' })
const addTotalsSql = `
  insert into spending_totals as t (project_id, period, cost)
  select project_id, period, greatest(0, cost)
  from ${totalRows.from}
  order by project_id, period
  on conflict (project_id, period)
  do update set cost = greatest(0, t.cost + (
    select i.cost
    from ${totalRows.from}
    where i.project_id = excluded.project_id and i.period = excluded.period
  ))`

async function reserveAll(tx: Transaction, requests: SpendingRequest[]): Promise<(Reservation | null)[]> {
  const [clock] = await tx.query<{ day: string }>(
    'spending-day',
    `select to_char(clock_now() at time zone 'UTC', 'YYYY-MM-DD') as day`,
  )
  const day = clock?.day ?? ''
  const month = day.slice(0, 7)
  const projects = [...new Set(requests.map(({ projectId }) => projectId))]
  const rows = await tx.query<{ project_id: ProjectId; period: string; cost: Micros }>(
    'spending-lock',
    lockTotalsSql,
    [projects, [day, month]],
  )
  const totals = new Map(rows.map(({ project_id, period, cost }) => [`${project_id} ${period}`, cost]))
  const spentIn = (projectId: ProjectId, period: string) => totals.get(`${projectId} ${period}`) ?? 0

  const added = new Map<string, Total>()
  const reservations = requests.map(({ projectId, amount, caps }): Reservation | null => {
    const periods = [
      { period: day, cap: caps.perDay },
      { period: month, cap: caps.perMonth },
    ]
    if (periods.some(({ period, cap }) => cap !== null && spentIn(projectId, period) + amount > cap))
      return null
    for (const { period } of periods) {
      totals.set(`${projectId} ${period}`, spentIn(projectId, period) + amount)
      addTotal(added, { project_id: projectId, period, cost: amount })
    }
    return { day, amount }
  })
  if (added.size > 0) await tx.query('spending-add', addTotalsSql, totalRows.values([...added.values()]))
  return reservations
}

type Total = { project_id: ProjectId; period: string; cost: Micros }

function addTotal(totals: Map<string, Total>, { project_id, period, cost }: Total): void {
  const name = `${project_id} ${period}`
  totals.set(name, { project_id, period, cost: cost + (totals.get(name)?.cost ?? 0) })
}

const counted = rowList({
  project_id: 'text',
  day: 'date',
  channel: 'text',
  carrier: 'text',
  country: 'text',
  messages: 'bigint',
  cost: 'bigint',
})
const countSql = `
  insert into spending as s (${counted.columns})
  select ${counted.columns}
  from ${counted.from}
  order by project_id, day, channel, carrier, country
  on conflict (project_id, day, channel, carrier, country)
  do update set messages = s.messages + excluded.messages, cost = s.cost + excluded.cost`

/**
 * Counts what attempts have cost, and gives back what was reserved beyond it. Sends no statement if nothing cost
 * anything.
 */
export async function countSpending(tx: Transaction, results: DeliveryResult[]): Promise<void> {
  const lines = new Map<string, Omit<SpendingRow, 'country'> & { project_id: ProjectId; country: string }>()
  const totals = new Map<string, Total>()
  for (const { projectId: project_id, carrier, finishedAt, attempt } of results) {
    if (attempt === undefined) continue
    const { channel, country, cost, reservation } = attempt
    const day = reservation?.day ?? finishedAt.toISOString().slice(0, 10)
    const difference = cost - (reservation?.amount ?? 0)
    for (const period of [day, day.slice(0, 7)])
      if (difference !== 0) addTotal(totals, { project_id, period, cost: difference })
    if (cost === 0) continue
    const name = [project_id, day, channel, carrier, country].join(' ')
    const { messages = 0, cost: before = 0 } = lines.get(name) ?? {}
    const key = { project_id, day, channel, carrier, country: country ?? '' }
    lines.set(name, { ...key, messages: messages + 1, cost: before + cost })
  }
  if (totals.size > 0) await tx.query('spending-add', addTotalsSql, totalRows.values([...totals.values()]))
  if (lines.size > 0) await tx.query('spending-count', countSql, counted.values([...lines.values()]))
}
