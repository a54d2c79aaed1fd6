import type { Account, AccountType } from '../../domain/account.ts'
import type { PhoneNumber } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckPassword } from '../accounts/check-password.ts'
import type { OpenSession, Tokens } from './open-session.ts'

/** `wrong` also stands for an unknown account; only the right password gets `inactive` (A3). */
export type PhonePasswordLoginOutcome =
  | { ok: true; account: Account; tokens: Tokens }
  | { ok: false; refusal: 'wrong' | 'inactive' }

export type LogInWithPhonePassword = (login: {
  projectId: ProjectId
  type: AccountType
  phone: PhoneNumber
  password: Secret
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
  return async ({ projectId, type, phone, password, label = null }) => {
    const checked = await checkPassword({ projectId, type, phone }, password)
    if (checked === null) return { ok: false, refusal: 'wrong' }

    const { account, evidence } = checked
    if (!account.isActive) return { ok: false, refusal: 'inactive' }
    const tokens = await openSession({ account, evidence, label })
    return tokens === null ? { ok: false, refusal: 'wrong' } : { ok: true, account, tokens }
  }
}
