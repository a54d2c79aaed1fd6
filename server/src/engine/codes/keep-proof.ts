import { createHash } from 'node:crypto'
import type { Address, EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { ProofStore } from '../ports/proofs.ts'
import { hashToken, mintVerificationToken, parseVerificationToken } from './opaque-tokens.ts'

/** What a proof is about that one request leaves for another: a phone and, where it was named, an e-mail address. */
export type AddressPair = { phone: PhoneNumber; email: EmailAddress | null }

/** Where the code for a pair goes and what is named beside it: with an e-mail address there, without to the phone (A6). */
export function pairSubject({ phone, email }: AddressPair): {
  address: Address
  secondAddress: string | null
} {
  return email === null ? { address: phone, secondAddress: null } : { address: email, secondAddress: phone }
}

/**
 * Keeps the proof of a code for the request that spends it, as long as its purpose says. The token that it answers spends
 * it, too.
 */
export type KeepProof = (proof: Proof, by: { purpose: Purpose; caller: Caller }) => Promise<Secret>

export function createKeepProof({ proofs }: { proofs: Pick<ProofStore, 'keep'> }): KeepProof {
  return async (proof, { purpose, caller }) => {
    const token = mintVerificationToken()
    // A proof that opens nothing is not kept; it is answered a token of the same shape all the same.
    if (purpose.proofSeconds !== null)
      await proofs.keep(
        proof,
        { tokenHash: hashToken(token), callerHash: hashCaller(caller) },
        purpose.proofSeconds,
      )
    return token
  }
}

/** What a request shows for a proof that was kept. */
export type ProofClaimant = AddressPair & {
  project: Project
  /** What the request carries as its verification token; undefined or null when it carries none. */
  verificationToken: unknown
  caller: Caller
}

/**
 * Spends the kept proof of this very purpose, phone and e-mail address, once. Bound to the token when the request
 * carries one: then a wrong one is not mended by the right network. Otherwise to the caller's network and user agent.
 */
export async function spendProof(
  proofs: Pick<ProofStore, 'spend'>,
  purpose: Purpose,
  { project, phone, email, verificationToken, caller }: ProofClaimant,
): Promise<Proof | null> {
  const claim = { projectId: project.id, purpose: purpose.name, ...pairSubject({ phone, email }) }
  if (verificationToken === undefined || verificationToken === null) {
    if (project.settings.requireVerificationToken) return null
    return proofs.spend({ ...claim, binding: { callerHash: hashCaller(caller) } })
  }
  const token = parseVerificationToken(verificationToken)
  return token === null ? null : proofs.spend({ ...claim, binding: { tokenHash: hashToken(token) } })
}

const hashCaller = ({ network, userAgent }: Caller): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([network, userAgent]))
    .digest()
