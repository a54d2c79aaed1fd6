import type { Region } from '../../domain/address.ts'
import type { Challenge } from '../../domain/challenge.ts'
import type { CarrierScope } from '../../domain/demotion.ts'
import { type Micros, type Prices, priceOf } from '../../domain/money.ts'
import type { Secret } from '../../domain/secret.ts'
import { createSemaphore, type Semaphore } from '../../domain/semaphore.ts'
import type { Reservation, SpendingCaps } from '../../engine/ports/spending.ts'
import type { Carrier, CarrierAnswer, OutgoingMessage } from '../carrier.ts'
import type { ProjectTemplates } from '../texts/project-templates.ts'
import { renderMessage } from '../texts/render-message.ts'
import { measureSms } from '../texts/sms-lines.ts'
import type { CircuitBreakers } from './circuit-breakers.ts'
import type { DatabaseClock } from './database-clock.ts'
import { deliverInTime } from './deliver-in-time.ts'
import type { InFlightMessage } from './in-flight.ts'
import type { ReserveSpending } from './reserve-spending.ts'

/** What is the same for every carrier of a route attempt. */
export type RouteContext = {
  message: InFlightMessage
  templates: ProjectTemplates
  caps: SpendingCaps
  region: Region | null
}

/** The time and money that the attempts of a route share: the next one may use what is left. */
export type Allowance = {
  /** When the route attempt ends. Null before its first carrier: waiting for that one does not count. */
  endsAt: Date | null
  /** Reserved money that does not belong to a stored result yet. */
  reservation: Reservation | null
}

/** The answer of one carrier to one message. */
export type Attempt = {
  carrier: string
  answer: CarrierAnswer
  startedAt: Date
  finishedAt: Date
  cost: Micros
}

/**
 * `late`: the code, the lease or the node has no time left. `over-time`: the route attempt has none left. After
 * `breaker-open` and `over-cap` the next carrier may work. Only `answered` means that the carrier was asked.
 */
export type AttemptResult = Allowance &
  (
    | { kind: 'answered'; attempt: Attempt }
    | { kind: 'breaker-open'; scope: CarrierScope; millisecondsLeft: number }
    | { kind: 'late' | 'over-time' | 'over-cap' }
  )

export type AttemptCarrier = (
  context: RouteContext,
  carrier: Carrier,
  allowance: Allowance,
) => Promise<AttemptResult>

export type AttemptCarrierParts = {
  clock: DatabaseClock
  breakers: CircuitBreakers
  prices: Prices
  reserveSpending: ReserveSpending
  revealCode: (challenge: Challenge) => Secret
  attemptMilliseconds: number
  routeMilliseconds: number
  /** Aborts running attempts when the node can wait no longer. */
  stopSignal: AbortSignal
}

/** Asks one carrier once, if the carrier has room, its breaker lets it, and time and money suffice. */
export function createAttemptCarrier(parts: AttemptCarrierParts): AttemptCarrier {
  const { clock, breakers, attemptMilliseconds, routeMilliseconds, stopSignal } = parts
  const semaphores = new WeakMap<Carrier, Semaphore>()
  const semaphoreOf = (carrier: Carrier): Semaphore => {
    const semaphore = semaphores.get(carrier) ?? createSemaphore(carrier.concurrencyMax)
    semaphores.set(carrier, semaphore)
    return semaphore
  }

  /** How many milliseconds the carrier may take, or why it must not be asked. */
  function timeLeft(
    { challenge, leasedUntil, isReplaced }: InFlightMessage,
    endsAt: Date,
  ): number | 'late' | 'over-time' {
    const now = clock.now().getTime()
    const life = challenge.expiresAt.getTime() - now
    const isLeaseShort = leasedUntil.getTime() - now < attemptMilliseconds
    if (life <= 0 || isLeaseShort || isReplaced || stopSignal.aborted) return 'late'
    const left = endsAt.getTime() - now
    return left <= 0 ? 'over-time' : Math.min(attemptMilliseconds, life, left)
  }

  /**
   * A reservation that covers the cost, added to the one that is left; `over-cap` if the project's caps do not allow
   * it.
   */
  async function reserve(
    { message, caps }: RouteContext,
    cost: Micros,
    left: Reservation | null,
  ): Promise<Reservation | null | 'over-cap'> {
    const amount = cost - (left?.amount ?? 0)
    if (amount <= 0) return left
    const budget = await parts.reserveSpending({ projectId: message.challenge.projectId, amount, caps })
    if (budget.kind === 'over') return 'over-cap'
    if (budget.kind === 'none') return left
    return { day: (left ?? budget.reservation).day, amount: amount + (left?.amount ?? 0) }
  }

  const attempt: AttemptCarrier = async (context, carrier, allowance) => {
    const { message, region, templates } = context
    const { challenge } = message
    const startedAt = clock.now()
    const endsAt = allowance.endsAt ?? new Date(startedAt.getTime() + routeMilliseconds)
    const time = timeLeft(message, endsAt)
    if (typeof time === 'string') return { ...allowance, kind: time, endsAt }

    const code = challenge.content === 'code' ? parts.revealCode(challenge) : null
    const outgoing = renderMessage({ challenge, templates, code, now: startedAt })
    const price = priceOf(parts.prices, carrier.name, { to: challenge.address, region })
    const cost = price * piecesOf(outgoing, price)
    const reservation = await reserve(context, cost, allowance.reservation)
    if (reservation === 'over-cap') return { ...allowance, kind: 'over-cap', endsAt }

    // Checked again, because reserving takes time.
    const milliseconds = timeLeft(message, endsAt)
    if (typeof milliseconds === 'string') return { kind: milliseconds, endsAt, reservation }
    const scope = { carrier: carrier.name, channel: challenge.channel, country: region }
    const deliver = () => deliverInTime(carrier, outgoing, { milliseconds, stopSignal })
    const answer = await breakers.call(scope, challenge.address, deliver)
    if (answer.kind === 'breaker-open') return { ...answer, scope, endsAt, reservation }
    // A message that may have arrived is paid for.
    const paid = answer.kind === 'refused' ? 0 : cost
    const made: Attempt = { carrier: carrier.name, answer, startedAt, finishedAt: clock.now(), cost: paid }
    return { kind: 'answered', attempt: made, endsAt, reservation }
  }

  return async (context, carrier, allowance) => {
    const semaphore = semaphoreOf(carrier)
    // Projects take turns: a burst of one must not make the code of another wait for all of it.
    await semaphore.acquire(context.message.challenge.projectId)
    try {
      return await attempt(context, carrier, allowance)
    } finally {
      semaphore.release()
    }
  }
}

/** A long SMS is sent, and charged, in several pieces. Without a price there is no need to count them. */
const piecesOf = ({ channel, text }: OutgoingMessage, price: Micros): number =>
  channel === 'sms' && price > 0 ? measureSms(text).segments : 1
