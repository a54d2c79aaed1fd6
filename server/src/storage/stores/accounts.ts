import type { Account, AccountType } from '../../domain/account.ts'
import type { AccountKey, AccountStore } from '../../engine/ports/accounts.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import { changeAccount } from './account-changes.ts'
import { type AccountRow, accountColumns, accountFromRow, emailIdentifies } from './account-rows.ts'

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

  async list({ projectId, type, email = null, phone = null, after, limit }) {
    // A statement for each set of filters, so that each is planned for the index of its address.
    const filters = [
      ...(email === null ? [] : [{ column: 'email', address: email }]),
      ...(phone === null ? [] : [{ column: 'phone', address: phone }]),
    ]
    const conditions = filters.map(({ column }, index) => `and a.${column} = $${index + 5}`)
    const rows = await database.query<AccountRow>(
      ['accounts-list', ...filters.map(({ column }) => column)].join('-'),
      `select ${accountColumns}
      from accounts a
      where a.project_id = $1 and a.id > $2 and ($3::text is null or a.type = $3) ${conditions.join(' ')}
      order by a.id
      limit $4`,
      [projectId, after, type satisfies AccountType | null, limit, ...filters.map(({ address }) => address)],
    )
    return rows.map(accountFromRow).filter((account): account is Account => account !== null)
  },

  change: (projectId, id, change) => changeAccount(database, { projectId, id }, change),
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
