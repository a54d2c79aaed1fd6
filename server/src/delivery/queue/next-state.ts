import type { Challenge } from '../../domain/challenge.ts'
import type { DeliveryResult } from '../../engine/ports/outbox.ts'
import type { CarrierAnswer } from '../carrier.ts'

/** What becomes of a challenge after the answers of a route attempt. */
export function nextState({
  challenge,
  isAwaited,
  answers,
  now,
  unknownPauseMilliseconds,
}: {
  challenge: Challenge
  /** A caller waits for the outcome of this route attempt. */
  isAwaited: boolean
  answers: readonly CarrierAnswer[]
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
  const askedByCarriers = waits.length === 0 ? 0 : Math.min(...waits)
  const retryAt = retryTime({
    createdAt: challenge.createdAt,
    expiresAt: challenge.expiresAt,
    now,
    waitMillisecondsAsked: isRefusedByAll ? askedByCarriers : unknownPauseMilliseconds,
  })
  return retryAt === null ? { state: 'expired' } : { state: 'queued', retryAt }
}

const waitMillisecondsMin = 1_000
const waitMillisecondsMax = 60_000

/**
 * When a message that no carrier accepted is sent again, or null when its code would have expired by then. The wait is
 * about as long as the message has waited so far, which doubles it each time without a counter. It is jittered, so that
 * messages that failed together are not retried together.
 */
function retryTime({
  createdAt,
  expiresAt,
  now,
  waitMillisecondsAsked,
}: {
  createdAt: Date
  expiresAt: Date
  now: Date
  waitMillisecondsAsked: number
}): Date | null {
  const age = now.getTime() - createdAt.getTime()
  const wait = Math.min(waitMillisecondsMax, Math.max(waitMillisecondsMin, age)) * (0.75 + Math.random() / 2)
  const at = now.getTime() + Math.max(wait, waitMillisecondsAsked)
  return at < expiresAt.getTime() ? new Date(at) : null
}
