import type { Account, PasswordHash } from '../../domain/account.ts'
import type { AccountId } from '../../domain/challenge.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { Limit } from '../../domain/limit.ts'
import type { PasswordLock } from '../../domain/password.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { AccountKey } from './accounts.ts'
import type { HashKind } from './password-hashing.ts'

/** Keeps the hashes of passwords and the attempts on them. */
export type PasswordStore = {
  /**
   * Counts an attempt as `judge` decides, under the lock of the account. Does the same work for an unknown account (A3). If
   * one of `guards` is exhausted, nothing is looked at.
   */
  attempt(
    key: AccountKey,
    rules: {
      judge: (lock: PasswordLock, now: Date) => { isAllowed: boolean; next: PasswordLock }
      guards: readonly Limit[]
    },
  ): Promise<PasswordAttempt | { isLimited: true; retryAfterSeconds: number }>
  /** Counts a password that was not right. */
  countFailure(
    projectId: ProjectId,
    limits: readonly { limit: Limit; member: string | null }[],
  ): Promise<void>
  /** Clears the count after a right password, and stores a newer hash of the same password if given. */
  accept(attempted: StoredPassword, newHash: PasswordHash | null): Promise<void>
  /** Replaces the password, ends every session and proves the address, in one transaction (A4). */
  reset(proof: Proof, passwordHash: PasswordHash): Promise<Account | null>
}

/** A password as it is stored. */
export type StoredPassword = {
  projectId: ProjectId
  accountId: AccountId
  hash: PasswordHash
  passwordVersion: number
}

/** `stored` is null for an account without a password and for an unknown account. */
export type PasswordAttempt = {
  isLimited: false
  isAllowed: boolean
  account: Account | null
  stored: StoredPassword | null
  /** The kinds of all hashes that the project has imported and whose owners have not logged in since. */
  importedKinds: readonly HashKind[]
}
