import type { Account } from '../../domain/account.ts'
import type { EmailAddress } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import { registrantOf } from '../../domain/registrant.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import type { RegistrationStore } from '../ports/registrations.ts'
import { codeRecord } from './request-code.ts'
import { type CodeRefused, codeRefused, codeWorthless } from './validate-code.ts'

export type VerifyOutcome = { ok: true; account: Account } | CodeRefused

export type VerifyAccount = (command: {
  project: Project
  purpose: Purpose<'registration'>
  email: EmailAddress
  code: Secret
  caller: Caller | null
}) => Promise<VerifyOutcome>

/**
 * Spends the code of a registration: the address is proven. Password and names count from now on if the code is that of the
 * caller's own registration; a code that was sent for somebody else proves the address alone (A5). Whoever sends the form
 * twice within seconds is answered the same again.
 */
export function createVerifyAccount({
  registrations,
  checkCode,
}: {
  registrations: Pick<RegistrationStore, 'verifyEmail'>
  checkCode: CheckCode
}): VerifyAccount {
  const settle = async (proof: Proof, caller: Caller | null): Promise<VerifyOutcome> => {
    const registrant = registrantOf(caller)
    const isOwn = proof.recordId === registrant
    const account = await registrations.verifyEmail(proof, isOwn ? registrant : null)
    return account === null ? codeWorthless : { ok: true, account }
  }

  return async ({ project, purpose, email, code, caller }) => {
    const record = codeRecord(purpose, caller)
    const check = await checkCode({ project, purpose, address: email, ...record, code, caller })
    if (check.ok) return settle(check.proof, caller)
    return check.repeats === undefined ? codeRefused(check) : settle(check.repeats, caller)
  }
}
