import type { Address, Channel } from './address.ts'
import type { AccountId, ChallengeId } from './challenge.ts'
import type { ProjectId } from './project.ts'
import type { Purpose } from './purpose.ts'

declare const proven: unique symbol
declare const checked: unique symbol

/**
 * A consumed challenge: evidence that somebody received what we sent to `address`. Tokens are minted from nothing else
 * but this or a checked password, and only `judgeCheck` and the storage of spent proofs make one (T1).
 */
export type Proof = {
  readonly [proven]: true
  projectId: ProjectId
  challengeId: ChallengeId
  purpose: Purpose
  channel: Channel
  address: Address
  companion: string | null
  accountId: AccountId | null
  provenAt: Date
}

/**
 * Evidence that the right password of an account was given. Made by the password check only. `passwordVersion` tells
 * which password that was: a session must not open with one that a reset has replaced meanwhile (A4).
 */
export type CheckedPassword = {
  readonly [checked]: true
  projectId: ProjectId
  accountId: AccountId
  passwordVersion: number
}

/** Seals a consumed challenge as a proof. Called by `judgeCheck` and by the store that keeps proofs. */
export const sealProof = (consumed: Omit<Proof, typeof proven>): Proof => consumed as Proof

/** Seals a password check. Called after the hash matched, by nobody else. */
export const sealCheckedPassword = (account: Omit<CheckedPassword, typeof checked>): CheckedPassword =>
  account as CheckedPassword
