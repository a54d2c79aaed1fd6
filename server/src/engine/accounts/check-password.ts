import type { Account } from '../../domain/account.ts'
import { type Caller, lineOf } from '../../domain/caller.ts'
import { asCheckedPassword, type CheckedPassword } from '../../domain/evidence.ts'
import { judgePasswordAttempt } from '../../domain/password.ts'
import type { Project } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import { failedLoginLimits } from '../codes/limits.ts'
import type { AccountKey } from '../ports/accounts.ts'
import type { PasswordHasher, PasswordHashing } from '../ports/password-hashing.ts'
import type { PasswordStore } from '../ports/passwords.ts'

export type PasswordCheck = {
  project: Project
  key: AccountKey
  password: Secret
  caller: Caller | null
}

/**
 * `wrong`: a wrong password, an unknown account, or a locked password login; callers cannot distinguish them.
 * `too-many-requests`: the caller's network has failed too often, whoever is asked for now.
 */
export type PasswordRefused =
  | { ok: false; refusal: 'wrong'; retryAfterSeconds: null }
  | { ok: false; refusal: 'too-many-requests'; retryAfterSeconds: number }

export type CheckPassword = (
  check: PasswordCheck,
) => Promise<{ ok: true; account: Account; evidence: CheckedPassword } | PasswordRefused>

/**
 * Checks passwords (A1, A3). The attempt is counted before the password is compared, so that parallel requests cannot share
 * one. Whatever the answer, the same hashes are computed and as many rows written.
 */
export function createCheckPassword({
  passwords,
  hashing,
}: {
  passwords: Pick<PasswordStore, 'attempt' | 'accept' | 'countFailure'>
  hashing: Pick<PasswordHashing, 'withPlace'>
}): CheckPassword {
  const check = async (
    { project, key, password, caller }: PasswordCheck,
    hasher: PasswordHasher,
  ): ReturnType<CheckPassword> => {
    const limits = failedLoginLimits(project, { address: 'email' in key ? key.email : key.phone, caller })
    const attempt = await passwords.attempt(key, {
      judge: judgePasswordAttempt,
      guards: limits.map(({ limit }) => limit),
    })
    if (attempt.isLimited) {
      const { retryAfterSeconds } = attempt
      return { ok: false, refusal: 'too-many-requests', retryAfterSeconds }
    }

    const { isAllowed, account, importedKinds } = attempt
    const stored = isAllowed ? attempt.stored : null
    const verified = await hasher.verify(password, { hash: stored?.hash ?? null, importedKinds })
    if (!verified.isRight || account === null || stored === null) {
      // Only now, because a limit that counted right passwords while they are compared would refuse a busy network.
      await passwords.countFailure(key.projectId, limits)
      return { ok: false, refusal: 'wrong', retryAfterSeconds: null }
    }

    await passwords.accept(stored, verified.isOutdated ? await hasher.hash(password) : null)
    const { projectId, accountId, passwordVersion } = stored
    return { ok: true, account, evidence: asCheckedPassword({ projectId, accountId, passwordVersion }) }
  }

  // An attempt that is not judged must not count: ten of them would lock an account while the server is busy.
  return (given) =>
    hashing.withPlace(lineOf(given.caller, given.project.id), (hasher) => check(given, hasher))
}
