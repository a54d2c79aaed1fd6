import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import { type KeepProof, mobileSubject } from '../codes/keep-proof.ts'
import type { MobilePurpose } from './request-mobile-code.ts'
import { type CodeRefused, codeRefused } from './validate-code.ts'

/** The verification token spends the proof of a sign-up or a login, once. */
export type MobileVerifyOutcome = { ok: true; verificationToken: Secret } | CodeRefused

export type VerifyMobileCode = (command: {
  project: Project
  purpose: MobilePurpose
  phone: PhoneNumber
  email: EmailAddress | null
  code: Secret
  caller: Caller
}) => Promise<MobileVerifyOutcome>

/** Spends a `mobile` code and keeps its proof for the request that signs up or logs in. */
export function createVerifyMobileCode({
  checkCode,
  keepProof,
}: {
  checkCode: CheckCode
  keepProof: KeepProof
}): VerifyMobileCode {
  return async ({ project, purpose, phone, email, code, caller }) => {
    const check = await checkCode({ project, purpose, ...mobileSubject({ phone, email }), code, caller })
    return check.ok
      ? { ok: true, verificationToken: await keepProof(check.proof, caller) }
      : codeRefused(check)
  }
}
