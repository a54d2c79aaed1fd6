import type { Account, AccountType } from '../../domain/account.ts'
import type { PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckPassword, PasswordRefused } from '../accounts/check-password.ts'
import type { OpenSession, Tokens } from './open-session.ts'

/** `wrong` also stands for an unknown account; only the right password gets `inactive` (A3). */
export type PhonePasswordLoginOutcome =
  | { ok: true; account: Account; tokens: Tokens }
  | PasswordRefused
  | { ok: false; refusal: 'inactive'; retryAfterSeconds: null }

export type LogInWithPhonePassword = (login: {
  project: Project
  type: AccountType
  phone: PhoneNumber
  password: Secret
  caller: Caller | null
  label?: string | null
}) => Promise<PhonePasswordLoginOutcome>

/** Logs in to an account of one type by phone number and password. */
export function createLogInWithPhonePassword({
  checkPassword,
  openSession,
}: {
  checkPassword: CheckPassword
  openSession: OpenSession
}): LogInWithPhonePassword {
  return async ({ project, type, phone, password, caller, label = null }) => {
    const key = { projectId: project.id, type, phone }
    const checked = await checkPassword({ project, key, password, caller })
    if (!checked.ok) return checked

    const { account, evidence } = checked
    if (!account.isActive) return { ok: false, refusal: 'inactive', retryAfterSeconds: null }
    const tokens = await openSession({ account, evidence, label })
    return tokens === null
      ? { ok: false, refusal: 'wrong', retryAfterSeconds: null }
      : { ok: true, account, tokens }
  }
}
