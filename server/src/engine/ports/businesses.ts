import type { Business } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'

/** Keeps businesses and their members. */
export type BusinessStore = {
  /** Stores a business. A null id takes the next number. Null if the number is taken. */
  create(business: Omit<Business, 'id'> & { id: number | null }): Promise<Business | null>
  /** Makes an account a member, once. False if the project has no such business or no such account. */
  addMember(projectId: ProjectId, businessId: number, accountId: AccountId): Promise<boolean>
  /** The business and its member among these accounts, or null if none of them is one. */
  findMembership(
    projectId: ProjectId,
    businessId: number,
    accountIds: AccountId[],
  ): Promise<{ business: Business; accountId: AccountId } | null>
}
