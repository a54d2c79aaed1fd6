import type { Account, AccountType, Business, PasswordHash } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { AccountId, ChallengeId } from '../../domain/challenge.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { PasswordLock } from '../../domain/password.ts'
import type { ProjectId } from '../../domain/project.ts'

/*
 * What the engine needs to keep accounts. Every call names its project, and touches no other (K1).
 */

/*
 * What the engine needs to keep accounts and sessions. Every call names its project, and touches no other (K1).
 */

/** An address that names at most one account of a type, once it is proven. */
export type AccountKey =
  | { projectId: ProjectId; type: AccountType; email: EmailAddress }
  | { projectId: ProjectId; type: AccountType; phone: PhoneNumber }

export type AccountStore = {
  find(projectId: ProjectId, id: AccountId): Promise<Account | null>
  /** By e-mail address, proven or not; by phone only where it is proven. */
  findByAddress(key: AccountKey): Promise<Account | null>
  /** The account whose proven e-mail address this is and whose phone is that number, proven or only claimed. */
  findByBoth(key: {
    projectId: ProjectId
    type: AccountType
    email: EmailAddress
    phone: PhoneNumber
  }): Promise<Account | null>
  /** After the id `after`, by id; at most `limit`. Of one type, or of all. */
  list(query: {
    projectId: ProjectId
    type: AccountType | null
    after: AccountId
    limit: number
  }): Promise<Account[]>
  /** Disabling ends every session in the same transaction (T4). Null when there is no such account. */
  setActive(projectId: ProjectId, id: AccountId, isActive: boolean): Promise<Account | null>

  /**
   * Begins the registration that `challengeId` was sent for: makes the account of a new address, or empties the one of
   * an unproven address, ending its password and its sessions. Leaves a proven address and a newer registration alone.
   */
  beginRegistration(registration: Registration): Promise<void>
  /** Stores the password of a registration, if it is still the newest of an unproven address. */
  finishRegistration(
    registration: Pick<Registration, 'projectId' | 'email' | 'challengeId'>,
    passwordHash: PasswordHash,
  ): Promise<void>
  /** Marks the e-mail address of the proof as proven, keeping the pending password. Null when there is no such account. */
  verifyEmail(proof: Proof): Promise<Account | null>
  /** The same without its registration: pending password and sessions of an account that was never verified go (A5). */
  claimEmail(proof: Proof): Promise<Account | null>
  /** Makes the account of a proven address, or answers null when the address has one. Unproven claims give way (A5). */
  signUp(proof: Proof, person: Person): Promise<Account | null>

  /** Counts an attempt as `judge` says, under the lock of the account; does the same work for an unknown one (A3). */
  attemptPassword(
    key: AccountKey,
    judge: (lock: PasswordLock, now: Date) => { isAllowed: boolean; next: PasswordLock },
  ): Promise<PasswordAttempt>
  /** Clears the count after a right password, and stores a newer hash of the same password where there is one. */
  acceptPassword(attempted: StoredPassword, newHash: PasswordHash | null): Promise<void>
  /** Replaces the password, ends every session and proves the address, in one transaction (A4). */
  resetPassword(proof: Proof, passwordHash: PasswordHash): Promise<Account | null>

  /** Stores many at once. Addresses count as proven. */
  importAll(
    projectId: ProjectId,
    accounts: ImportedAccount[],
    options: { keep: ImportKeep; onProgress: (done: number) => void },
  ): Promise<ImportResult>
  /** Null when the number is taken. A null id takes the next one. */
  createBusiness(business: Omit<Business, 'id'> & { id: number | null }): Promise<Business | null>
  /** Makes an account a member, once. False when the project has no such business or no such account. */
  addMember(projectId: ProjectId, businessId: number, accountId: AccountId): Promise<boolean>
  /** The business if one of these accounts belongs to it, and which. */
  findMembership(
    projectId: ProjectId,
    businessId: number,
    accountIds: AccountId[],
  ): Promise<{ business: Business; accountId: AccountId } | null>
}

/** A registration by e-mail address and password; the account is of type `USER`. */
export type Registration = {
  projectId: ProjectId
  challengeId: ChallengeId
  email: EmailAddress
  firstName: string | null
  lastName: string | null
  /** The language that was asked for with it. */
  locale: MessageLocale | null
}

/** Who signs up: the other address is only claimed. */
export type Person = { phone: PhoneNumber | null; fullName: string | null; locale: MessageLocale | null }

/** A password as it is stored. */
export type StoredPassword = {
  projectId: ProjectId
  accountId: AccountId
  hash: PasswordHash
  passwordVersion: number
}

/** `stored` is null for an account without a password and for an unknown one. */
export type PasswordAttempt = { isAllowed: boolean; account: Account | null; stored: StoredPassword | null }

/** One account to store. Its addresses count as proven. */
export type ImportedAccount = {
  type: AccountType
  email: EmailAddress | null
  phone: PhoneNumber | null
  firstName: string | null
  lastName: string | null
  fullName: string | null
  agentCode: string | null
  assignedArea: string | null
  locale: MessageLocale | null
  businessIds: number[]
  passwordHash: PasswordHash | null
}

/** Why an account was not stored. `no-address`: neither e-mail address nor phone. */
export type ImportProblem = 'email-taken' | 'phone-taken' | 'business-unknown' | 'no-address'

/** Which accounts an import leaves behind. `none` tells what would be refused, as if the others were stored. */
export type ImportKeep = 'good' | 'all-or-none' | 'none'

/** `stored` counts accounts; `index` is the place in what was given. */
export type ImportResult = { stored: number; problems: { index: number; problem: ImportProblem }[] }
