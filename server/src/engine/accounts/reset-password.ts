import type { EmailAddress } from '../../domain/address.ts'
import { type Caller, lineOf } from '../../domain/caller.ts'
import type { LanguagePreference } from '../../domain/message-language.ts'
import { judgePassword, type PasswordOwner, type PasswordProblem } from '../../domain/password.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import type { SendCode } from '../codes/send-code.ts'
import type { AccountStore } from '../ports/accounts.ts'
import type { PasswordHasher, PasswordHashing } from '../ports/password-hashing.ts'
import type { PasswordStore } from '../ports/passwords.ts'
import { codeAccountId } from './request-code.ts'
import { type CodeRefused, codeRefused, codeWorthless } from './validate-code.ts'

export type ResetOutcome =
  | { ok: true }
  | CodeRefused
  | { ok: false; refusal: 'weak-password'; problem: PasswordProblem }

export type ResetPassword = (command: ResetCommand) => Promise<ResetOutcome>

export type ResetCommand = {
  project: Project
  purpose: Purpose<'password-reset'>
  email: EmailAddress
  code: Secret
  newPassword: Secret
  languages: LanguagePreference
  caller: Caller | null
}

export type ResetPasswordParts = {
  accounts: Pick<AccountStore, 'findByAddress'>
  passwords: Pick<PasswordStore, 'reset'>
  hashing: Pick<PasswordHashing, 'withPlace'>
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
  const judge = ({ email, newPassword }: ResetCommand, names: OwnNames): PasswordProblem | null =>
    judgePassword(newPassword.reveal(), { email, ...names }, commonPasswords)

  const reset = async (command: ResetCommand, hasher: PasswordHasher): Promise<ResetOutcome> => {
    const { project, purpose, email, code, newPassword, languages, caller } = command
    const account = await accounts.findByAddress({ projectId: project.id, type: 'USER', email })
    const accountId = codeAccountId(purpose, account)
    const check = { project, purpose, address: email, accountId, code, caller } as const
    // Inspected before the hash (A1), and spent only when nothing else can be refused.
    const inspected = await checkCode({ ...check, mode: 'verify-only' })
    if (!inspected.ok) return codeRefused(inspected)
    if (account === null) return codeWorthless

    // The names belong to the account, so only somebody with the code learns that the password resembles them.
    const ownProblem = judge(command, account)
    if (ownProblem !== null) return weak(ownProblem)

    const hash = await hasher.hash(newPassword)
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

  return async (command) => {
    // A weak password must not spend the code. This check reveals nothing about accounts.
    const problem = judge(command, { firstName: null, lastName: null, fullName: null })
    if (problem !== null) return weak(problem)
    const { project, caller } = command
    return hashing.withPlace(lineOf(caller, project.id), (hasher) => reset(command, hasher))
  }
}

type OwnNames = Pick<PasswordOwner, 'firstName' | 'lastName' | 'fullName'>

const weak = (problem: PasswordProblem): ResetOutcome => ({ ok: false, refusal: 'weak-password', problem })
