import type { Account } from '../../domain/account.ts'
import type { AccountKey } from '../../engine/ports/accounts.ts'
import type { Database } from '../postgres/database.ts'
import { rowList } from '../postgres/row-list.ts'
import { type AccountRow, accountColumns, accountFromRow, emailIdentifies } from './account-rows.ts'

/** An e-mail address of accounts. */
export type EmailKey = Extract<AccountKey, { email: unknown }>

// The comparison of projects is no equality, so that the index on addresses is the only one that a planner without statistics can
// choose.
const sought = rowList({ project_id: 'text', type: 'text', email: 'text' })
const findSql = `
  select i.n, ${accountColumns}
  from ${sought.from}
  cross join lateral (
    select *
    from accounts a
    where a.email = i.email and a.type = i.type and a.project_id is not distinct from i.project_id and ${emailIdentifies}
    limit 1
  ) a`

/** The accounts of many e-mail addresses, in one transaction of the batches: its plan does not depend on when it was made. */
export async function findByEmail(database: Database, asked: EmailKey[]): Promise<(Account | null)[]> {
  const values = sought.values(
    asked.map(({ projectId, type, email }) => ({ project_id: projectId, type, email })),
  )
  const rows = await database.batch((tx) =>
    tx.query<{ n: number } & AccountRow>('accounts-find-email', findSql, values),
  )
  const byPlace = new Map(rows.map((row) => [row.n - 1, row]))
  return asked.map((_, index) => accountFromRow(byPlace.get(index)))
}
