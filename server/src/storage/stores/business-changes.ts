import type { Account, Business } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { BusinessChange, BusinessStore } from '../../engine/ports/businesses.ts'
import { recordActions } from '../batches/actions.ts'
import type { Transaction } from '../postgres/sql.ts'
import { type AccountRow, accountColumns, accountFromRow } from './account-rows.ts'
import { type BusinessRow, businessColumns, businessFromRow } from './business-rows.ts'

/*
 * What operators read and change of businesses and their members.
 */

/** A page of businesses, by number. */
export async function listBusinesses(
  database: Transaction,
  { projectId, after, limit }: Parameters<BusinessStore['list']>[0],
): Promise<Business[]> {
  const rows = await database.query<BusinessRow>(
    'businesses-list',
    `select ${businessColumns}
    from businesses b
    where b.project_id = $1 and b.id > $2
    order by b.id
    limit $3`,
    [projectId, after, limit],
  )
  return rows.map(businessFromRow)
}

/** A page of the members of a business, by number. */
export async function listMembers(
  database: Transaction,
  { projectId, businessId, after, limit }: Parameters<BusinessStore['members']>[0],
): Promise<Account[]> {
  const rows = await database.query<AccountRow>(
    'businesses-members',
    `select ${accountColumns}
    from business_members m
    join accounts a on a.project_id = m.project_id and a.id = m.account_id
    where m.project_id = $1 and m.business_id = $2 and m.account_id > $3
    order by m.account_id
    limit $4`,
    [projectId, businessId, after, limit],
  )
  return rows.flatMap((row) => accountFromRow(row) ?? [])
}

type BusinessKey = { projectId: ProjectId; id: number }

/** Changes a business; the event names what is different from before. */
export async function changeBusiness(
  tx: Transaction,
  { projectId, id }: BusinessKey,
  change: BusinessChange,
): Promise<Business | null> {
  const [row] = await tx.query<BusinessRow>(
    'businesses-lock',
    `select ${businessColumns} from businesses b where b.project_id = $1 and b.id = $2 for update`,
    [projectId, id],
  )
  if (row === undefined) return null
  const before = businessFromRow(row)
  const next = { ...before, ...change }
  const changed = (['name', 'type', 'isVerified'] as const).filter((name) => next[name] !== before[name])
  if (changed.length === 0) return before
  await tx.query(
    'businesses-change',
    'update businesses set name = $3, type = $4, is_verified = $5 where project_id = $1 and id = $2',
    [projectId, id, next.name, next.type, next.isVerified],
  )
  await recordActions(tx, [
    { scope: projectId, type: 'business.changed', details: { businessId: id, changed } },
  ])
  return next
}

/** Removes a business with its memberships. */
export async function removeBusiness(tx: Transaction, { projectId, id }: BusinessKey): Promise<boolean> {
  // Locked first, so that nobody joins meanwhile.
  const rows = await tx.query(
    'businesses-remove',
    'delete from businesses where project_id = $1 and id = $2 returning id',
    [projectId, id],
  )
  if (rows.length === 0) return false
  const members = await tx.query(
    'businesses-remove-members',
    'delete from business_members where project_id = $1 and business_id = $2 returning account_id',
    [projectId, id],
  )
  await recordActions(tx, [
    { scope: projectId, type: 'business.deleted', details: { businessId: id, members: members.length } },
  ])
  return true
}

/** Ends a membership. */
export async function removeMember(
  tx: Transaction,
  { projectId, businessId, accountId }: { projectId: ProjectId; businessId: number; accountId: AccountId },
): Promise<boolean> {
  const rows = await tx.query(
    'businesses-remove-member',
    `delete from business_members
    where project_id = $1 and business_id = $2 and account_id = $3
    returning account_id`,
    [projectId, businessId, accountId],
  )
  if (rows.length === 0) return false
  await recordActions(tx, [{ scope: projectId, type: 'business.left', accountId, details: { businessId } }])
  return true
}
