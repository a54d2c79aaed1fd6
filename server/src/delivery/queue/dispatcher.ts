import { setMaxListeners } from 'node:events'
import type { Challenge, ChallengeId } from '../../domain/challenge.ts'
import { noPrices, type Prices } from '../../domain/money.ts'
import type { Secret } from '../../domain/secret.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { DeliveryOutcome, Dispatcher } from '../../engine/ports/dispatcher.ts'
import { leaseSeconds } from '../../engine/ports/lease.ts'
import type { DueChallenge, Outbox, WaitingChallenge } from '../../engine/ports/outbox.ts'
import type { LoadTemplates } from '../texts/project-templates.ts'
import { createAttemptRoute } from './attempt-route.ts'
import { type CircuitBreakers, createCircuitBreakers } from './circuit-breakers.ts'
import { createDatabaseClock, monotonicNow } from './database-clock.ts'
import type { ObserveAttempt } from './delivery-metrics.ts'
import type { InFlightMessage } from './in-flight.ts'
import type { OptOuts } from './opt-outs.ts'
import { defaultDelivery, type LoadProjectDelivery } from './project-delivery.ts'
import type { ReserveSpending } from './reserve-spending.ts'
import { createResultWriter } from './result-writer.ts'
import type { Routes } from './routes.ts'
import { createWaitingMessages } from './waiting-messages.ts'

/*
 * The queue in memory: the messages in flight, each under the lease of its challenge. The durable queue, the outbox, is
 * the challenge rows themselves. A message that is lost here, by a fault or a stopped node, is claimed again from there.
 */

export type DispatcherParts = {
  outbox: Outbox
  routes: Routes
  loadTemplates: LoadTemplates
  revealCode: (challenge: Challenge) => Secret
  log: DeliveryLog
  /** Default: the server's routes and no caps. */
  loadProjectDelivery?: LoadProjectDelivery
  /** Default: nobody has left. */
  isOptedOut?: OptOuts['isOut']
  breakers?: CircuitBreakers
  prices?: Prices
  reserveSpending?: ReserveSpending
  observeAttempt?: ObserveAttempt
  /** How long one carrier may take. */
  attemptMilliseconds?: number
  /** How long one attempt of a whole route may take. */
  routeMilliseconds?: number
  /** How long to wait before sending a message again that may still arrive. */
  unknownPauseMilliseconds?: number
  pollMilliseconds?: number
  /** How long `stop` waits for running deliveries. */
  drainMilliseconds?: number
  /** Messages beyond this number wait in the database. */
  inFlightMax?: number
}

export type RunningDispatcher = Dispatcher & {
  /** Starts to claim challenges whose lease has expired. */
  start(): void
  /**
   * Accepts no more, and finishes running deliveries within a time limit. Another node or the next start claims the
   * rest.
   */
  stop(): Promise<void>
}

/** Every claim reads the oldest of all projects, so a small one costs as much as a large one. */
const claimMax = 1_024
const wakeMax = 256
/** Starting a message takes tens of microseconds; requests must not wait behind thousands of them. */
const startsPerTick = 32

/** Sends committed messages, each at least once, until a carrier accepts it or its code expires. */
export function createDispatcher({
  outbox,
  routes,
  loadTemplates,
  revealCode,
  log,
  loadProjectDelivery = async () => defaultDelivery,
  isOptedOut = () => false,
  breakers = createCircuitBreakers(),
  prices = noPrices,
  reserveSpending = async () => ({ kind: 'none' }),
  observeAttempt = () => {},
  attemptMilliseconds = 5_000,
  routeMilliseconds = 20_000,
  unknownPauseMilliseconds = 10_000,
  pollMilliseconds = 1_000,
  drainMilliseconds = 10_000,
  inFlightMax = 20_000,
}: DispatcherParts): RunningDispatcher {
  const clock = createDatabaseClock()
  const stopController = new AbortController()
  const endController = new AbortController()
  // Every running delivery adds a listener.
  setMaxListeners(0, stopController.signal)
  const waitingMessages = createWaitingMessages({
    breakers,
    wake: (challenges) => void wake(challenges),
  })
  const attemptRoute = createAttemptRoute({
    waitingMessages,
    isOptedOut,
    routes,
    clock,
    writer: createResultWriter({ outbox, log, endSignal: endController.signal }),
    loadTemplates,
    loadProjectDelivery,
    breakers,
    prices,
    reserveSpending,
    observeAttempt,
    revealCode,
    log,
    attemptMilliseconds,
    routeMilliseconds,
    unknownPauseMilliseconds,
    stopSignal: stopController.signal,
  })

  const inFlight = new Map<ChallengeId, InFlightMessage>()
  const waiting: InFlightMessage[] = []
  let isTickPlanned = false
  let isStopping = false
  let pollTimer: NodeJS.Timeout | null = null
  let onIdle: (() => void) | null = null

  /** Null when the challenge is not for this queue, or not now: then its lease expires and it is claimed again. */
  function take(challenge: DueChallenge, leasedUntil: Date): InFlightMessage | null {
    if (challenge.deliveryState !== 'queued' || challenge.content === 'decoy') return null
    const present = inFlight.get(challenge.id)
    if (present !== undefined && (present.challenge.step ?? 0) >= (challenge.step ?? 0)) {
      present.leasedUntil = leasedUntil
      return null
    }
    if (isStopping || inFlight.size >= inFlightMax) return null

    // The next step of its plan replaces the one that is still running.
    if (present !== undefined) present.isReplaced = true
    const taken: InFlightMessage = { challenge, leasedUntil, isReplaced: false, onFirstOutcome: null }
    inFlight.set(challenge.id, taken)
    waiting.push(taken)
    if (!isTickPlanned) {
      isTickPlanned = true
      setImmediate(startSome)
    }
    return taken
  }

  function takeCommitted(challenge: Challenge): InFlightMessage | null {
    clock.advance(challenge.createdAt)
    return take(challenge, leaseEnd(challenge.createdAt))
  }

  function startSome(): void {
    const batch = waiting.splice(0, startsPerTick)
    isTickPlanned = waiting.length > 0
    if (isTickPlanned) setImmediate(startSome)
    for (const message of batch) void run(message)
  }

  async function run(message: InFlightMessage): Promise<void> {
    const { id: challengeId, projectId } = message.challenge
    try {
      await attemptRoute(message)
    } catch (error) {
      log.error({ challengeId, projectId, error }, 'delivery.fault')
    }
    if (inFlight.get(challengeId) === message) inFlight.delete(challengeId)
    message.onFirstOutcome?.('pending')
    if (inFlight.size === 0) onIdle?.()
  }

  /** What is not woken, because the database is away, comes back at the moment that is stored for it. */
  async function wake(challenges: WaitingChallenge[]): Promise<void> {
    try {
      for (let first = 0; first < challenges.length && !isStopping; first += wakeMax)
        await outbox.wake(challenges.slice(first, first + wakeMax))
      await claimDue()
    } catch (error) {
      if (!isStopping) log.warn({ error }, 'delivery.outbox-unreachable')
    }
  }

  /** Takes over what is due, as far as there is room for it. */
  async function claimDue(): Promise<void> {
    for (let isMore = true; isMore && !isStopping; ) {
      const max = Math.min(claimMax, inFlightMax - inFlight.size)
      if (max <= 0) break
      const askedAt = monotonicNow()
      const { now, challenges } = await outbox.claim(max)
      clock.set(now, askedAt)
      for (const challenge of challenges) take(challenge, leaseEnd(now))
      isMore = challenges.length === max
    }
  }

  async function poll(): Promise<void> {
    try {
      await claimDue()
    } catch (error) {
      if (!isStopping) log.warn({ error }, 'delivery.outbox-unreachable')
    }
    // Jittered, so that nodes that started together do not poll together.
    if (!isStopping) pollTimer = setTimeout(poll, pollMilliseconds * (0.9 + Math.random() / 5))
  }

  const idleWithin = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (inFlight.size === 0) return resolve()
      const timer = setTimeout(resolve, milliseconds)
      onIdle = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  return {
    dispatch(challenge) {
      takeCommitted(challenge)
    },
    dispatchAndWait: (challenge, timeoutMilliseconds) =>
      new Promise<DeliveryOutcome>((resolve) => {
        const taken = takeCommitted(challenge)
        if (taken === null) return resolve(challenge.deliveryState === 'accepted' ? 'accepted' : 'pending')
        const timer = setTimeout(() => taken.onFirstOutcome?.('pending'), timeoutMilliseconds)
        taken.onFirstOutcome = (outcome) => {
          clearTimeout(timer)
          taken.onFirstOutcome = null
          resolve(outcome)
        }
      }),
    start() {
      if (pollTimer === null) void poll()
    },
    async stop() {
      isStopping = true
      if (pollTimer !== null) clearTimeout(pollTimer)
      await idleWithin(drainMilliseconds)
      stopController.abort()
      const recordMilliseconds = 2_000
      await idleWithin(recordMilliseconds)
      // Without this, a process without a database would stay alive for as long as results are kept.
      endController.abort()
      if (inFlight.size > 0) log.warn({ challenges: inFlight.size }, 'delivery.left-behind')
    },
  }
}

const leaseEnd = (leasedAt: Date): Date => new Date(leasedAt.getTime() + leaseSeconds * 1000)
