import {
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhenResult,
} from 'cockatiel'
import { LRUCache } from 'lru-cache'
import type { CarrierScope } from '../../domain/demotion.ts'
import type { CarrierAnswer } from '../carrier.ts'

export type BreakerState = 'closed' | 'half-open' | 'open'

/** A circuit breaker for each carrier, channel and country. */
export type CircuitBreakers = {
  /**
   * Calls the carrier and counts the answer. Returns null without a call while the breaker is open. A half-open breaker
   * lets one call through, and returns null to all others until that one is answered.
   */
  call(scope: CarrierScope, deliver: () => Promise<CarrierAnswer>): Promise<CarrierAnswer | null>
  /** Every breaker that was used lately. */
  list(): (CarrierScope & { state: BreakerState })[]
}

/** More than half of the last twenty calls, or of the first five. */
const failures = { threshold: 0.5, size: 20, minimumNumberOfCalls: 5 }
const breakersMax = 5_000

/**
 * A refusal for now, a refusal of our account and a missing answer count against a carrier. A refusal for good does
 * not: it concerns the number or the mailbox. If it counted, a caller who requests codes for wrong numbers could switch
 * a carrier off for everyone.
 */
const isFailure = (result: unknown): boolean => {
  const answer = result as CarrierAnswer
  return answer.kind === 'unknown' || (answer.kind === 'refused' && answer.reason !== 'for-good')
}

/** A breaker is open for `openMilliseconds` at first, then longer, up to twelve times that. */
export function createCircuitBreakers({
  openMilliseconds = 5_000,
  onChange = () => {},
}: {
  openMilliseconds?: number
  onChange?: (scope: CarrierScope, state: BreakerState) => void
} = {}): CircuitBreakers {
  const breakers = new LRUCache<string, { scope: CarrierScope; breaker: CircuitBreakerPolicy }>({
    max: breakersMax,
  })

  function breakerOf(scope: CarrierScope): CircuitBreakerPolicy {
    const name = `${scope.carrier} ${scope.channel} ${scope.country}`
    const known = breakers.get(name)
    if (known !== undefined) return known.breaker
    const breaker = circuitBreaker(handleWhenResult(isFailure), {
      breaker: new CountBreaker(failures),
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: openMilliseconds,
        maxDelay: 12 * openMilliseconds,
      }),
    })
    breaker.onStateChange((state) => onChange(scope, names[state]))
    breakers.set(name, { scope, breaker })
    return breaker
  }

  return {
    async call(scope, deliver) {
      const breaker = breakerOf(scope)
      // The policy would make every call wait for the one that a half-open breaker lets through.
      if (breaker.state === CircuitState.HalfOpen) return null
      let isCalled = false
      try {
        return await breaker.execute(() => {
          isCalled = true
          return deliver()
        })
      } catch (error) {
        if (isCalled) throw error
        return null
      }
    },
    list: () =>
      [...breakers.values()].map(({ scope, breaker }) => ({ ...scope, state: names[breaker.state] })),
  }
}

const names: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
}
