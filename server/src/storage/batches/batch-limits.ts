import { limitId } from '../../domain/judge-send.ts'
import { currentWindow, type LimitState } from '../../domain/limit.ts'
import type { ProjectId } from '../../domain/project.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'
import type { LimitUse } from './batch-locks.ts'
import { type LimitRow, limitFromRow } from './challenge-rows.ts'

/** The limits of a batch by project, as they change from one judgement to the next. */
export type BatchLimits = {
  of(projectId: ProjectId): ReadonlyMap<string, LimitState>
  set(projectId: ProjectId, limits: ReadonlyMap<string, LimitState>): void
  /** Sends what was counted; the transaction fails if a count is no longer valid. */
  write(tx: BatchTransaction): void
}

const wanted = rowList({ project_id: 'text', scope: 'text', key: 'text' })
const readSql = `
  select l.project_id, l.scope, l.key, l.started_at, l.count, l.members
  from ${wanted.from}
  join limits l on l.project_id = i.project_id and l.scope = i.scope and l.key = i.key`

const begun = rowList({
  project_id: 'text',
  scope: 'text',
  key: 'text',
  started_at: 'timestamptz',
  count: 'integer',
  members: 'text[]',
})
const beginSql = `
  with written as (
    insert into limits (${begun.columns})
    select ${begun.columns}
    from ${begun.from}
    order by n
    on conflict do nothing
    returning 1
  )
  select assert_row_count(count(*), ${begun.after(1)}) from written`

const counted = rowList({
  project_id: 'text',
  scope: 'text',
  key: 'text',
  read_at: 'timestamptz',
  started_at: 'timestamptz',
  added: 'integer',
  members: 'text[]',
  max: 'integer',
})
// A window that has ended starts over. An open one is added to, whatever others have added since it was read: as long
// as there is room for all of them, their order does not matter.
const countSql = `
  with written as (
    update limits l
    set started_at = i.started_at,
      count = i.added + case when i.started_at = l.started_at then l.count else 0 end,
      members = case when i.started_at = l.started_at then l.members || i.members else i.members end
    from ${counted.from}
    where l.project_id = i.project_id and l.scope = i.scope and l.key = i.key and l.started_at = i.read_at
      and (i.started_at <> l.started_at or (l.count + i.added <= i.max and not l.members && i.members))
    returning 1
  )
  select assert_row_count(count(*), ${counted.after(1)}) from written`

/** Reads the limits that the requests of a batch use. */
export async function readLimits(tx: Transaction, uses: LimitUse[]): Promise<BatchLimits> {
  const distinct = new Map(uses.map((use) => [rowName(use.projectId, limitId(use.limit)), use]))
  const keys = [...distinct.values()].map(({ projectId, limit: { scope, key } }) => ({
    project_id: projectId,
    scope,
    key,
  }))
  const rows = keys.length === 0 ? [] : await tx.query<LimitRow>('limits-read', readSql, wanted.values(keys))

  const before = new Map<string, LimitState>()
  const now = new Map<ProjectId, ReadonlyMap<string, LimitState>>()
  for (const row of rows) {
    const id = `${row.scope}:${row.key}`
    const state = limitFromRow(row)
    before.set(rowName(row.project_id, id), state)
    now.set(row.project_id, new Map(now.get(row.project_id)).set(id, state))
  }

  return {
    of: (projectId) => now.get(projectId) ?? new Map(),
    set: (projectId, limits) => now.set(projectId, limits),
    write(tx) {
      // In a fixed order, so that two batches cannot deadlock on each other's rows.
      const changes = [...distinct].sort(byName).flatMap(([name, { projectId, limit }]) => {
        const state = now.get(projectId)?.get(limitId(limit))
        const read = before.get(name)
        return state === undefined || state === read ? [] : [changeOf({ projectId, limit }, read, state)]
      })
      const first = changes
        .filter(({ read_at }) => read_at === null)
        .map(({ added, ...row }) => ({ ...row, count: added }))
      const further = changes.filter(({ read_at }) => read_at !== null)
      if (first.length > 0) tx.write('limits-begin', beginSql, [...begun.values(first), first.length])
      if (further.length > 0) tx.write('limits-count', countSql, [...counted.values(further), further.length])
    },
  }
}

const rowName = (projectId: ProjectId, id: string): string => `${projectId}:${id}`
const byName = ([one]: [string, unknown], [other]: [string, unknown]): number => (one < other ? -1 : 1)

/** What was added to the window that was read, or to the new one that took its place. */
function changeOf({ projectId, limit }: LimitUse, read: LimitState | undefined, state: LimitState) {
  const isSameWindow = read !== undefined && read.startedAt.getTime() === state.startedAt.getTime()
  const { count, members } = isSameWindow ? read : { count: 0, members: [] }
  return {
    project_id: projectId,
    scope: limit.scope,
    key: limit.key,
    read_at: read?.startedAt ?? null,
    started_at: state.startedAt,
    added: state.count - count,
    members: state.members.slice(members.length),
    max: limit.max,
  }
}

/** The window of one limit at `now`. */
export const windowIn = (limits: BatchLimits, { projectId, limit }: LimitUse, now: Date): LimitState =>
  currentWindow(limits.of(projectId).get(limitId(limit)) ?? null, limit, now)
