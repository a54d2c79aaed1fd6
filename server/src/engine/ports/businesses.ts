import type { Account, Business } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'

export type BusinessChange = Partial<Pick<Business, 'name' | 'type' | 'isVerified'>>

/** Keeps businesses and their members. */
export type BusinessStore = {
  /** Stores a business. A null id takes the next number. Null if the number is taken. */
  create(business: Omit<Business, 'id'> & { id: number | null }): Promise<Business | null>
  /** By number, those after `after`. */
  list(query: { projectId: ProjectId; after: number; limit: number }): Promise<Business[]>
  find(projectId: ProjectId, id: number): Promise<Business | null>
  /** What the change leaves out stays. Null if the project has no such business. */
  change(projectId: ProjectId, id: number, change: BusinessChange): Promise<Business | null>
  /** Removes a business and its memberships. False if the project has no such business. */
  remove(projectId: ProjectId, id: number): Promise<boolean>
  /** The members by number, those after `after`. */
  members(query: {
    projectId: ProjectId
    businessId: number
    after: AccountId
    limit: number
  }): Promise<Account[]>
  /** False if the account is no member. */
  removeMember(projectId: ProjectId, businessId: number, accountId: AccountId): Promise<boolean>
  /** Makes an account a member, once. False if the project has no such business or no such account. */
  addMember(projectId: ProjectId, businessId: number, accountId: AccountId): Promise<boolean>
  /** The business and its member among these accounts, or null if none of them is one. */
  findMembership(
    projectId: ProjectId,
    businessId: number,
    accountIds: AccountId[],
  ): Promise<{ business: Business; accountId: AccountId } | null>
}
