import type { Account, AccountType } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { AccountStore } from '../ports/accounts.ts'

export type FindAccount = {
  /** The accounts that have proven this number, one of each type at most, in the order of `types`. Active ones only. */
  byPhone(key: {
    projectId: ProjectId
    types: readonly AccountType[]
    phone: PhoneNumber
  }): Promise<Account[]>
  /**
   * The user that a login by a pair is about (A6): with an e-mail address the one whose proven address it is and whose
   * phone is the pair's, proven or only claimed; without, the one that has proven the phone. Active ones only.
   */
  byMobile(key: {
    projectId: ProjectId
    phone: PhoneNumber
    email: EmailAddress | null
  }): Promise<Account | null>
  /** The user that stands in the way of a sign-up by a pair: the one that has the address which would be proven. */
  findConflicting(key: {
    projectId: ProjectId
    phone: PhoneNumber
    email: EmailAddress | null
  }): Promise<Account | null>
}

/** Makes the look-ups by which dialects decide what to send. */
export function createFindAccount({
  accounts,
}: {
  accounts: Pick<AccountStore, 'findByAddress' | 'findByBoth'>
}): FindAccount {
  return {
    async byPhone({ projectId, types, phone }) {
      const found = await Promise.all(types.map((type) => accounts.findByAddress({ projectId, type, phone })))
      return found.filter((account) => account !== null).filter(({ isActive }) => isActive)
    },

    async byMobile({ projectId, phone, email }) {
      const account =
        email === null
          ? await accounts.findByAddress({ projectId, type: 'USER', phone })
          : await accounts.findByBoth({ projectId, type: 'USER', email, phone })
      return account?.isActive ? account : null
    },

    async findConflicting({ projectId, phone, email }) {
      if (email === null) return accounts.findByAddress({ projectId, type: 'USER', phone })
      const account = await accounts.findByAddress({ projectId, type: 'USER', email })
      // A claim that nobody has proven gives way to whoever proves the address (A5); a disabled account does not.
      return account === null || (account.emailVerifiedAt === null && account.isActive) ? null : account
    },
  }
}
