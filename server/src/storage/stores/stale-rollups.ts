import type { ChallengeId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import { rowList } from '../postgres/row-list.ts'
import type { Transaction } from '../postgres/sql.ts'
import { minuteOfId } from './rollup-statements.ts'

/** A change of a challenge this old may come after its minute was counted. Younger ones are counted when their minute closes. */
export const lateAfterMinutes = 10

const late = rowList({ project_id: 'text', id: 'bytea' })
const markSql = `
  insert into stale_rollups (project_id, minute)
  select distinct i.project_id, ${minuteOfId('i.id')}
  from ${late.from}`

/** Has the minutes of these challenges counted again. In the transaction that changes their messages. */
export async function markStale(
  tx: Transaction,
  challenges: { project_id: ProjectId; id: ChallengeId }[],
): Promise<void> {
  if (challenges.length === 0) return
  const rows = challenges.map(({ project_id, id }) => ({ project_id, id: `\\x${id}` }))
  await tx.query('rollups-mark', markSql, late.values(rows))
}
