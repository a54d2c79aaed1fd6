import type { Challenge } from '../../domain/challenge.ts'
import type { DeliveryResult } from '../../engine/ports/outbox.ts'
import type { CarrierAnswer } from '../carrier.ts'
import { retryTime } from './retry-time.ts'

/** What becomes of a challenge after the last answer of a pass. */
export function nextAfter({
  challenge,
  isAwaited,
  answers,
  now,
  unknownPauseMilliseconds,
}: {
  challenge: Challenge
  /** Somebody waits for the outcome of this pass. */
  isAwaited: boolean
  answers: readonly CarrierAnswer[]
  now: Date
  unknownPauseMilliseconds: number
}): DeliveryResult['next'] {
  if (answers.some(({ kind }) => kind === 'accepted')) return { state: 'accepted' }

  const refusals = answers.filter((answer) => answer.kind === 'refused')
  const isRefusedByAll = refusals.length === answers.length
  // Whoever waits is told now; a code that arrives after "failed" would only confuse.
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
    chance: Math.random(),
  })
  return retryAt === null ? { state: 'expired' } : { state: 'queued', retryAt }
}
