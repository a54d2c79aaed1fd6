import { setMaxListeners } from 'node:events'
import type { Challenge, ChallengeId } from '../../domain/challenge.ts'
import { noPrices, type Prices } from '../../domain/money.ts'
import type { Secret } from '../../domain/secret.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { DeliveryOutcome, Dispatcher } from '../../engine/ports/dispatcher.ts'
import { leaseSeconds } from '../../engine/ports/lease.ts'
import type { DueChallenge, Outbox } from '../../engine/ports/outbox.ts'
import type { LoadWording } from '../texts/project-wording.ts'
import { createDatabaseClock, monotonicNow } from './database-clock.ts'
import { createDeliverPass } from './deliver-pass.ts'
import type { ObserveTry } from './delivery-metrics.ts'
import { type CarrierHealth, createCarrierHealth } from './health.ts'
import { type LoadProjectDelivery, usualDelivery } from './project-delivery.ts'
import type { ReserveSpending } from './reserve-spending.ts'
import { createResultWriter } from './result-writer.ts'
import type { Routes } from './routes.ts'
import type { HeldChallenge } from './take-turn.ts'

/*
 * The queue in memory. It holds challenges only while their lease holds; the queue that lasts is the challenge rows
 * themselves, and whatever is dropped here, by a fault or because the node stopped, is claimed again from there.
 */

export type DispatcherParts = {
  outbox: Outbox
  routes: Routes
  loadWording: LoadWording
  revealCode: (challenge: Challenge) => Secret
  log: DeliveryLog
  /** The server's routes and no caps, where it is not given. */
  loadProjectDelivery?: LoadProjectDelivery
  health?: CarrierHealth
  prices?: Prices
  reserveSpending?: ReserveSpending
  observeTry?: ObserveTry
  tryMilliseconds?: number
  /** How long one pass over a route may take. */
  passMilliseconds?: number
  /** How long a message that may yet arrive is not doubled. */
  unknownPauseMilliseconds?: number
  pollMilliseconds?: number
  /** How long `stop` waits for what is under way. */
  drainMilliseconds?: number
  /** More than this waits in the database instead. */
  heldMax?: number
}

export type RunningDispatcher = Dispatcher & {
  /** Begins to take over challenges whose lease ran out. */
  start(): void
  /** Takes nothing more, ends what is under way, within bounds. What is left is claimed elsewhere or after the start. */
  stop(): Promise<void>
}

const claimMax = 256
/** Beginning a message costs some tens of microseconds; requests must not wait behind thousands of them. */
const beginningsPerTurn = 32

/** Sends what is committed, at least once each, until a carrier accepts it or its code expires. */
export function createDispatcher({
  outbox,
  routes,
  loadWording,
  revealCode,
  log,
  loadProjectDelivery = async () => usualDelivery,
  health = createCarrierHealth(),
  prices = noPrices,
  reserveSpending = async () => ({ kind: 'none' }),
  observeTry = () => {},
  tryMilliseconds = 5_000,
  passMilliseconds = 20_000,
  unknownPauseMilliseconds = 10_000,
  pollMilliseconds = 1_000,
  drainMilliseconds = 10_000,
  heldMax = 20_000,
}: DispatcherParts): RunningDispatcher {
  const clock = createDatabaseClock()
  const stopController = new AbortController()
  const endController = new AbortController()
  // Every message under way listens.
  setMaxListeners(0, stopController.signal)
  const deliverPass = createDeliverPass({
    routes,
    clock,
    writer: createResultWriter({ outbox, log, endSignal: endController.signal }),
    loadWording,
    loadProjectDelivery,
    health,
    prices,
    reserveSpending,
    observeTry,
    revealCode,
    log,
    tryMilliseconds,
    passMilliseconds,
    unknownPauseMilliseconds,
    stopSignal: stopController.signal,
  })

  const held = new Map<ChallengeId, HeldChallenge>()
  const waiting: HeldChallenge[] = []
  let isTurnPlanned = false
  let isStopping = false
  let pollTimer: NodeJS.Timeout | null = null
  let onIdle: (() => void) | null = null

  /** Null when the challenge is not for this queue, or not now: then its lease runs out, and it is claimed. */
  function take(challenge: DueChallenge, leasedUntil: Date): HeldChallenge | null {
    if (challenge.deliveryState !== 'queued' || challenge.content === 'decoy') return null
    const present = held.get(challenge.id)
    if (present !== undefined && (present.challenge.step ?? 0) >= (challenge.step ?? 0)) {
      present.leasedUntil = leasedUntil
      return null
    }
    if (isStopping || held.size >= heldMax) return null

    // The next step of its plan takes over from the one that is still at it.
    if (present !== undefined) present.isOver = true
    const taken: HeldChallenge = { challenge, leasedUntil, isOver: false, waiter: null }
    held.set(challenge.id, taken)
    waiting.push(taken)
    if (!isTurnPlanned) {
      isTurnPlanned = true
      setImmediate(beginSome)
    }
    return taken
  }

  function takeCommitted(challenge: Challenge): HeldChallenge | null {
    clock.advance(challenge.createdAt)
    return take(challenge, leaseEnd(challenge.createdAt))
  }

  function beginSome(): void {
    const turn = waiting.splice(0, beginningsPerTurn)
    isTurnPlanned = waiting.length > 0
    if (isTurnPlanned) setImmediate(beginSome)
    for (const item of turn) void run(item)
  }

  async function run(item: HeldChallenge): Promise<void> {
    const { id: challengeId, projectId } = item.challenge
    try {
      await deliverPass(item)
    } catch (error) {
      log.error({ challengeId, projectId, error }, 'delivery.fault')
    }
    if (held.get(challengeId) === item) held.delete(challengeId)
    item.waiter?.('pending')
    if (held.size === 0) onIdle?.()
  }

  async function poll(): Promise<void> {
    try {
      for (let isMore = true; isMore && !isStopping; ) {
        const max = Math.min(claimMax, heldMax - held.size)
        if (max <= 0) break
        const askedAt = monotonicNow()
        const { now, challenges } = await outbox.claim(max)
        clock.set(now, askedAt)
        for (const challenge of challenges) take(challenge, leaseEnd(now))
        isMore = challenges.length === max
      }
    } catch (error) {
      if (!isStopping) log.warn({ error }, 'delivery.outbox-unreachable')
    }
    // Spread, so that nodes that started together do not ask together.
    if (!isStopping) pollTimer = setTimeout(poll, pollMilliseconds * (0.9 + Math.random() / 5))
  }

  const idleWithin = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      if (held.size === 0) return resolve()
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
        const timer = setTimeout(() => taken.waiter?.('pending'), timeoutMilliseconds)
        taken.waiter = (outcome) => {
          clearTimeout(timer)
          taken.waiter = null
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
      // A process whose database is away would live on for as long as results are kept.
      endController.abort()
      if (held.size > 0) log.warn({ challenges: held.size }, 'delivery.left-behind')
    },
  }
}

const leaseEnd = (leasedAt: Date): Date => new Date(leasedAt.getTime() + leaseSeconds * 1000)
