import type { Account, AccountType } from '../../domain/account.ts'
import type { AccountKey, AccountStore } from '../../engine/ports/accounts.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import {
  type AccountRow,
  accountColumns,
  accountFromRow,
  emailIdentifies,
  endSessions,
} from './account-rows.ts'

/** The store of accounts. Each operation is one statement or one locked transaction. */
export const createAccountStore = (database: Database): AccountStore => ({
  async find(projectId, id) {
    const [row] = await database.query<AccountRow>(
      'accounts-find',
      `select ${accountColumns}
      from accounts a
      where a.project_id = $1 and a.id = $2`,
      [projectId, id],
    )
    return accountFromRow(row)
  },

  findByAddress: (key) => findByAddress(database, key),

  async findByBoth({ projectId, type, email, phone }) {
    const [row] = await database.query<AccountRow>(
      'accounts-find-both',
      `select ${accountColumns}
      from accounts a
      where a.project_id = $1 and a.type = $2 and a.email = $3 and a.email_verified_at is not null
        and (a.phone = $4 or a.phone is null)`,
      [projectId, type, email, phone],
    )
    return accountFromRow(row)
  },

  claimPhone: ({ projectId, id, phone }) =>
    database.transaction(async (tx) => {
      const [row] = await tx.query<AccountRow & { had_phone: boolean }>(
        'accounts-claim-phone',
        `update accounts a
        set phone = $3
        from (
          select id, phone is not null as had_phone
          from accounts
          where project_id = $1 and id = $2 and is_active and email_verified_at is not null
            and (phone is null or phone = $3)
          for no key update
        ) before
        where a.project_id = $1 and a.id = before.id
        returning ${accountColumns}, before.had_phone`,
        [projectId, id, phone],
      )
      if (row?.had_phone === false)
        await recordEvents(tx, [
          { scope: projectId, type: 'account.phone-claimed', accountId: id, details: {} },
        ])
      return accountFromRow(row)
    }),

  async list({ projectId, type, after, limit }) {
    const rows = await database.query<AccountRow>(
      'accounts-list',
      `select ${accountColumns}
      from accounts a
      where a.project_id = $1 and a.id > $2 and ($3::text is null or a.type = $3)
      order by a.id
      limit $4`,
      [projectId, after, type satisfies AccountType | null, limit],
    )
    return rows.map(accountFromRow).filter((account): account is Account => account !== null)
  },

  setActive: (projectId, id, isActive) =>
    database.transaction(async (tx) => {
      const [row] = await tx.query<AccountRow & { was_active: boolean }>(
        'accounts-set-active',
        `update accounts a
        set is_active = $3
        from (
          select id, is_active
          from accounts
          where project_id = $1 and id = $2
          for no key update
        ) before
        where a.project_id = $1 and a.id = before.id
        returning ${accountColumns}, before.is_active as was_active`,
        [projectId, id, isActive],
      )
      // An account that is already disabled is not disabled again.
      if (row !== undefined && row.was_active !== isActive) {
        const type = isActive ? 'account.enabled' : 'account.disabled'
        await recordEvents(tx, [{ scope: projectId, type, accountId: id, details: {} }])
      }
      // After the update, whose lock on the account keeps new sessions out until this is committed.
      if (row !== undefined && !isActive)
        await endSessions(tx, projectId, { accountId: id, reason: 'disabled' })
      return accountFromRow(row)
    }),
})

async function findByAddress(database: Database, key: AccountKey): Promise<Account | null> {
  const [row] =
    'email' in key
      ? await database.query<AccountRow>(
          'accounts-find-email',
          `select ${accountColumns}
          from accounts a
          where a.project_id = $1 and a.type = $2 and a.email = $3 and ${emailIdentifies}`,
          [key.projectId, key.type, key.email],
        )
      : await database.query<AccountRow>(
          'accounts-find-phone',
          `select ${accountColumns}
          from accounts a
          where a.project_id = $1 and a.type = $2 and a.phone = $3 and a.phone_verified_at is not null
          union all
          (
            select ${accountColumns}
            from accounts a
            where a.project_id = $1 and a.type = $2 and a.phone = $3
              and a.phone_verified_at is null and a.email_verified_at is null
            order by a.id
            limit 1
          )
          limit 1`,
          [key.projectId, key.type, key.phone],
        )
  return accountFromRow(row)
}
