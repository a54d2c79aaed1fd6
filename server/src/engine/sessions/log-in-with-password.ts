import type { Account } from '../../domain/account.ts'
import type { EmailAddress } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckPassword } from '../accounts/check-password.ts'
import type { OpenSession, Tokens } from './open-session.ts'

export type PasswordLogin = {
  projectId: ProjectId
  email: EmailAddress
  password: Secret
  label?: string | null
}

/** Only the right password gets `unverified` or `inactive` (A3). */
export type PasswordLoginRefusal = 'wrong' | 'unverified' | 'inactive'

export type PasswordLoginOutcome =
  | { ok: true; account: Account; tokens: Tokens }
  | { ok: false; refusal: PasswordLoginRefusal }

export type LogInWithPassword = (login: PasswordLogin) => Promise<PasswordLoginOutcome>

/** Logs a user in by e-mail address and password. */
export function createLogInWithPassword({
  checkPassword,
  openSession,
}: {
  checkPassword: CheckPassword
  openSession: OpenSession
}): LogInWithPassword {
  return async ({ projectId, email, password, label = null }) => {
    const checked = await checkPassword({ projectId, type: 'USER', email }, password)
    if (checked === null) return { ok: false, refusal: 'wrong' }

    const { account, evidence } = checked
    if (!account.isActive) return { ok: false, refusal: 'inactive' }
    if (account.emailVerifiedAt === null) return { ok: false, refusal: 'unverified' }
    const tokens = await openSession({ account, evidence, label })
    return tokens === null ? { ok: false, refusal: 'wrong' } : { ok: true, account, tokens }
  }
}
