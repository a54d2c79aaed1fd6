import type { Address } from '../../domain/address.ts'
import type { Proof } from '../../domain/evidence.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { PurposeName } from '../../domain/purpose.ts'

/** Keeps proofs that a later request spends (verify, then sign up or log in). */
export type ProofStore = {
  keep(proof: Proof, binding: ProofBinding, lifeSeconds: number): Promise<void>
  /**
   * The newest proof that matches and was neither spent nor has expired. The session that it opens spends it, in one transaction:
   * whoever is answered that the server is unavailable has it still.
   */
  find(claim: ProofClaim): Promise<Proof | null>
  /** Whether a proof was spent within the last minute, by this very claim. */
  hasJustSpent(claim: ProofClaim): Promise<boolean>
}

/** What a claim must repeat: the token, or the caller's network and user agent. Digests only. */
export type ProofBinding = { tokenHash: Buffer; callerHash: Buffer }

export type ProofClaim = {
  projectId: ProjectId
  purpose: PurposeName
  address: Address
  secondAddress: string | null
  binding: { tokenHash: Buffer } | { callerHash: Buffer }
}
