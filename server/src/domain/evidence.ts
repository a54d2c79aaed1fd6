import type { Address, Channel } from './address.ts'
import type { AccountId, ChallengeId } from './challenge.ts'
import type { ProjectId } from './project.ts'
import type { PurposeName } from './purpose.ts'

declare const proven: unique symbol
declare const checked: unique symbol

/** The only things that open a session (T1). `kind` distinguishes them. */
export type Evidence = Proof | CheckedPassword

/**
 * A consumed challenge: evidence that somebody received what we sent to `address`. Only `judgeCheck` and the store of
 * proofs make one (T1).
 */
export type Proof = {
  readonly [proven]: true
  kind: 'code'
  projectId: ProjectId
  challengeId: ChallengeId
  purpose: PurposeName
  channel: Channel
  address: Address
  recordId: string | null
  secondAddress: string | null
  accountId: AccountId | null
  provenAt: Date
  /**
   * Of a proof that was kept when the code was spent: the digest of what claims it, with which the session spends it. Null for
   * the proof of a code that this request has spent.
   */
  claimHash: Buffer | null
}

/**
 * Evidence that somebody gave the right password of an account. Only the password check makes one. `passwordVersion`
 * identifies the password: a session must not open with one that a reset has replaced since (A4).
 */
export type CheckedPassword = {
  readonly [checked]: true
  kind: 'password'
  projectId: ProjectId
  accountId: AccountId
  passwordVersion: number
}

/** Seals a consumed challenge as a proof. Called by `judgeCheck` and by the store that keeps proofs. */
export const asProof = (consumed: Omit<Proof, typeof proven | 'kind'>): Proof =>
  ({ ...consumed, kind: 'code' }) as Proof

/** Seals a password check. Called only after the hash matched. */
export const asCheckedPassword = (account: Omit<CheckedPassword, typeof checked | 'kind'>): CheckedPassword =>
  ({ ...account, kind: 'password' }) as CheckedPassword

/** What opened a session. `proof`: the proof of a code that an earlier request spent. */
export type LoginMethod = 'password' | 'code' | 'proof'

/** The login method that a piece of evidence stands for. */
export function loginMethodOf(evidence: Evidence): LoginMethod {
  if (evidence.kind === 'password') return 'password'
  return evidence.claimHash === null ? 'code' : 'proof'
}
