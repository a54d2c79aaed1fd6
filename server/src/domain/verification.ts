import type { Content } from './challenge.ts'

/*
 * A verification is a challenge as operators see it: what became of it.
 */

/**
 * What became of a message and its code. `verified`: the code was spent. `delivered`: a carrier reported that it arrived.
 * `accepted`: a carrier took it and has reported nothing yet. `undelivered`: it was reported lost. `failed`: no carrier took it.
 * `waiting`: it waits for a carrier. `none`: nothing was to be sent.
 */
export const verificationOutcomes = [
  'verified',
  'delivered',
  'accepted',
  'undelivered',
  'failed',
  'waiting',
  'none',
] as const
export type VerificationOutcome = (typeof verificationOutcomes)[number]

/** What a code is still good for. */
export const codeStates = ['live', 'used', 'locked', 'replaced', 'expired'] as const
export type CodeState = (typeof codeStates)[number]

type Code = {
  content: Content
  usedAt: Date | null
  supersededAt: Date | null
  expiresAt: Date
  attempts: number
  attemptsMax: number
}

/** The state of the code of a challenge; null for decoys and notices, which have none. */
export function codeStateOf(
  { content, usedAt, supersededAt, expiresAt, attempts, attemptsMax }: Code,
  now: Date,
): CodeState | null {
  if (content !== 'code') return null
  if (usedAt !== null) return 'used'
  if (attempts >= attemptsMax) return 'locked'
  if (supersededAt !== null) return 'replaced'
  return now < expiresAt ? 'live' : 'expired'
}
