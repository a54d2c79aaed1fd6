import type { Caller } from '../../domain/caller.ts'
import type { Project } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCode } from '../codes/check-code.ts'
import { type AddressPair, type KeepProof, pairSubject } from '../codes/keep-proof.ts'
import type { PairPurpose } from './request-pair-code.ts'
import { type CodeRefused, codeRefused } from './validate-code.ts'

/** The verification token spends the proof at a sign-up or a login, once. */
export type PairVerifyOutcome = { ok: true; verificationToken: Secret } | CodeRefused

export type VerifyPairCode = (
  command: AddressPair & {
    project: Project
    purpose: PairPurpose
    code: Secret
    caller: Caller
  },
) => Promise<PairVerifyOutcome>

/** Spends a code and keeps its proof for the request that signs up or logs in. */
export function createVerifyPairCode({
  checkCode,
  keepProof,
}: {
  checkCode: CheckCode
  keepProof: KeepProof
}): VerifyPairCode {
  return async ({ project, purpose, phone, email, code, caller }) => {
    const check = await checkCode({ project, purpose, ...pairSubject({ phone, email }), code, caller })
    return check.ok
      ? { ok: true, verificationToken: await keepProof(check.proof, { purpose, caller }) }
      : codeRefused(check)
  }
}
