import type { Account } from '../../domain/account.ts'
import type { EmailAddress } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckPassword, PasswordRefused } from '../accounts/check-password.ts'
import type { OpenSession, Tokens } from './open-session.ts'

export type PasswordLogin = {
  project: Project
  email: EmailAddress
  password: Secret
  caller: Caller | null
  label?: string | null
}

/** Only the right password gets `unverified` or `inactive` (A3). */
export type PasswordLoginOutcome =
  | { ok: true; account: Account; tokens: Tokens }
  | PasswordRefused
  | { ok: false; refusal: 'unverified' | 'inactive'; retryAfterSeconds: null }

export type LogInWithPassword = (login: PasswordLogin) => Promise<PasswordLoginOutcome>

/** Logs a user in by e-mail address and password. */
export function createLogInWithPassword({
  checkPassword,
  openSession,
}: {
  checkPassword: CheckPassword
  openSession: OpenSession
}): LogInWithPassword {
  return async ({ project, email, password, caller, label = null }) => {
    const key = { projectId: project.id, type: 'USER', email } as const
    const checked = await checkPassword({ project, key, password, caller })
    if (!checked.ok) return checked

    const { account, evidence } = checked
    const refuse = <const Refusal extends string>(refusal: Refusal) =>
      ({ ok: false, refusal, retryAfterSeconds: null }) as const
    if (!account.isActive) return refuse('inactive')
    if (account.emailVerifiedAt === null) return refuse('unverified')
    const tokens = await openSession({ account, evidence, label })
    return tokens === null ? refuse('wrong') : { ok: true, account, tokens }
  }
}
