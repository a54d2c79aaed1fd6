import {
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhenResult,
} from 'cockatiel'
import { LRUCache } from 'lru-cache'
import type { Channel, Region } from '../../domain/address.ts'
import type { CarrierAnswer } from '../carrier.ts'

/** What is judged as one: a carrier may be well at home and sick abroad. */
export type HealthSubject = { carrier: string; channel: Channel; country: Region | null }

/** Knows which carriers are not worth asking just now. */
export type CarrierHealth = {
  /**
   * Asks, and judges by the answer; null without asking while the carrier rests. After a rest one call tries it out, and
   * until that is answered the others go elsewhere.
   */
  ask(subject: HealthSubject, deliver: () => Promise<CarrierAnswer>): Promise<CarrierAnswer | null>
  /** Every subject that was asked lately. */
  list(): (HealthSubject & { state: 'closed' | 'half-open' | 'open' })[]
}

/** More than half of the last twenty calls, or of the first five. */
const failures = { threshold: 0.5, size: 20, minimumNumberOfCalls: 5 }
const subjectsMax = 5_000

/**
 * A refusal for now and a silence speak against a carrier. A refusal for good is about the number or the mailbox: were it
 * counted, whoever asks for codes to wrong numbers could switch a carrier off for everyone.
 */
const isFailure = (result: unknown): boolean => {
  const answer = result as CarrierAnswer
  return answer.kind === 'unknown' || (answer.kind === 'refused' && answer.reason !== 'for-good')
}

/** Judges each carrier by channel and country. A rest begins with `restMilliseconds` and grows to a minute. */
export function createCarrierHealth({
  restMilliseconds = 5_000,
  onChange = () => {},
}: {
  restMilliseconds?: number
  onChange?: (subject: HealthSubject, state: 'closed' | 'half-open' | 'open') => void
} = {}): CarrierHealth {
  const breakers = new LRUCache<string, { subject: HealthSubject; breaker: CircuitBreakerPolicy }>({
    max: subjectsMax,
  })

  function breakerOf(subject: HealthSubject): CircuitBreakerPolicy {
    const name = `${subject.carrier} ${subject.channel} ${subject.country}`
    const known = breakers.get(name)
    if (known !== undefined) return known.breaker
    const breaker = circuitBreaker(handleWhenResult(isFailure), {
      breaker: new CountBreaker(failures),
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: restMilliseconds,
        maxDelay: 12 * restMilliseconds,
      }),
    })
    breaker.onStateChange((state) => onChange(subject, names[state]))
    breakers.set(name, { subject, breaker })
    return breaker
  }

  return {
    async ask(subject, deliver) {
      const breaker = breakerOf(subject)
      // The policy itself would let everybody wait for the one call that tries the carrier out.
      if (breaker.state === CircuitState.HalfOpen) return null
      let isAsked = false
      try {
        return await breaker.execute(() => {
          isAsked = true
          return deliver()
        })
      } catch (error) {
        if (isAsked) throw error
        return null
      }
    },
    list: () =>
      [...breakers.values()].map(({ subject, breaker }) => ({ ...subject, state: names[breaker.state] })),
  }
}

const names: Record<CircuitState, 'closed' | 'half-open' | 'open'> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
}
