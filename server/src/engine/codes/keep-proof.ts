import type { Address, EmailAddress, PhoneNumber } from '../../domain/address.ts'
import { type Caller, digestOfCaller } from '../../domain/caller.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { ProofClaim, ProofStore } from '../ports/proofs.ts'
import { hashToken, mintVerificationToken, parseVerificationToken } from './opaque-tokens.ts'

/** What a proof is about that one request keeps for another: a phone and, if given, an e-mail address. */
export type AddressPair = { phone: PhoneNumber; email: EmailAddress | null }

/** The addresses of the code for a pair: it goes to the e-mail address if there is one, otherwise to the phone (A6). */
export function pairSubject({ phone, email }: AddressPair): {
  address: Address
  secondAddress: string | null
} {
  return email === null ? { address: phone, secondAddress: null } : { address: email, secondAddress: phone }
}

/**
 * Keeps the proof of a code for the request that spends it, for as long as its purpose allows. The returned token also
 * spends it.
 */
export type KeepProof = (proof: Proof, by: { purpose: Purpose; caller: Caller }) => Promise<Secret>

export function createKeepProof({ proofs }: { proofs: Pick<ProofStore, 'keep'> }): KeepProof {
  return async (proof, { purpose, caller }) => {
    const token = mintVerificationToken()
    // A proof that opens nothing is not kept, but the answer has a token of the same shape.
    if (purpose.proofSeconds !== null)
      await proofs.keep(
        proof,
        { tokenHash: hashToken(token), callerHash: digestOfCaller(caller) },
        purpose.proofSeconds,
      )
    return token
  }
}

/** What a request presents to claim a kept proof. */
export type ProofClaimant = AddressPair & {
  project: Project
  /** The verification token of the request; undefined or null if it has none. */
  verificationToken: unknown
  caller: Caller
}

/** The kept proof of this very purpose, phone and e-mail address. The session that it opens spends it. */
export async function findProof(
  proofs: Pick<ProofStore, 'find'>,
  purpose: Purpose,
  claimant: ProofClaimant,
): Promise<Proof | null> {
  const claim = claimOf(purpose, claimant)
  return claim === null ? null : proofs.find(claim)
}

/** Whether this very claim has spent its proof a moment ago: the request comes a second time, or its answer was lost. */
export async function hasJustSpentProof(
  proofs: Pick<ProofStore, 'hasJustSpent'>,
  purpose: Purpose,
  claimant: ProofClaimant,
): Promise<boolean> {
  const claim = claimOf(purpose, claimant)
  return claim !== null && proofs.hasJustSpent(claim)
}

/**
 * Bound to the token when the request carries one: then a wrong one is not mended by the right network. Otherwise to the
 * caller's network and user agent.
 */
function claimOf(
  purpose: Purpose,
  { project, phone, email, verificationToken, caller }: ProofClaimant,
): ProofClaim | null {
  const claim = { projectId: project.id, purpose: purpose.name, ...pairSubject({ phone, email }) }
  if (verificationToken === undefined || verificationToken === null) {
    if (project.settings.requireVerificationToken) return null
    return { ...claim, binding: { callerHash: digestOfCaller(caller) } }
  }
  const token = parseVerificationToken(verificationToken)
  return token === null ? null : { ...claim, binding: { tokenHash: hashToken(token) } }
}
