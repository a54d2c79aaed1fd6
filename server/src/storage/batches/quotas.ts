import type { ProjectId } from '../../domain/project.ts'
import { nextNewsAt, type Quota } from '../../domain/quota.ts'
import { rowList } from '../postgres/row-list.ts'
import type { BatchTransaction, Transaction } from '../postgres/sql.ts'

/** The quotas of a batch, as they change from one judgement to the next. */
export type BatchQuotas = {
  of(projectId: ProjectId): Quota
  set(projectId: ProjectId, quota: Quota): void
  /** Sends what was spent; the transaction fails if the judgement is no longer valid. */
  write(tx: BatchTransaction): void
}

const readSql = `
  select project_id, tokens_granted as granted, tokens_used as used
  from quotas
  where project_id = any($1)`

const spent = rowList({
  project_id: 'text',
  granted: 'bigint',
  used: 'bigint',
  spent: 'bigint',
  news_at: 'bigint',
})
// What others have spent since does not matter, unless the send reports that a token was the last: that is reported
// exactly once. A token that came back does not matter either: it counts as given back afterwards.
const spendSql = `
  with written as (
    update quotas q
    set tokens_used = q.tokens_used + i.spent
    from ${spent.from}
    where q.project_id = i.project_id and q.tokens_granted is not distinct from i.granted
      and (q.tokens_granted is null or q.tokens_used <= i.used or q.tokens_used + i.spent < i.news_at)
    returning 1
  )
  select assert_row_count(count(*), ${spent.after(1)}) from written`

/** Reads the quotas of the projects whose sends spend tokens, one entry for each send. */
export async function readQuotas(tx: Transaction, spenders: ProjectId[]): Promise<BatchQuotas> {
  const projects = new Set(spenders)
  const rows =
    projects.size === 0
      ? []
      : await tx.query<{ project_id: ProjectId } & Quota>('quotas-of-sends', readSql, [[...projects]])
  const before = new Map(rows.map(({ project_id, granted, used }) => [project_id, { granted, used }]))
  const now = new Map<ProjectId, Quota>(before)

  return {
    of: (projectId) => now.get(projectId) ?? { granted: null, used: 0 },
    set: (projectId, quota) => now.set(projectId, quota),
    write(tx) {
      const changes = [...before].sort(byProject).flatMap(([projectId, { granted, used }]) => {
        const count = (now.get(projectId)?.used ?? used) - used
        const news_at = nextNewsAt({ granted, used })
        return count === 0 ? [] : [{ project_id: projectId, granted, used, spent: count, news_at }]
      })
      if (changes.length > 0) tx.write('quotas-spend', spendSql, [...spent.values(changes), changes.length])
    },
  }
}

const byProject = ([one]: [ProjectId, unknown], [other]: [ProjectId, unknown]): number =>
  one < other ? -1 : 1

const returned = rowList({ project_id: 'text', count: 'bigint' })
const giveBackSql = `
  update quotas q
  set tokens_used = greatest(0, q.tokens_used - i.count)
  from ${returned.from}
  where q.project_id = i.project_id`

/**
 * Gives one token back to each of `projects` (S5). Late in a transaction, after the challenges, in the lock order of
 * sends.
 */
export async function giveBackTokens(tx: Transaction, projects: ProjectId[]): Promise<void> {
  const counts = new Map<ProjectId, number>()
  for (const project of projects) counts.set(project, (counts.get(project) ?? 0) + 1)
  if (counts.size === 0) return
  const rows = [...counts].sort(byProject).map(([project_id, count]) => ({ project_id, count }))
  await tx.query('quotas-give-back', giveBackSql, returned.values(rows))
}
