import type { Account } from '../../domain/account.ts'
import type { Purpose } from '../../domain/purpose.ts'
import { isProofFor } from '../../domain/session.ts'
import type { CompleteAccount } from '../accounts/complete-account.ts'
import type { FindAccount } from '../accounts/find-account.ts'
import { findProof, type ProofClaimant } from '../codes/keep-proof.ts'
import type { AccountStore } from '../ports/accounts.ts'
import type { ProofStore } from '../ports/proofs.ts'
import type { OpenSession, Tokens } from './open-session.ts'

/** `not-verified` also stands for an unknown account. */
export type ProofLoginOutcome =
  | { ok: true; account: Account; tokens: Tokens }
  | { ok: false; refusal: 'not-verified' }

export type LogInWithProof = (
  command: ProofClaimant & { purpose: Purpose<'login'>; label?: string | null },
) => Promise<ProofLoginOutcome>

/**
 * Logs a user in with a kept proof, only to the account of the address that the code went to (A6). An account that has no
 * phone yet, because another dialect has registered it, gets the one that was named with its e-mail address, as a claim.
 */
export function createLogInWithProof({
  accounts,
  findAccount,
  proofs,
  completeAccount,
  openSession,
}: {
  accounts: Pick<AccountStore, 'claimPhone'>
  findAccount: Pick<FindAccount, 'byMobile'>
  proofs: Pick<ProofStore, 'find'>
  completeAccount: CompleteAccount
  openSession: OpenSession
}): LogInWithProof {
  return async ({ purpose, label = null, ...claimant }) => {
    const refuse: ProofLoginOutcome = { ok: false, refusal: 'not-verified' }
    const proof = await findProof(proofs, purpose, claimant)
    if (proof === null) return refuse

    const { project, phone, email } = claimant
    const found = await findAccount.byMobile({ projectId: project.id, phone, email })
    const completed = found === null ? null : await completeAccount(found, proof)
    if (completed === null || !isProofFor(proof, completed)) return refuse
    const { projectId, id } = completed
    const account = completed.phone === null ? await accounts.claimPhone({ projectId, id, phone }) : completed
    if (account === null) return refuse
    const tokens = await openSession({ account, evidence: proof, label })
    return tokens === null ? refuse : { ok: true, account, tokens }
  }
}
