import { setTimeout as sleep } from 'node:timers/promises'
import { maskAddress } from '../domain/address.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { Secret } from '../domain/secret.ts'
import { leaseSeconds } from '../engine/lease.ts'
import type { DeliveryOutcome, DeliveryResult } from '../engine/ports.ts'
import type { Carrier, CarrierAnswer } from './carrier.ts'
import type { DatabaseClock } from './database-clock.ts'
import type { DeliveryLog } from './delivery-log.ts'
import { createGate, type Gate } from './gate.ts'
import { renderMessage } from './render-message.ts'
import type { ResultWriter } from './result-writer.ts'
import { retryTime } from './retry-time.ts'
import type { Routes } from './routes.ts'
import type { LoadWording, ProjectWording } from './texts/project-wording.ts'
import { tryCarrier } from './try-carrier.ts'

/** A challenge in the hands of this node. */
export type HeldChallenge = {
  challenge: Challenge
  /** By the database's clock. Nothing is begun that might outlast it, for then another node may have the challenge. */
  leasedUntil: Date
  /** Takes the outcome of the first pass while somebody waits for it. */
  waiter: ((outcome: DeliveryOutcome) => void) | null
}

export type DeliverPassParts = {
  routes: Routes
  clock: DatabaseClock
  writer: ResultWriter
  loadWording: LoadWording
  revealCode: (challenge: Challenge) => Secret
  log: DeliveryLog
  tryMilliseconds: number
  unknownPauseMilliseconds: number
  /** Aborts what is under way when the node can wait no longer. */
  stopSignal: AbortSignal
}

/**
 * Asks the carriers of a route in order until one accepts, and stores each answer. Resolves when this node is done with
 * the challenge: its end is stored, or the moment of its next try, at which any node may claim it.
 */
export function createDeliverPass(parts: DeliverPassParts): (held: HeldChallenge) => Promise<void> {
  const { routes, clock, log, stopSignal, unknownPauseMilliseconds } = parts
  const gates = new WeakMap<Carrier, Gate>()
  const gateOf = (carrier: Carrier): Gate => {
    const gate = gates.get(carrier) ?? createGate(carrier.concurrencyMax)
    gates.set(carrier, gate)
    return gate
  }

  /** Stores what ended a challenge although no carrier was asked. */
  function conclude(held: HeldChallenge, state: 'accepted' | 'failed' | 'expired', detail: string) {
    const now = clock.now()
    const answer: CarrierAnswer =
      state === 'accepted'
        ? { kind: 'accepted', carrierMessageId: null }
        : { kind: 'refused', isPermanent: true, detail, retryAfterSeconds: null }
    return store(held, { carrier: 'none', answer, startedAt: now, finishedAt: now, next: { state } })
  }

  async function store(held: HeldChallenge, step: Step): Promise<void> {
    const { challenge } = held
    const { carrier, answer, startedAt, finishedAt, next } = step
    logStep(log, challenge, step)
    if (next.state === 'accepted') held.waiter?.('accepted')
    await parts.writer.write({
      projectId: challenge.projectId,
      challengeId: challenge.id,
      carrier,
      outcome: answer.kind,
      detail: answer.kind === 'accepted' ? null : answer.detail,
      carrierMessageId: answer.kind === 'accepted' ? answer.carrierMessageId : null,
      startedAt,
      finishedAt,
      next,
    })
    // Stored first, so that a send that follows upon this answer does not wait for a code that never came.
    if (next.state === 'failed') held.waiter?.('failed')
  }

  /** One try, or null when it must not begin: too late for the code, or for the lease. */
  async function tryInTurn(
    held: HeldChallenge,
    carrier: Carrier,
    wording: ProjectWording,
  ): Promise<Try | null> {
    const { challenge } = held
    const gate = gateOf(carrier)
    await gate.enter()
    try {
      const startedAt = clock.now()
      const isLeaseShort = held.leasedUntil.getTime() - startedAt.getTime() < parts.tryMilliseconds
      const lifeMilliseconds = challenge.expiresAt.getTime() - startedAt.getTime()
      if (lifeMilliseconds <= 0 || isLeaseShort || stopSignal.aborted) return null

      const code = challenge.content === 'code' ? parts.revealCode(challenge) : null
      const message = renderMessage({ challenge, wording, code, now: startedAt })
      const milliseconds = Math.min(parts.tryMilliseconds, lifeMilliseconds)
      const answer = await tryCarrier(carrier, message, { milliseconds, stopSignal })
      return { carrier: carrier.name, answer, startedAt, finishedAt: clock.now() }
    } finally {
      gate.leave()
    }
  }

  return async (held) => {
    const { challenge } = held
    const { projectId, channel, address: to, expiresAt } = challenge
    // Claimed after a try that nobody heard of again: it did arrive.
    if (challenge.usedAt !== null) return conclude(held, 'accepted', 'The code was used.')

    const carriers = routes.carriersFor({ projectId, channel, to })
    const wording = await parts.loadWording(projectId)
    const answers: CarrierAnswer[] = []

    for (const [index, carrier] of carriers.entries()) {
      const attempt = await tryInTurn(held, carrier, wording)
      if (attempt === null) {
        if (clock.now() >= expiresAt)
          await conclude(held, 'expired', 'The code expired before a carrier took it.')
        return
      }
      const { answer } = attempt
      answers.push(answer)
      if (answer.kind === 'accepted' || index === carriers.length - 1) {
        const next = nextAfter({ held, answers, now: clock.now(), unknownPauseMilliseconds })
        return store(held, { ...attempt, next })
      }

      const leasedUntil = new Date(clock.now().getTime() + leaseSeconds * 1000)
      void store(held, { ...attempt, next: { state: 'queued', retryAt: leasedUntil } }).then(() => {
        held.leasedUntil = leasedUntil
      })
      // It may yet arrive: a second message at once would most often be a double.
      if (answer.kind === 'unknown') await pause(unknownPauseMilliseconds, stopSignal)
    }
    await conclude(held, 'failed', `No carrier serves ${channel}.`)
  }
}

type Try = { carrier: string; answer: CarrierAnswer; startedAt: Date; finishedAt: Date }
type Step = Try & { next: DeliveryResult['next'] }

/** What becomes of a challenge after the last answer of a pass. */
function nextAfter({
  held: { challenge, waiter },
  answers,
  now,
  unknownPauseMilliseconds,
}: {
  held: HeldChallenge
  answers: CarrierAnswer[]
  now: Date
  unknownPauseMilliseconds: number
}): DeliveryResult['next'] {
  if (answers.some(({ kind }) => kind === 'accepted')) return { state: 'accepted' }

  const refusals = answers.filter((answer) => answer.kind === 'refused')
  const isRefusedByAll = refusals.length === answers.length
  // Whoever waits is told now; a code that arrives after "failed" would only confuse.
  const isFinal = waiter !== null || refusals.every(({ isPermanent }) => isPermanent)
  if (isRefusedByAll && isFinal) return { state: 'failed' }

  const waits = refusals
    .filter(({ isPermanent }) => !isPermanent)
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

/** Ends early when the node stops. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined)

function logStep(
  log: DeliveryLog,
  challenge: Challenge,
  { carrier, answer, startedAt, finishedAt, next }: Step,
) {
  const details = {
    projectId: challenge.projectId,
    challengeId: challenge.id,
    channel: challenge.channel,
    to: maskAddress(challenge.address),
    carrier,
    milliseconds: finishedAt.getTime() - startedAt.getTime(),
    state: next.state,
  }
  if (answer.kind === 'accepted') log.debug(details, 'delivery.accepted')
  else log.warn({ ...details, detail: answer.detail }, `delivery.${answer.kind}`)
}
