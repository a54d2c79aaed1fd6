import type { ChallengeId } from '../../domain/challenge.ts'
import type { CarrierScope } from '../../domain/demotion.ts'
import type { WaitingChallenge } from '../../engine/ports/outbox.ts'
import type { CircuitBreakers } from './circuit-breakers.ts'

/** The messages that no carrier was asked for because circuit breakers are open: they leave as soon as one closes. */
export type WaitingMessages = {
  /** The challenge is stored, and waits for the first of these breakers. */
  add(scopes: readonly CarrierScope[], challenge: WaitingChallenge): void
}

/** More than these come back by themselves, at the moment that is stored for them. */
const waitingMax = 20_000

/** Creates an empty list. `wake` is given all that waits for a breaker when it closes. */
export function createWaitingMessages({
  breakers,
  wake,
}: {
  breakers: Pick<CircuitBreakers, 'stateOf' | 'onClosed'>
  wake: (challenges: WaitingChallenge[]) => void
}): WaitingMessages {
  const waiting = new Map<ChallengeId, { scopes: readonly CarrierScope[]; challenge: WaitingChallenge }>()

  function makeRoom(): void {
    if (waiting.size < waitingMax) return
    const now = Date.now()
    for (const [id, { challenge }] of waiting) if (challenge.retryAt.getTime() < now) waiting.delete(id)
  }

  breakers.onClosed((closed) => {
    const woken: WaitingChallenge[] = []
    for (const [id, { scopes, challenge }] of waiting) {
      if (!scopes.some((scope) => isSame(scope, closed))) continue
      waiting.delete(id)
      woken.push(challenge)
    }
    if (woken.length > 0) wake(woken)
  })

  return {
    add(scopes, challenge) {
      // It may have closed while the challenge was being stored.
      if (scopes.some((scope) => breakers.stateOf(scope) === 'closed')) return wake([challenge])
      makeRoom()
      if (waiting.size < waitingMax) waiting.set(challenge.challengeId, { scopes, challenge })
    },
  }
}

const isSame = (one: CarrierScope, other: CarrierScope): boolean =>
  one.carrier === other.carrier && one.channel === other.channel && one.country === other.country
