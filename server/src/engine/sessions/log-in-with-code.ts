import type { Account } from '../../domain/account.ts'
import type { EmailAddress } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import { codeAccountId } from '../accounts/request-code.ts'
import { type CodeRefused, codeRefused, codeWorthless } from '../accounts/validate-code.ts'
import type { CheckCode } from '../codes/check-code.ts'
import type { AccountStore } from '../ports/accounts.ts'
import type { RegistrationStore } from '../ports/registrations.ts'
import type { OpenSession, Tokens } from './open-session.ts'

export type CodeLoginOutcome = { ok: true; account: Account; tokens: Tokens } | CodeRefused

export type LogInWithCode = (command: {
  project: Project
  purpose: Purpose<'login'>
  email: EmailAddress
  code: Secret
  label?: string | null
  caller: Caller | null
}) => Promise<CodeLoginOutcome>

/** Logs a user in by an e-mailed code. It proves the address, so a registration that nobody verified is dropped (A5). */
export function createLogInWithCode({
  accounts,
  registrations,
  checkCode,
  openSession,
}: {
  accounts: Pick<AccountStore, 'findByAddress'>
  registrations: Pick<RegistrationStore, 'claimEmail'>
  checkCode: CheckCode
  openSession: OpenSession
}): LogInWithCode {
  return async ({ project, purpose, email, code, label = null, caller }) => {
    const known = await accounts.findByAddress({ projectId: project.id, type: 'USER', email })
    const accountId = codeAccountId(purpose, known)
    const check = await checkCode({
      project,
      purpose,
      address: email,
      accountId,
      code,
      caller,
    })
    if (!check.ok) return codeRefused(check)

    // Nothing is left to settle for an address that was proven before; whether it still is, the session is opened by.
    const isSettled = known?.emailVerifiedAt != null && known.id === check.proof.accountId
    const account = isSettled ? known : await registrations.claimEmail(check.proof)
    if (account === null) return codeWorthless
    const tokens = await openSession({ account, evidence: check.proof, label })
    return tokens === null ? codeWorthless : { ok: true, account, tokens }
  }
}
