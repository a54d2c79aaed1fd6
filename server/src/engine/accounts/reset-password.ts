import type { EmailAddress } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { LanguagePreference } from '../../domain/message-language.ts'
import { judgePassword, type PasswordProblem } from '../../domain/password.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import type { SendCode } from '../codes/send-code.ts'
import type { AccountStore } from '../ports/accounts.ts'
import type { PasswordHashing } from '../ports/password-hashing.ts'
import type { PasswordStore } from '../ports/passwords.ts'
import { codeAccountId } from './request-code.ts'
import { type CodeRefused, codeRefused, codeWorthless } from './validate-code.ts'

export type ResetOutcome =
  | { ok: true }
  | CodeRefused
  | { ok: false; refusal: 'weak-password'; problem: PasswordProblem }

export type ResetPassword = (command: {
  project: Project
  purpose: Purpose<'password-reset'>
  email: EmailAddress
  code: Secret
  newPassword: Secret
  languages: LanguagePreference
  caller: Caller | null
}) => Promise<ResetOutcome>

export type ResetPasswordParts = {
  accounts: Pick<AccountStore, 'findByAddress'>
  passwords: Pick<PasswordStore, 'reset'>
  hashing: Pick<PasswordHashing, 'requireRoom' | 'hash'>
  commonPasswords: ReadonlySet<string>
  checkCode: CheckCode
  sendCode: SendCode
}

/** Replaces a forgotten password with an e-mailed code. Ends all sessions, notifies the owner, opens no session (A4). */
export function createResetPassword({
  accounts,
  passwords,
  hashing,
  commonPasswords,
  checkCode,
  sendCode,
}: ResetPasswordParts): ResetPassword {
  return async ({ project, purpose, email, code, newPassword, languages, caller }) => {
    const judge = (names: { firstName: string | null; lastName: string | null; fullName: string | null }) =>
      judgePassword(newPassword.reveal(), { email, ...names }, commonPasswords)
    const weak = (problem: PasswordProblem): ResetOutcome => ({
      ok: false,
      refusal: 'weak-password',
      problem,
    })

    // A weak password must not spend the code. This check reveals nothing about accounts.
    const problem = judge({ firstName: null, lastName: null, fullName: null })
    if (problem !== null) return weak(problem)

    hashing.requireRoom()
    const account = await accounts.findByAddress({ projectId: project.id, type: 'USER', email })
    const accountId = codeAccountId(purpose, account)
    const check = { project, purpose, address: email, accountId, code, caller } as const
    // Inspected before the hash (A1), and spent only when nothing else can be refused.
    const inspected = await checkCode({ ...check, mode: 'verify-only' })
    if (!inspected.ok) return codeRefused(inspected)
    if (account === null) return codeWorthless

    // The names belong to the account, so only somebody with the code learns that the password resembles them.
    const ownProblem = judge(account)
    if (ownProblem !== null) return weak(ownProblem)

    const hash = await hashing.hash(newPassword)
    const spent = await checkCode(check)
    if (!spent.ok) return codeRefused(spent)
    if ((await passwords.reset(spent.proof, hash)) === null) return codeWorthless
    await sendCode({
      project,
      purpose,
      channel: 'email',
      address: email,
      target: email,
      // A separate record, so that the spent code remains the newest: a repeated request learns that it was used.
      recordId: 'notice',
      accountId,
      content: 'notice-password-reset',
      languages,
      accountLocale: account.locale,
      caller: null,
    })
    return { ok: true }
  }
}
