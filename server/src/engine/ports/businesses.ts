import type { Business } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'

/** Keeps businesses and who belongs to them. */
export type BusinessStore = {
  /** Stores a business. Null when the number is taken. A null id takes the next one. */
  create(business: Omit<Business, 'id'> & { id: number | null }): Promise<Business | null>
  /** Makes an account a member, once. False when the project has no such business or no such account. */
  addMember(projectId: ProjectId, businessId: number, accountId: AccountId): Promise<boolean>
  /** The business if one of these accounts belongs to it, and which. */
  findMembership(
    projectId: ProjectId,
    businessId: number,
    accountIds: AccountId[],
  ): Promise<{ business: Business; accountId: AccountId } | null>
}
