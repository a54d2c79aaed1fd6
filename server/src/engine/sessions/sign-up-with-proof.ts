import type { Account } from '../../domain/account.ts'
import { parseDisplayText } from '../../domain/display-text.ts'
import type { MessageLocale } from '../../domain/locale.ts'
import type { Purpose } from '../../domain/purpose.ts'
import { findProof, hasJustSpentProof, type ProofClaimant } from '../codes/keep-proof.ts'
import type { ProofStore } from '../ports/proofs.ts'
import type { RegistrationStore } from '../ports/registrations.ts'
import type { OpenSession, Tokens } from './open-session.ts'

/** Only somebody who has just proven the address gets `account-exists`. */
export type SignUpOutcome =
  | { ok: true; account: Account; tokens: Tokens }
  | { ok: false; refusal: 'not-verified' | 'account-exists' }

export type SignUpWithProof = (
  command: ProofClaimant & {
    purpose: Purpose<'sign-up'>
    fullName: string | null
    label?: string | null
    /** The language of messages to the account. */
    locale?: MessageLocale | null
  },
) => Promise<SignUpOutcome>

export type SignUpWithProofParts = {
  registrations: Pick<RegistrationStore, 'signUp'>
  proofs: Pick<ProofStore, 'find' | 'hasJustSpent'>
  openSession: OpenSession
}

/**
 * Signs a user up with a kept proof. Only the address that the code went to is proven. After an e-mailed code the mobile is
 * only claimed, and belongs to the person who proves it by SMS (A6).
 */
export function createSignUpWithProof({
  registrations,
  proofs,
  openSession,
}: SignUpWithProofParts): SignUpWithProof {
  return async ({ purpose, fullName, label = null, locale = null, ...claimant }) => {
    const proof = await findProof(proofs, purpose, claimant)
    if (proof === null) {
      // A repeated form is answered with what became of it. Another pair would be a second session on one proof (T1).
      const isRepetition = await hasJustSpentProof(proofs, purpose, claimant)
      return { ok: false, refusal: isRepetition ? 'account-exists' : 'not-verified' }
    }

    const person = { phone: claimant.phone, fullName: parseDisplayText(fullName), locale }
    const account = await registrations.signUp(proof, person)
    if (account === null) return { ok: false, refusal: 'account-exists' }
    const tokens = await openSession({ account, evidence: proof, label })
    return tokens === null ? { ok: false, refusal: 'not-verified' } : { ok: true, account, tokens }
  }
}
