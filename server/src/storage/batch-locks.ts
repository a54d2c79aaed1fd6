import { limitId } from '../domain/judge-send.ts'
import { currentWindow, type Limit, type LimitState } from '../domain/limit.ts'
import type { ProjectId } from '../domain/project.ts'
import { type LimitRow, parseLimit } from './challenge-rows.ts'
import type { BatchTransaction, Transaction } from './database.ts'
import { rowList } from './row-list.ts'

/*
 * What batches of sends and of guesses have in common: the order in which they lock, and the limits that they count.
 *
 * Half of the rows that a batch is about do not exist yet, and a row that is not there cannot be locked. So a batch locks
 * names: one transaction-scoped advisory lock for each address, limit and idempotency key, taken in one order by one
 * statement. Two batches, on whichever nodes, that share a name take turns; two that share none do not meet.
 */

const lockAll = `
  select pg_advisory_xact_lock(number)
  from (
    select distinct hashtextextended(name, 0) as number
    from unnest($1::text[]) as name
    order by number
  ) ascending`

/** Locks the names for the rest of the transaction. Names whose hashes meet only wait for each other without need. */
export const lockNames = (tx: Transaction, names: string[]): Promise<unknown> =>
  tx.query('batch-lock', lockAll, [[...new Set(names)]])

/** The first row of a batch's subjects carries the moment at which all of them were read; the others carry null. */
export type FirstRow = { now: Date | null }

/** The moment at which the subjects of a batch were read, after they were locked (V10). */
export function momentOf(rows: FirstRow[]): Date {
  const now = rows[0]?.now
  if (now == null) throw new Error('the subjects of the batch were not read')
  return now
}

/** An address is locked over all projects, because one of its caps counts over all projects (S1). */
export const addressLock = (address: string): string => `address:${address}`
export const limitLock = (projectId: ProjectId, limit: Limit): string =>
  `limit:${projectId}:${limitId(limit)}`
export const idempotencyLock = (projectId: ProjectId, key: string): string =>
  `idempotency:${projectId}:${key}`

/** The limits of a batch by project, as they change from one judgement to the next. */
export type BatchLimits = {
  of(projectId: ProjectId): ReadonlyMap<string, LimitState>
  set(projectId: ProjectId, limits: ReadonlyMap<string, LimitState>): void
  /** Sends what has changed. */
  write(tx: BatchTransaction): void
}

export type LimitUse = { projectId: ProjectId; limit: Limit }

const read = rowList({ project_id: 'text', scope: 'text', key: 'text' })
const readAll = `
  select l.project_id, l.scope, l.key, l.started_at, l.count, l.members
  from ${read.from}
  join limits l on l.project_id = i.project_id and l.scope = i.scope and l.key = i.key`

const written = rowList({
  project_id: 'text',
  scope: 'text',
  key: 'text',
  started_at: 'timestamptz',
  count: 'integer',
  members: 'text[]',
})
const writeAll = `
  insert into limits (project_id, scope, key, started_at, count, members)
  select project_id, scope, key, started_at, count, members
  from ${written.from}
  on conflict (project_id, scope, key)
  do update set started_at = excluded.started_at, count = excluded.count, members = excluded.members`

/** Reads the limits that the requests of a batch use. Their names are locked already. */
export async function readLimits(tx: Transaction, uses: LimitUse[]): Promise<BatchLimits> {
  const distinct = new Map(uses.map((use) => [limitLock(use.projectId, use.limit), use]))
  const wanted = [...distinct.values()].map(({ projectId, limit: { scope, key } }) => ({
    project_id: projectId,
    scope,
    key,
  }))
  const rows =
    wanted.length === 0 ? [] : await tx.query<LimitRow>('limits-read', readAll, read.values(wanted))

  const before = new Map<string, LimitState>()
  const now = new Map<ProjectId, ReadonlyMap<string, LimitState>>()
  for (const row of rows) {
    const id = `${row.scope}:${row.key}`
    const state = parseLimit(row)
    before.set(`${row.project_id}:${id}`, state)
    now.set(row.project_id, new Map(now.get(row.project_id)).set(id, state))
  }

  return {
    of: (projectId) => now.get(projectId) ?? new Map(),
    set: (projectId, limits) => now.set(projectId, limits),
    write(tx) {
      const changed = [...distinct.values()].flatMap(({ projectId, limit }) => {
        const state = now.get(projectId)?.get(limitId(limit))
        if (state === undefined || state === before.get(`${projectId}:${limitId(limit)}`)) return []
        return { project_id: projectId, scope: limit.scope, key: limit.key, ...columnsOf(state) }
      })
      if (changed.length > 0) tx.write('limits-write', writeAll, written.values(changed))
    },
  }
}

const columnsOf = ({ startedAt, count, members }: LimitState) => ({ started_at: startedAt, count, members })

/** The window of one limit at `now`. */
export const windowIn = (limits: BatchLimits, { projectId, limit }: LimitUse, now: Date): LimitState =>
  currentWindow(limits.of(projectId).get(limitId(limit)) ?? null, limit, now)
