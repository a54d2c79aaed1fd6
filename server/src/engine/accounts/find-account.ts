import type { Account, AccountType } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { AccountStore } from '../ports/accounts.ts'

export type FindAccount = {
  /**
   * The active accounts of this number, at most one of each type, in the order of `types`. A code to a number that nobody has
   * proven completes its account.
   */
  byPhone(key: {
    projectId: ProjectId
    types: readonly AccountType[]
    phone: PhoneNumber
  }): Promise<Account[]>
  /**
   * The active user that a login by a pair is for (A6). With an e-mail address: the user with this proven address and this
   * phone, proven or only claimed, or with no phone yet. Without: the user that has proven the phone. Whoever else has the
   * phone makes no difference, because somebody with an address of his own would learn whose phone is known (S7).
   */
  byMobile(key: {
    projectId: ProjectId
    phone: PhoneNumber
    email: EmailAddress | null
  }): Promise<Account | null>
  /** The user that prevents a sign-up by a pair, because it already has the address that would be proven. */
  findConflicting(key: {
    projectId: ProjectId
    phone: PhoneNumber
    email: EmailAddress | null
  }): Promise<Account | null>
}

/** Makes the lookups by which dialects decide what to send. */
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
      const account = await accounts.findByAddress(
        email === null ? { projectId, type: 'USER', phone } : { projectId, type: 'USER', email },
      )
      const provenAt = email === null ? account?.phoneVerifiedAt : account?.emailVerifiedAt
      // An unproven claim gives way to the person who proves the address (A5). A disabled account does not.
      return account === null || (provenAt === null && account.isActive) ? null : account
    },
  }
}
