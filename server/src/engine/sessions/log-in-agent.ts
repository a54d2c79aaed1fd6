import type { Account } from '../../domain/account.ts'
import type { PhoneNumber } from '../../domain/address.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckPassword } from '../accounts/check-password.ts'
import type { OpenSession, Tokens } from './open-session.ts'

/** `wrong` stands for an unknown agent as well; `inactive` is told to the right password only (A3). */
export type AgentLoginOutcome =
  | { ok: true; account: Account; tokens: Tokens }
  | { ok: false; refusal: 'wrong' | 'inactive' }

export type LogInAgent = (login: {
  projectId: ProjectId
  phone: PhoneNumber
  password: Secret
  label?: string | null
}) => Promise<AgentLoginOutcome>

/** Logs an agent in by phone number and password. */
export function createLogInAgent({
  checkPassword,
  openSession,
}: {
  checkPassword: CheckPassword
  openSession: OpenSession
}): LogInAgent {
  return async ({ projectId, phone, password, label = null }) => {
    const checked = await checkPassword({ projectId, type: 'AGENT', phone }, password)
    if (checked === null) return { ok: false, refusal: 'wrong' }

    const { account, evidence } = checked
    if (!account.isActive) return { ok: false, refusal: 'inactive' }
    const tokens = await openSession({ account, evidence, label })
    return tokens === null ? { ok: false, refusal: 'wrong' } : { ok: true, account, tokens }
  }
}
