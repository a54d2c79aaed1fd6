import { createHash } from 'node:crypto'
import type { Address, EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { Project } from '../../domain/project.ts'
import type { Purpose } from '../../domain/purpose.ts'
import type { Secret } from '../../domain/secret.ts'
import type { ProofStore } from '../ports/proofs.ts'
import { hashToken, mintVerificationToken, parseVerificationToken } from './opaque-tokens.ts'

/** Where a `mobile` code goes and what is named beside it: with an e-mail address there, without to the mobile (A6). */
export function mobileSubject({ phone, email }: { phone: PhoneNumber; email: EmailAddress | null }): {
  address: Address
  companion: string | null
} {
  return email === null ? { address: phone, companion: null } : { address: email, companion: phone }
}

/** A fresh proof: ten minutes for a sign-up, two for a login. */
const lifeSeconds = { 'mobile-signup': 600, 'mobile-login': 120 } as const
export type KeptPurpose = keyof typeof lifeSeconds

/** Keeps the proof of a `mobile` code for the request that spends it. The token that it answers spends it, too. */
export type KeepProof = (proof: Proof, caller: Caller) => Promise<Secret>

export function createKeepProof({ proofs }: { proofs: Pick<ProofStore, 'keep'> }): KeepProof {
  return async (proof, caller) => {
    const token = mintVerificationToken()
    // `mobile-verification` opens nothing, so its proof is not kept; it is answered a token of the same shape all the same.
    const seconds = isKept(proof.purpose) ? lifeSeconds[proof.purpose] : null
    if (seconds !== null)
      await proofs.keep(proof, { tokenHash: hashToken(token), callerHash: hashCaller(caller) }, seconds)
    return token
  }
}

const isKept = (purpose: Purpose): purpose is KeptPurpose => Object.hasOwn(lifeSeconds, purpose)

/** What a request shows for a proof that was kept. */
export type ProofClaimant = {
  project: Project
  phone: PhoneNumber
  email: EmailAddress | null
  /** What the request carries as its verification token; undefined or null when it carries none. */
  verificationToken: unknown
  caller: Caller
}

/**
 * Spends the kept proof of this very purpose, mobile and e-mail address, once. Bound to the token when the request
 * carries one: then a wrong one is not mended by the right network. Otherwise to the caller's network and user agent.
 */
export async function spendProof(
  proofs: Pick<ProofStore, 'spend'>,
  purpose: KeptPurpose,
  { project, phone, email, verificationToken, caller }: ProofClaimant,
): Promise<Proof | null> {
  const claim = { projectId: project.id, purpose, ...mobileSubject({ phone, email }) }
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
