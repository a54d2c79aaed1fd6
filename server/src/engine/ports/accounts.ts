import type { Account, AccountType } from '../../domain/account.ts'
import type { AccountChange, AccountChangeRefusal } from '../../domain/account-change.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'

/*
 * What the engine needs to find accounts. Every call of this port and of the related ones (registrations, passwords,
 * imports, businesses) names its project and touches no other (K1).
 */

/** An address. Once proven, it identifies at most one account of a type. */
export type AccountKey =
  | { projectId: ProjectId; type: AccountType; email: EmailAddress }
  | { projectId: ProjectId; type: AccountType; phone: PhoneNumber }

/** Finds accounts, and changes them. */
export type AccountStore = {
  find(projectId: ProjectId, id: AccountId): Promise<Account | null>
  /** By an address that is proven, or that is not while no address of the account is. */
  findByAddress(key: AccountKey): Promise<Account | null>
  /** The account with this proven e-mail address and this phone, proven or only claimed, or with no phone yet. */
  findByBoth(key: {
    projectId: ProjectId
    type: AccountType
    email: EmailAddress
    phone: PhoneNumber
  }): Promise<Account | null>
  /**
   * Gives an account whose e-mail address is proven a phone that is only claimed. Null unless it is active and has no phone, or
   * this one.
   */
  claimPhone(account: { projectId: ProjectId; id: AccountId; phone: PhoneNumber }): Promise<Account | null>
  /** At most `limit` accounts after the id `after`, by id, of one type or of all; those with an address, proven or not. */
  list(query: {
    projectId: ProjectId
    type: AccountType | null
    email?: EmailAddress | null
    phone?: PhoneNumber | null
    after: AccountId
    limit: number
  }): Promise<Account[]>
  /**
   * Changes an account. Disabling ends every session in the same transaction (T4), and so does the loss of an address that was
   * proven.
   */
  change(projectId: ProjectId, id: AccountId, change: AccountChange): Promise<ChangeResult>
}

/** The account after a change, and the proven e-mail address that it has lost; or why it was not changed. */
export type ChangeResult =
  | { ok: true; account: Account; formerEmail: EmailAddress | null }
  | { ok: false; refusal: AccountChangeRefusal | 'unknown' | 'email-taken' | 'phone-taken' }
