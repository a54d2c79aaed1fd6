import type { Account, AccountType } from '../../domain/account.ts'
import type { AccountKey, AccountStore } from '../../engine/ports/accounts.ts'
import { createBatcher } from '../batches/batcher.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import { changeAccount } from './account-changes.ts'
import { type AccountRow, accountColumns, accountFromRow } from './account-rows.ts'
import { type EmailKey, findByEmail } from './find-by-email.ts'

/** The store of accounts. Each operation is one statement or one locked transaction; e-mail addresses are looked up many at once. */
export function createAccountStore(database: Database): AccountStore {
  const findEmail = createBatcher<EmailKey, Account | null>({
    decideAll: (keys) => findByEmail(database, keys),
    subjectOf: ({ projectId, type, email }) => `${projectId} ${type} ${email}`,
    groupOf: ({ projectId }) => projectId,
  })
  return {
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

    findByAddress: (key) => ('email' in key ? findEmail(key) : findByPhone(database, key)),

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
      // A statement for each set of filters, so that each is planned for the index of its address or type.
      const filters = [
        ...(email === null ? [] : [{ name: 'email', value: email, column: 'a.email' }]),
        ...(phone === null ? [] : [{ name: 'phone', value: phone, column: 'a.phone' }]),
        ...(type === null ? [] : [{ name: 'type', value: type satisfies AccountType, column: 'a.type' }]),
      ]
      const conditions = filters.map(({ column }, index) => `and ${column} = $${index + 4}`)
      // Few have an address, and all the accounts of a type are read in the order of their ids.
      const isOfType = email === null && phone === null && type !== null
      const ofProject = isOfType
        ? "(a.project_id || ' ' || a.type) = $1::text || ' ' || $4::text"
        : 'a.project_id = $1'
      const rows = await database.query<AccountRow>(
        ['accounts-list', ...filters.map(({ name }) => name)].join('-'),
        `select ${accountColumns}
      from accounts a
      where ${ofProject} and a.id > $2 ${conditions.join(' ')}
      order by a.id
      limit $3`,
        [projectId, after, limit, ...filters.map(({ value }) => value)],
      )
      return rows.map(accountFromRow).filter((account): account is Account => account !== null)
    },

    change: (projectId, id, change) => changeAccount(database, { projectId, id }, change),
  }
}

async function findByPhone(
  database: Database,
  key: Extract<AccountKey, { phone: unknown }>,
): Promise<Account | null> {
  const [row] = await database.query<AccountRow>(
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
