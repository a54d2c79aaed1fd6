import type { Account } from '../../domain/account.ts'
import type { EmailAddress } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import type { RegistrationStore } from '../ports/registrations.ts'
import { type CodeRefused, codeRefused, codeWorthless } from './validate-code.ts'

export type VerifyOutcome = { ok: true; account: Account } | CodeRefused

export type VerifyAccount = (command: {
  project: Project
  purpose: Purpose<'registration'>
  email: EmailAddress
  code: Secret
  caller: Caller | null
}) => Promise<VerifyOutcome>

/** Spends the code of a registration: the address is proven, and its password takes effect. */
export function createVerifyAccount({
  registrations,
  checkCode,
}: {
  registrations: Pick<RegistrationStore, 'verifyEmail'>
  checkCode: CheckCode
}): VerifyAccount {
  return async ({ project, purpose, email, code, caller }) => {
    const check = await checkCode({ project, purpose, address: email, code, caller })
    if (!check.ok) return codeRefused(check)

    const account = await registrations.verifyEmail(check.proof)
    return account === null ? codeWorthless : { ok: true, account }
  }
}
