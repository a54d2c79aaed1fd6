import { setTimeout as sleep } from 'node:timers/promises'
import { type PhoneNumber, regionOf } from '../../domain/address.ts'
import type { CarrierScope } from '../../domain/demotion.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import { leaseSeconds } from '../../engine/ports/lease.ts'
import type { DeliveryResult } from '../../engine/ports/outbox.ts'
import { type Carrier, type CarrierAnswer, refuse } from '../carrier.ts'
import type { LoadTemplates } from '../texts/project-templates.ts'
import {
  type Allowance,
  type AttemptCarrierParts,
  createAttemptCarrier,
  type RouteContext,
} from './attempt-carrier.ts'
import type { ObserveAttempt } from './delivery-metrics.ts'
import type { InFlightMessage } from './in-flight.ts'
import { nextState } from './next-state.ts'
import type { OptOuts } from './opt-outs.ts'
import type { LoadProjectDelivery } from './project-delivery.ts'
import { type AttemptRecord, createRecordAttempt } from './record-attempt.ts'
import type { ResultWriter } from './result-writer.ts'
import type { Routes } from './routes.ts'
import type { WaitingMessages } from './waiting-messages.ts'

export type AttemptRouteParts = AttemptCarrierParts & {
  routes: Routes
  writer: ResultWriter
  loadTemplates: LoadTemplates
  loadProjectDelivery: LoadProjectDelivery
  observeAttempt: ObserveAttempt
  log: DeliveryLog
  waitingMessages: WaitingMessages
  isOptedOut: OptOuts['isOut']
  unknownPauseMilliseconds: number
}

/** The answers that stand for carriers that were not asked. */
const optedOut = refuse('for-good', 'The person answered STOP to this carrier.')
const overCap = refuse('for-good', 'The project has reached its spending cap.')
const breakerOpen = ({ millisecondsLeft }: OpenBreaker) =>
  refuse('for-now', 'The circuit breaker of the carrier is open.', Math.ceil(millisecondsLeft / 1000))

/**
 * Asks the carriers of a route in order until one accepts, and stores each answer. Resolves when this node is done with
 * the challenge: its final state is stored, or the time of its next attempt, when any node may claim it.
 */
export function createAttemptRoute(parts: AttemptRouteParts): (message: InFlightMessage) => Promise<void> {
  const { clock, stopSignal, unknownPauseMilliseconds } = parts
  const attemptCarrier = createAttemptCarrier(parts)
  const record = createRecordAttempt(parts)

  /** Stores the next state of a challenge although no carrier was asked. */
  function conclude(
    about: Pick<AttemptRecord, 'message' | 'region' | 'reservation'>,
    next: DeliveryResult['next'],
    detail: string,
  ): Promise<void> {
    const now = clock.now()
    const answer: CarrierAnswer =
      next.state === 'accepted' ? { kind: 'accepted', carrierMessageId: null } : refuse('for-good', detail)
    const attempt = { carrier: 'none', answer, startedAt: now, finishedAt: now, cost: 0 }
    return record({ ...about, attempt, next })
  }

  const nextOf = (
    message: InFlightMessage,
    answers: CarrierAnswer[],
    openBreakers: readonly OpenBreaker[],
  ): DeliveryResult['next'] =>
    nextState({
      challenge: message.challenge,
      isAwaited: message.onFirstOutcome !== null,
      answers,
      openBreakers: openBreakers.map(({ millisecondsLeft }) => millisecondsLeft),
      now: clock.now(),
      unknownPauseMilliseconds,
    })

  /**
   * Asks a carrier, unless the person has left it. Nobody who waits hears of that: it would tell anybody who has an account,
   * for a number without one is answered at once as well.
   */
  async function attempt(
    context: RouteContext,
    carrier: Carrier,
    allowance: Allowance,
  ): ReturnType<typeof attemptCarrier> {
    const { message } = context
    const { channel, address } = message.challenge
    if (!parts.isOptedOut(carrier.name, channel, address)) return attemptCarrier(context, carrier, allowance)
    message.onFirstOutcome?.('pending')
    const now = clock.now()
    const refused = { carrier: carrier.name, answer: optedOut, startedAt: now, finishedAt: now, cost: 0 }
    return { ...allowance, kind: 'answered', attempt: refused }
  }

  /** Has a message that is stored leave as soon as one of the breakers closes. */
  function awaitBreakers(
    { challenge: { projectId, id: challengeId } }: InFlightMessage,
    openBreakers: readonly OpenBreaker[],
    next: DeliveryResult['next'],
  ): void {
    if (next.state !== 'queued' || openBreakers.length === 0) return
    const scopes = openBreakers.map(({ scope }) => scope)
    parts.waitingMessages.add(scopes, { projectId, challengeId, retryAt: next.retryAt })
  }

  /** Stores an attempt that was not the last, and pauses if the message may still arrive. */
  async function recordAndGoOn(about: Omit<AttemptRecord, 'next'>): Promise<void> {
    const leasedUntil = new Date(clock.now().getTime() + leaseSeconds * 1000)
    void record({ ...about, next: { state: 'queued', retryAt: leasedUntil } }).then(() => {
      about.message.leasedUntil = leasedUntil
    })
    // A second message sent at once would most often be a duplicate.
    if (about.attempt.answer.kind === 'unknown') await pause(unknownPauseMilliseconds, stopSignal)
  }

  async function load(
    message: InFlightMessage,
  ): Promise<{ context: RouteContext; carriers: readonly Carrier[]; isActive: boolean }> {
    const { id, projectId, channel, address: to } = message.challenge
    const region = channel === 'email' ? null : regionOf(to as PhoneNumber)
    const [{ routes: own, caps, isActive }, templates] = await Promise.all([
      parts.loadProjectDelivery(projectId),
      parts.loadTemplates(projectId),
    ])
    const carriers = parts.routes.carriersFor({ projectId, channel, to, region, own, seed: id })
    return { context: { message, templates, caps, region }, carriers, isActive }
  }

  return async (message) => {
    const { challenge } = message
    const end = endOf(message)
    if (end !== null) return conclude({ message, region: null, reservation: null }, end.next, end.detail)

    const { context, carriers, isActive } = await load(message)
    const { region } = context
    if (!isActive) return conclude({ message, region, reservation: null }, { state: 'failed' }, disabled)
    const answers: CarrierAnswer[] = []
    const openBreakers: OpenBreaker[] = []
    let allowance: Allowance = { endsAt: null, reservation: null }
    for (const [index, carrier] of carriers.entries()) {
      const result = await attempt(context, carrier, allowance)
      const { endsAt, reservation } = result
      allowance = { endsAt, reservation }
      if (result.kind === 'late') {
        if (clock.now() >= challenge.expiresAt)
          await conclude({ message, region, reservation }, { state: 'expired' }, expired)
        return
      }
      if (result.kind === 'over-time') break
      if (result.kind !== 'answered') {
        if (result.kind === 'breaker-open') openBreakers.push(result)
        answers.push(result.kind === 'breaker-open' ? breakerOpen(result) : overCap)
        continue
      }
      const { attempt: made } = result
      answers.push(made.answer)
      parts.observeAttempt(challenge.channel, made)
      if (made.answer.kind === 'accepted' || index === carriers.length - 1) {
        const next = nextOf(message, answers, openBreakers)
        await record({ message, region, reservation, attempt: made, next })
        return awaitBreakers(message, openBreakers, next)
      }
      // Storing the attempt settles its reservation.
      allowance = { endsAt, reservation: null }
      await recordAndGoOn({ message, region, reservation, attempt: made })
    }
    const { reservation } = allowance
    if (carriers.length === 0)
      return conclude({ message, region, reservation }, { state: 'failed' }, noCarrier(challenge.channel))
    const next = nextOf(message, answers, openBreakers)
    await conclude({ message, region, reservation }, next, detailOf(answers))
    awaitBreakers(message, openBreakers, next)
  }
}

/** A carrier of the route that was not asked. */
type OpenBreaker = { scope: CarrierScope; millisecondsLeft: number }

const disabled = 'The project is disabled.'
const expired = 'The code expired before a carrier took it.'
const noCarrier = (channel: string): string => `No carrier serves ${channel}.`

/** Why the last carriers of a route were not asked. */
function detailOf(answers: CarrierAnswer[]): string {
  const last = answers.at(-1)
  if (last?.kind !== 'refused') return 'The time for one attempt of the route is over.'
  return last.detail
}

/** The end of a challenge that needs no carrier any more. */
function endOf({
  challenge,
}: InFlightMessage): { next: { state: 'accepted' | 'expired' }; detail: string } | null {
  // Claimed after an attempt whose result was never stored. The message did arrive.
  if (challenge.usedAt !== null) return { next: { state: 'accepted' }, detail: 'The code was used.' }
  if (challenge.isSuperseded) return { next: { state: 'expired' }, detail: 'A newer code took its place.' }
  return null
}

/** Ends early when the node stops. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined)
