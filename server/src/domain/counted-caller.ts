import type { Caller } from './caller.ts'
import { shortDigest } from './limit.ts'

/*
 * Who spends a cap. Everybody may ask for a code without a key, so a cap that all share would let a stranger use it up
 * and shut the owner out. So one network spends a share, all networks that have proven nothing leave a rest, and that
 * rest is for those who have.
 */

/** A keyless caller as an address remembers it: a short digest of its network. */
export type CountedCaller = { network: string }

/** Null for a caller that is not counted by network: one with an API key, the server itself, or loopback in development. */
export const countedCaller = (caller: Caller | null): CountedCaller | null =>
  caller === null || caller.isExempt ? null : { network: shortDigest(caller.network) }

/** How much of a cap one network spends: three fifths. */
export const networkShare = (max: number): number => Math.ceil((max * 3) / 5)

/** How much of a cap all networks together spend that have proven nothing: four fifths, and one less than all of a small one. */
export const networksShare = (max: number): number => Math.min(workersShare(max), max - Math.floor(max / 5))

/** How much of it those spend that have solved a proof of work (S10): nine tenths. */
export const workersShare = (max: number): number => (max === 1 ? 1 : max - Math.max(1, Math.floor(max / 10)))
