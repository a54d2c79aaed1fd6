import type { Account, AccountType, Business } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import { parseDisplayText } from '../../domain/display-text.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { AccountStore } from '../ports/accounts.ts'
import type { BusinessStore } from '../ports/businesses.ts'

/** The operations on accounts. */
export type ManageAccounts = {
  /** A page: at most `limit` accounts after the id `after`, by id. */
  list(query: {
    projectId: ProjectId
    type?: AccountType | null
    after?: AccountId
    limit?: number
  }): Promise<Account[]>
  /** Disabling ends every session at once (T4). Null if there is no such account. */
  setActive(projectId: ProjectId, id: AccountId, isActive: boolean): Promise<Account | null>
  find(projectId: ProjectId, id: AccountId): Promise<Account | null>
  /** A null id takes the next number. Null if the number is taken or the name is empty. */
  createBusiness(business: {
    projectId: ProjectId
    id?: number | null
    name: string
    type: string
    isVerified?: boolean
  }): Promise<Business | null>
  /** False if the project has no such business or no such account. */
  addMember(projectId: ProjectId, businessId: number, accountId: AccountId): Promise<boolean>
}

const pageMax = 200

export const createManageAccounts = ({
  accounts,
  businesses,
}: {
  accounts: Pick<AccountStore, 'list' | 'setActive' | 'find'>
  businesses: Pick<BusinessStore, 'create' | 'addMember'>
}): ManageAccounts => ({
  list: ({ projectId, type = null, after = 0, limit = pageMax }) =>
    accounts.list({ projectId, type, after, limit: Math.min(limit, pageMax) }),

  setActive: (projectId, id, isActive) => accounts.setActive(projectId, id, isActive),

  find: (projectId, id) => accounts.find(projectId, id),

  addMember: (projectId, businessId, accountId) => businesses.addMember(projectId, businessId, accountId),

  async createBusiness({ projectId, id = null, isVerified = false, ...texts }) {
    const name = parseDisplayText(texts.name)
    const type = parseDisplayText(texts.type)
    if (name === null || type === null) return null
    return businesses.create({ projectId, id, name, type, isVerified })
  },
})
