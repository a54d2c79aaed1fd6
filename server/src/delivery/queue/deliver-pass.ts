import { setTimeout as sleep } from 'node:timers/promises'
import { maskAddress, type PhoneNumber, regionOf } from '../../domain/address.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import { leaseSeconds } from '../../engine/ports/lease.ts'
import type { DeliveryResult } from '../../engine/ports/outbox.ts'
import { type CarrierAnswer, refuse } from '../carrier.ts'
import type { LoadWording } from '../texts/project-wording.ts'
import type { ObserveTry } from './delivery-metrics.ts'
import { nextAfter } from './next-after.ts'
import type { LoadProjectDelivery } from './project-delivery.ts'
import type { ResultWriter } from './result-writer.ts'
import type { Routes } from './routes.ts'
import { createTakeTurn, type HeldChallenge, type Pass, type TakeTurnParts, type Try } from './take-turn.ts'

export type DeliverPassParts = TakeTurnParts & {
  routes: Routes
  writer: ResultWriter
  loadWording: LoadWording
  loadProjectDelivery: LoadProjectDelivery
  observeTry: ObserveTry
  log: DeliveryLog
  unknownPauseMilliseconds: number
}

type Ending = { state: 'accepted' | 'failed' | 'expired' }
type Step = Try & { next: DeliveryResult['next'] }

/** How soon a route all of whose carriers rest is looked at again. */
const restSeconds = 2

/**
 * Asks the carriers of a route in order until one accepts, and stores each answer. Resolves when this node is done with
 * the challenge: its end is stored, or the moment of its next try, at which any node may claim it.
 */
export function createDeliverPass(parts: DeliverPassParts): (held: HeldChallenge) => Promise<void> {
  const { clock, log, stopSignal, unknownPauseMilliseconds } = parts
  const takeTurn = createTakeTurn(parts)

  async function store({ held, region, reservation }: StoredPass, step: Step): Promise<void> {
    const { challenge } = held
    const { carrier, answer, startedAt, finishedAt, next, cost } = step
    logStep(log, held, step)
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
      tried: { step: challenge.step ?? 0, channel: challenge.channel, country: region, cost, reservation },
    })
    // Stored first, so that a send that follows upon this answer does not wait for a code that never came.
    if (next.state === 'failed') held.waiter?.('failed')
  }

  /** Stores what becomes of a challenge although no carrier was asked. */
  function conclude(pass: StoredPass, next: DeliveryResult['next'], detail: string): Promise<void> {
    const now = clock.now()
    const answer: CarrierAnswer =
      next.state === 'accepted' ? { kind: 'accepted', carrierMessageId: null } : refuse('for-good', detail)
    return store(pass, { carrier: 'none', answer, startedAt: now, finishedAt: now, cost: 0, next })
  }

  /** Stores a try, and with it what was set aside for it. */
  function settle(pass: Pass, attempt: Try, next: DeliveryResult['next']): Promise<void> {
    const { reservation } = pass
    pass.reservation = null
    return store({ ...pass, reservation }, { ...attempt, next })
  }

  const nextOf = ({ held }: Pass, answers: CarrierAnswer[]): DeliveryResult['next'] =>
    nextAfter({
      challenge: held.challenge,
      isAwaited: held.waiter !== null,
      answers,
      now: clock.now(),
      unknownPauseMilliseconds,
    })

  /** Stores a try that was not the last, and pauses where the message may yet arrive. */
  async function goOn(pass: Pass, attempt: Try): Promise<void> {
    const { held } = pass
    const leasedUntil = new Date(clock.now().getTime() + leaseSeconds * 1000)
    void settle(pass, attempt, { state: 'queued', retryAt: leasedUntil }).then(() => {
      held.leasedUntil = leasedUntil
    })
    // A second message at once would most often be a double.
    if (attempt.answer.kind === 'unknown') await pause(unknownPauseMilliseconds, stopSignal)
  }

  async function begin(held: HeldChallenge): Promise<Pass & { carriers: ReturnType<Routes['carriersFor']> }> {
    const { id, projectId, channel, address: to } = held.challenge
    const region = channel === 'email' ? null : regionOf(to as PhoneNumber)
    const [{ routes: own, caps }, wording] = await Promise.all([
      parts.loadProjectDelivery(projectId),
      parts.loadWording(projectId),
    ])
    const carriers = parts.routes.carriersFor({ projectId, channel, to, region, own, seed: id })
    return { held, wording, caps, region, endsAt: null, reservation: null, carriers }
  }

  return async (held) => {
    const { challenge } = held
    const ended = endingOf(held)
    if (ended !== null) return conclude({ held, region: null, reservation: null }, ended.next, ended.detail)

    const { carriers, ...pass } = await begin(held)
    const answers: CarrierAnswer[] = []
    for (const [index, carrier] of carriers.entries()) {
      const turn = await takeTurn(pass, carrier)
      if (turn.kind === 'late') {
        if (clock.now() >= challenge.expiresAt)
          await conclude(pass, { state: 'expired' }, 'The code expired before a carrier took it.')
        return
      }
      if (turn.kind === 'over-time') break
      if (turn.kind !== 'tried') {
        answers.push(
          turn.kind === 'resting' ? refuse('for-now', resting, restSeconds) : refuse('for-good', overCap),
        )
        continue
      }
      const { attempt } = turn
      answers.push(attempt.answer)
      parts.observeTry(challenge.channel, attempt)
      if (attempt.answer.kind === 'accepted' || index === carriers.length - 1)
        return settle(pass, attempt, nextOf(pass, answers))
      await goOn(pass, attempt)
    }
    if (carriers.length === 0)
      return conclude(pass, { state: 'failed' }, `No carrier serves ${challenge.channel}.`)
    await conclude(pass, nextOf(pass, answers), detailOf(answers))
  }
}

type StoredPass = Pick<Pass, 'held' | 'region' | 'reservation'>

const resting = 'The carrier rests after failures.'
const overCap = 'The project has reached its spending cap.'

/** Why the last carriers of a route were not asked. */
function detailOf(answers: CarrierAnswer[]): string {
  const last = answers.at(-1)
  if (last?.kind !== 'refused') return 'The time for one pass is over.'
  return last.detail
}

/** What needs no carrier any more. */
function endingOf({ challenge }: HeldChallenge): { next: Ending; detail: string } | null {
  // Claimed after a try that nobody heard of again: it did arrive.
  if (challenge.usedAt !== null) return { next: { state: 'accepted' }, detail: 'The code was used.' }
  if (challenge.isSuperseded) return { next: { state: 'expired' }, detail: 'A newer code took its place.' }
  return null
}

/** Ends early when the node stops. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => undefined)

function logStep(
  log: DeliveryLog,
  { challenge }: HeldChallenge,
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
