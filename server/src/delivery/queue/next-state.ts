import type { Challenge } from '../../domain/challenge.ts'
import type { DeliveryResult } from '../../engine/ports/outbox.ts'
import type { CarrierAnswer } from '../carrier.ts'

/**
 * What becomes of a challenge after the answers of a route attempt. `openBreakers` holds, for each carrier that was not
 * asked because its circuit breaker is open, in how many milliseconds it may be asked.
 */
export function nextState({
  challenge,
  isAwaited,
  answers,
  openBreakers = [],
  now,
  unknownPauseMilliseconds,
}: {
  challenge: Challenge
  /** A caller waits for the outcome of this route attempt. */
  isAwaited: boolean
  answers: readonly CarrierAnswer[]
  openBreakers?: readonly number[]
  now: Date
  unknownPauseMilliseconds: number
}): DeliveryResult['next'] {
  if (answers.some(({ kind }) => kind === 'accepted')) return { state: 'accepted' }

  const refusals = answers.filter((answer) => answer.kind === 'refused')
  const isRefusedByAll = refusals.length === answers.length
  // The caller is answered now; a code that arrives after "failed" would confuse them.
  const isFinal = isAwaited || refusals.every(({ reason }) => reason === 'for-good')
  if (isRefusedByAll && isFinal) return { state: 'failed' }

  const waits = refusals
    .filter(({ reason }) => reason !== 'for-good')
    .map(({ retryAfterSeconds }) => (retryAfterSeconds ?? 0) * 1000)
  const isAnyAsked = waits.length > openBreakers.length
  const askedByCarriers = waits.length === 0 ? 0 : Math.min(...waits)
  const retryAt = retryTime({
    createdAt: challenge.createdAt,
    expiresAt: challenge.expiresAt,
    now,
    waitMillisecondsAsked: isRefusedByAll ? askedByCarriers : unknownPauseMilliseconds,
    isAnyAsked: isAnyAsked || !isRefusedByAll,
    breakerMilliseconds: isRefusedByAll ? Math.min(...openBreakers) : Number.POSITIVE_INFINITY,
  })
  return retryAt === null ? { state: 'expired' } : { state: 'queued', retryAt }
}

const waitMillisecondsMin = 1_000
const waitMillisecondsMax = 60_000
/** Over how long messages are spread that wait for the same breaker. The first is its probe, and wakes the others. */
const breakerSpreadMilliseconds = 1_000

/**
 * When a message that no carrier accepted is sent again, or null when its code would have expired by then. The wait is
 * about as long as the message has waited so far, which doubles it each time without a counter. It is jittered, so that
 * messages that failed together do not come back together. A carrier that was not asked has not refused, so a message does
 * not wait for it by its age, only until it may be asked.
 */
function retryTime({
  createdAt,
  expiresAt,
  now,
  waitMillisecondsAsked,
  isAnyAsked,
  breakerMilliseconds,
}: {
  createdAt: Date
  expiresAt: Date
  now: Date
  waitMillisecondsAsked: number
  isAnyAsked: boolean
  breakerMilliseconds: number
}): Date | null {
  const age = now.getTime() - createdAt.getTime()
  const wait = Math.min(waitMillisecondsMax, Math.max(waitMillisecondsMin, age)) * (0.75 + Math.random() / 2)
  const waitForCarriers = isAnyAsked ? Math.max(wait, waitMillisecondsAsked) : Number.POSITIVE_INFINITY
  const waitForBreaker = breakerMilliseconds + Math.random() * breakerSpreadMilliseconds
  const at = now.getTime() + Math.min(waitForCarriers, waitForBreaker)
  return at < expiresAt.getTime() ? new Date(at) : null
}
