import type { Account } from '../../domain/account.ts'
import { asCheckedPassword, type CheckedPassword } from '../../domain/evidence.ts'
import { judgePasswordAttempt } from '../../domain/password.ts'
import type { Secret } from '../../domain/secret.ts'
import type { AccountKey } from '../ports/accounts.ts'
import type { PasswordHashing } from '../ports/password-hashing.ts'
import type { PasswordStore } from '../ports/passwords.ts'

/** Null for a wrong password, an unknown account, and one whose password login is locked: nobody is told which. */
export type CheckPassword = (
  key: AccountKey,
  password: Secret,
) => Promise<{ account: Account; evidence: CheckedPassword } | null>

/**
 * Checks passwords (A1, A3). The attempt is counted before the password is looked at, so that parallel guesses cannot
 * share one; whatever the answer will be, one hash is computed and one row written.
 */
export function createCheckPassword({
  passwords,
  hashing,
}: {
  passwords: Pick<PasswordStore, 'attempt' | 'accept'>
  hashing: PasswordHashing
}): CheckPassword {
  return async (key, password) => {
    // A guess that nobody will judge must not count: ten of them would lock the account of a busy server.
    hashing.requireRoom()
    const { isAllowed, account, stored } = await passwords.attempt(key, judgePasswordAttempt)
    if (!isAllowed || account === null || stored === null) {
      await hashing.verifyAgainstNothing(password)
      return null
    }

    const { isRight, isOutdated } = await hashing.verify(password, stored.hash)
    if (!isRight) return null

    await passwords.accept(stored, isOutdated ? await hashing.hash(password) : null)
    const { projectId, accountId, passwordVersion } = stored
    return { account, evidence: asCheckedPassword({ projectId, accountId, passwordVersion }) }
  }
}
