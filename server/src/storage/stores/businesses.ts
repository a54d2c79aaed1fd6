import type { Business } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { BusinessStore } from '../../engine/ports/businesses.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'
import { takeNumbers } from './account-rows.ts'
import {
  changeBusiness,
  listBusinesses,
  listMembers,
  removeBusiness,
  removeMember,
} from './business-changes.ts'
import { type BusinessRow, businessColumns, businessFromRow } from './business-rows.ts'

/** The store of businesses and their members. */
export const createBusinessStore = (database: Database): BusinessStore => ({
  create: (business) => database.transaction((tx) => create(tx, business)),
  addMember: (projectId, businessId, accountId) =>
    database.transaction((tx) => addMember(tx, projectId, { businessId, accountId })),
  list: (query) => listBusinesses(database, query),
  async find(projectId, id) {
    const [row] = await database.query<BusinessRow>(
      'businesses-find',
      `select ${businessColumns} from businesses b where b.project_id = $1 and b.id = $2`,
      [projectId, id],
    )
    return row === undefined ? null : businessFromRow(row)
  },
  change: (projectId, id, change) =>
    database.transaction((tx) => changeBusiness(tx, { projectId, id }, change)),
  remove: (projectId, id) => database.transaction((tx) => removeBusiness(tx, { projectId, id })),
  members: (query) => listMembers(database, query),
  removeMember: (projectId, businessId, accountId) =>
    database.transaction((tx) => removeMember(tx, { projectId, businessId, accountId })),
  findMembership: (projectId, businessId, accountIds) =>
    findMembership(database, projectId, { businessId, accountIds }),
})

/** Makes a business with the given number or with the next one. Null if the number is taken. */
async function create(
  tx: Transaction,
  { projectId, id, name, type, isVerified }: Omit<Business, 'id'> & { id: number | null },
): Promise<Business | null> {
  if (id !== null) {
    // The numbering continues above the given number; otherwise it would assign that number again one day.
    await tx.query(
      'numbering-raise',
      `insert into numbering (project_id, subject, last)
      values ($1, 'businesses', $2)
      on conflict (project_id, subject) do update
      set last = greatest(numbering.last, excluded.last)`,
      [projectId, id],
    )
  }
  const number = id ?? (await takeNumbers(tx, projectId, { subject: 'businesses' }))
  const [row] = await tx.query<BusinessRow>(
    'businesses-insert',
    `insert into businesses (project_id, id, name, type, is_verified)
    values ($1, $2, $3, $4, $5)
    on conflict do nothing
    returning project_id, id, name, type, is_verified`,
    [projectId, number, name, type, isVerified],
  )
  if (row === undefined) return null
  await recordActions(tx, [{ scope: projectId, type: 'business.created', details: { businessId: row.id } }])
  return businessFromRow(row)
}

/** Makes an account a member of a business, once. False if either does not exist. */
async function addMember(
  tx: Transaction,
  projectId: ProjectId,
  { businessId, accountId }: { businessId: number; accountId: AccountId },
): Promise<boolean> {
  const [row] = await tx.query<{ is_new: boolean }>(
    'businesses-add-member',
    `with pair as (
      select b.id as business_id, a.id as account_id
      from businesses b
      join accounts a on a.project_id = b.project_id
      where b.project_id = $1 and b.id = $2 and a.id = $3
      for share of b
    ), added as (
      insert into business_members (project_id, business_id, account_id)
      select $1, business_id, account_id
      from pair
      on conflict do nothing
      returning account_id
    )
    select exists (select 1 from added) as is_new
    from pair`,
    [projectId, businessId, accountId],
  )
  if (row?.is_new)
    await recordActions(tx, [
      { scope: projectId, type: 'business.joined', accountId, details: { businessId } },
    ])
  return row !== undefined
}

/** The business that one of the accounts belongs to: the first of them in the given order. */
async function findMembership(
  database: Transaction,
  projectId: ProjectId,
  { businessId, accountIds }: { businessId: number; accountIds: AccountId[] },
): Promise<{ business: Business; accountId: AccountId } | null> {
  const [row] = await database.query<BusinessRow & { account_id: AccountId }>(
    'businesses-find-membership',
    `select b.project_id, b.id, b.name, b.type, b.is_verified, m.account_id
    from business_members m
    join businesses b on b.project_id = m.project_id and b.id = m.business_id
    where m.project_id = $1 and m.business_id = $2 and m.account_id = any ($3::bigint[])
    order by array_position($3::bigint[], m.account_id)
    limit 1`,
    [projectId, businessId, accountIds],
  )
  return row === undefined ? null : { business: businessFromRow(row), accountId: row.account_id }
}
