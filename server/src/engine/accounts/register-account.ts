import type { Account } from '../../domain/account.ts'
import type { EmailAddress } from '../../domain/address.ts'
import { type Caller, lineOf } from '../../domain/caller.ts'
import { parseDisplayText } from '../../domain/display-text.ts'
import type { LanguagePreference } from '../../domain/message-language.ts'
import { judgePassword, type PasswordProblem } from '../../domain/password.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import { registrantOf } from '../../domain/registrant.ts'
import type { Secret } from '../../domain/secret.ts'
import type { SendCode, SendOutcome } from '../codes/send-code.ts'
import type { AccountStore } from '../ports/accounts.ts'
import type { PasswordHasher, PasswordHashing } from '../ports/password-hashing.ts'
import type { RegistrationStore } from '../ports/registrations.ts'

export type RegisterCommand = {
  project: Project
  purpose: Purpose<'registration'>
  email: EmailAddress
  /** The address as the caller wrote it. */
  target: string
  password: Secret
  firstName: string | null
  lastName: string | null
  languages: LanguagePreference
  caller: Caller | null
}

export type RegisterOutcome =
  | SendOutcome<'caller'>
  | { ok: false; refusal: 'weak-password'; problem: PasswordProblem }

/** The same outcome for a new, an unproven and a taken address, so that nobody learns who has an account (S7). */
export type RegisterAccount = (command: RegisterCommand) => Promise<RegisterOutcome>

export type RegisterAccountParts = {
  accounts: Pick<AccountStore, 'findByAddress'>
  registrations: Pick<RegistrationStore, 'begin' | 'finish'>
  hashing: Pick<PasswordHashing, 'withPlace'>
  commonPasswords: ReadonlySet<string>
  sendCode: SendCode
}

/**
 * Registers an address with a password. Both wait for the code, apart from what others have registered with this address: a
 * second registration of the same caller replaces the first one and its code, and touches nobody else's (A5). The owner of a
 * taken address gets a notice.
 */
export function createRegisterAccount({
  accounts,
  registrations,
  hashing,
  commonPasswords,
  sendCode,
}: RegisterAccountParts): RegisterAccount {
  const register = async (
    { project, purpose, email, target, password, firstName, lastName, languages, caller }: RegisterCommand,
    hasher: PasswordHasher,
  ): Promise<RegisterOutcome> => {
    const registrant = registrantOf(caller)
    const account = await accounts.findByAddress({ projectId: project.id, type: 'USER', email })
    // The limits on sends apply before the hash and before anything is stored (A1, S6).
    const sent = await sendCode<'caller'>({
      project,
      purpose,
      channel: 'email',
      address: email,
      recordId: registrant,
      target,
      content: contentFor(account),
      languages,
      accountLocale: account?.locale ?? null,
      caller,
    })
    if (!sent.ok) return sent

    const registration = {
      projectId: project.id,
      challengeId: sent.challenge.id,
      email,
      registrant,
      firstName,
      lastName,
      locale: languages.asked,
    }
    // Without a password at first, so that not even a fault below leaves an older one to the code that is on its way (A5).
    await registrations.begin(registration)
    // Also hashed for a taken address, so that it takes the same time. Nothing is stored then.
    await registrations.finish(registration, await hasher.hash(password))
    return sent
  }

  return async (command) => {
    const { project, email, password, caller } = command
    const firstName = parseDisplayText(command.firstName)
    const lastName = parseDisplayText(command.lastName)
    const owner = { email, firstName, lastName, fullName: null }
    const problem = judgePassword(password.reveal(), owner, commonPasswords)
    if (problem !== null) return { ok: false, refusal: 'weak-password', problem }

    return hashing.withPlace(lineOf(caller, project.id), (hasher) =>
      register({ ...command, firstName, lastName }, hasher),
    )
  }
}

function contentFor(account: Account | null): 'code' | 'notice-account-exists' | 'decoy' {
  if (account === null) return 'code'
  if (!account.isActive) return 'decoy'
  return account.emailVerifiedAt === null ? 'code' : 'notice-account-exists'
}
