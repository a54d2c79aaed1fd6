import { LRUCache } from 'lru-cache'
import type { CarrierScope } from '../../domain/demotion.ts'
import type { CarrierAnswer } from '../carrier.ts'

export type BreakerState = 'closed' | 'half-open' | 'open'

/** The carrier was not asked. `millisecondsLeft`: how soon it may let a message through again. */
export type NotAsked = { kind: 'breaker-open'; millisecondsLeft: number }

/** A circuit breaker for each carrier, channel and country. */
export type CircuitBreakers = {
  /**
   * Calls, and counts the answer. Does not call while the breaker is open. A half-open breaker lets one call through as its
   * probe, and the calls for recipients of whom the carrier has already refused a message, which are never the probe.
   */
  call(
    scope: CarrierScope,
    recipient: string,
    deliver: () => Promise<CarrierAnswer>,
  ): Promise<CarrierAnswer | NotAsked>
  /** Every breaker that was used lately. */
  list(): (CarrierScope & { state: BreakerState })[]
  stateOf(scope: CarrierScope): BreakerState
  /** Calls the listener with each breaker that closes. */
  onClosed(listener: (scope: CarrierScope) => void): void
}

/** More than half of the last twenty calls, or of the first five. */
const failures = { share: 0.5, callsMax: 20, callsMin: 5 }
const breakersMax = 5_000
const opensLongerMax = 12

/** How long a recipient whose message was refused counts as known: no code lives longer (C3). */
const suspectMilliseconds = 600_000
const suspectsMax = 50_000

/** How soon a message comes back that found the probe under way: when the probe fails, or never answers. */
const probeMilliseconds = 5_000

type Breaker = {
  scope: CarrierScope
  state: BreakerState
  /** Whether each of the last calls failed. */
  calls: boolean[]
  opensAgainAt: number
  /** How often it opened in a row: each time for twice as long. */
  openings: number
  isProbing: boolean
}

/**
 * Creates the breakers. A breaker is open for `openMilliseconds` at first, then longer, up to twelve times that.
 *
 * What counts against a carrier: a refusal for now and a missing answer do. A refusal for good and one of the recipient for
 * now do not, because otherwise a caller who asks for codes to bad recipients could switch a carrier off for everyone. A
 * refusal that may be about either, or that is about our account, counts once for each recipient and not at each retry.
 */
export function createCircuitBreakers({
  openMilliseconds = 5_000,
  onChange = () => {},
  now = () => performance.now(),
}: {
  openMilliseconds?: number
  onChange?: (scope: CarrierScope, state: BreakerState) => void
  now?: () => number
} = {}): CircuitBreakers {
  const breakers = new LRUCache<string, Breaker>({ max: breakersMax })
  const suspects = new LRUCache<string, true>({ max: suspectsMax, ttl: suspectMilliseconds, perf: { now } })
  const listeners: ((scope: CarrierScope) => void)[] = []

  function breakerOf(scope: CarrierScope): Breaker {
    const name = nameOf(scope)
    const known = breakers.get(name)
    if (known !== undefined) return known
    const made: Breaker = {
      scope,
      state: 'closed',
      calls: [],
      opensAgainAt: 0,
      openings: 0,
      isProbing: false,
    }
    breakers.set(name, made)
    return made
  }

  function change(breaker: Breaker, state: BreakerState): void {
    if (breaker.state === state) return
    breaker.state = state
    onChange(breaker.scope, state)
    if (state === 'closed') for (const listener of listeners) listener(breaker.scope)
  }

  function open(breaker: Breaker): void {
    const factor = Math.min(opensLongerMax, 2 ** breaker.openings)
    breaker.opensAgainAt = now() + openMilliseconds * factor
    breaker.openings += 1
    breaker.calls = []
    change(breaker, 'open')
  }

  function close(breaker: Breaker): void {
    breaker.openings = 0
    breaker.calls = []
    change(breaker, 'closed')
  }

  function count(breaker: Breaker, isFailure: boolean): void {
    breaker.calls = [...breaker.calls, isFailure].slice(-failures.callsMax)
    const { length } = breaker.calls
    const failed = breaker.calls.filter(Boolean).length
    if (length >= failures.callsMin && failed > failures.share * length) open(breaker)
  }

  /** Whether the answer speaks against the carrier. Notes the recipient of one that may be about the recipient. */
  function isFailure(answer: CarrierAnswer, suspect: string): boolean {
    if (answer.kind === 'accepted') return false
    if (answer.kind === 'unknown' || answer.reason === 'for-now') return true
    const isKnown = suspects.has(suspect)
    suspects.set(suspect, true)
    return !isKnown && (answer.reason === 'unclear-for-now' || answer.reason === 'account')
  }

  async function probe(breaker: Breaker, suspect: string, deliver: () => Promise<CarrierAnswer>) {
    breaker.isProbing = true
    change(breaker, 'half-open')
    let settle = open
    try {
      const answer = await deliver()
      if (!isFailure(answer, suspect)) settle = close
      // It says nothing of the carrier, so the next message is the probe.
      else if (answer.kind === 'refused' && answer.reason === 'unclear-for-now') settle = () => {}
      return answer
    } finally {
      breaker.isProbing = false
      settle(breaker)
    }
  }

  return {
    async call(scope, recipient, deliver) {
      const breaker = breakerOf(scope)
      const suspect = `${nameOf(scope)} ${recipient}`
      if (breaker.state === 'closed') {
        const answer = await deliver()
        const hasFailed = isFailure(answer, suspect)
        if (breaker.state === 'closed') count(breaker, hasFailed)
        return answer
      }

      const millisecondsLeft = breaker.opensAgainAt - now()
      if (millisecondsLeft > 0) return { kind: 'breaker-open', millisecondsLeft }
      if (suspects.has(suspect)) {
        const answer = await deliver()
        if (answer.kind === 'accepted') close(breaker)
        return answer
      }
      if (breaker.isProbing) return { kind: 'breaker-open', millisecondsLeft: probeMilliseconds }
      return probe(breaker, suspect, deliver)
    },
    list: () => [...breakers.values()].map(({ scope, state }) => ({ ...scope, state })),
    stateOf: (scope) => breakers.get(nameOf(scope))?.state ?? 'closed',
    onClosed: (listener) => void listeners.push(listener),
  }
}

const nameOf = ({ carrier, channel, country }: CarrierScope): string => `${carrier} ${channel} ${country}`
