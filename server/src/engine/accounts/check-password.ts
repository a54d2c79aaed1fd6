import type { Account } from '../../domain/account.ts'
import { asCheckedPassword, type CheckedPassword } from '../../domain/evidence.ts'
import { judgePasswordAttempt } from '../../domain/password.ts'
import type { Secret } from '../../domain/secret.ts'
import type { AccountKey } from '../ports/accounts.ts'
import type { PasswordHashing } from '../ports/password-hashing.ts'
import type { PasswordStore } from '../ports/passwords.ts'

/** Null for a wrong password, an unknown account, and a locked password login. Callers cannot distinguish them. */
export type CheckPassword = (
  key: AccountKey,
  password: Secret,
) => Promise<{ account: Account; evidence: CheckedPassword } | null>

/**
 * Checks passwords (A1, A3). The attempt is counted before the password is compared, so that parallel requests cannot share
 * one. Whatever the answer, one hash is computed and one row is written.
 */
export function createCheckPassword({
  passwords,
  hashing,
}: {
  passwords: Pick<PasswordStore, 'attempt' | 'accept'>
  hashing: PasswordHashing
}): CheckPassword {
  return async (key, password) => {
    // An attempt that is not judged must not count: ten of them would lock an account while the server is busy.
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
