import type { Account, AccountType, Business } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { AccountId } from '../../domain/challenge.ts'
import { parseDisplayText } from '../../domain/display-text.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { AccountStore } from '../ports/accounts.ts'
import type { BusinessStore } from '../ports/businesses.ts'

/** The operations on accounts. */
export type ManageAccounts = {
  /** A page: at most `limit` accounts after the id `after`, by id; those of a type or with an address, proven or not. */
  list(query: {
    projectId: ProjectId
    type?: AccountType | null
    email?: EmailAddress | null
    phone?: PhoneNumber | null
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
  accounts: Pick<AccountStore, 'list' | 'change' | 'find'>
  businesses: Pick<BusinessStore, 'create' | 'addMember'>
}): ManageAccounts => ({
  list: ({ projectId, type = null, email = null, phone = null, after = 0, limit = pageMax }) =>
    accounts.list({ projectId, type, email, phone, after, limit: Math.min(limit, pageMax) }),

  async setActive(projectId, id, isActive) {
    const result = await accounts.change(projectId, id, { isActive })
    return result.ok ? result.account : null
  },

  find: (projectId, id) => accounts.find(projectId, id),

  addMember: (projectId, businessId, accountId) => businesses.addMember(projectId, businessId, accountId),

  async createBusiness({ projectId, id = null, isVerified = false, ...texts }) {
    const name = parseDisplayText(texts.name)
    const type = parseDisplayText(texts.type)
    if (name === null || type === null) return null
    return businesses.create({ projectId, id, name, type, isVerified })
  },
})
