import type { ProjectId } from '../../domain/project.ts'
import type { SessionId } from '../../domain/session.ts'
import type { SessionStore } from '../../engine/ports/sessions.ts'
import { type SessionRow, sessionColumns, sessionFromRow } from '../batches/session-rows.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import { type AccountRow, accountColumns, accountFromRow } from './account-rows.ts'

const sought = rowList({ project_id: 'text', id: 'uuid' })
const findSql = `
  select i.n, clock_now() as now, ${sessionColumns}, ${accountColumns}
  from ${sought.from}
  cross join lateral (select * from sessions where project_id = i.project_id and id = i.id limit 1) s
  cross join lateral (select * from accounts where project_id = s.project_id and id = s.account_id limit 1) a`

type Found = Awaited<ReturnType<SessionStore['find']>>

/** Many sessions with their accounts, in one transaction of the batches: its plans do not depend on when they were made. */
export async function findSessions(
  database: Database,
  asked: { projectId: ProjectId; id: SessionId }[],
): Promise<Found[]> {
  const values = sought.values(asked.map(({ projectId, id }) => ({ project_id: projectId, id })))
  const rows = await database.batch((tx) =>
    tx.query<{ n: number; now: Date } & SessionRow & AccountRow>('sessions-find', findSql, values),
  )
  const byPlace = new Map(rows.map((row) => [row.n - 1, row]))
  return asked.map((_, index) => {
    const row = byPlace.get(index)
    const account = accountFromRow(row)
    return row === undefined || account === null
      ? null
      : { session: sessionFromRow(row), account, now: row.now }
  })
}
