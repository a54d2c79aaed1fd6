import type { Region } from '../../domain/address.ts'
import type { Challenge } from '../../domain/challenge.ts'
import { type Micros, type Prices, priceOf } from '../../domain/money.ts'
import type { Secret } from '../../domain/secret.ts'
import type { DeliveryOutcome } from '../../engine/ports/dispatcher.ts'
import type { DueChallenge } from '../../engine/ports/outbox.ts'
import type { Reservation, SpendingCaps } from '../../engine/ports/spending.ts'
import type { Carrier, CarrierAnswer, OutgoingMessage } from '../carrier.ts'
import type { ProjectWording } from '../texts/project-wording.ts'
import { renderMessage } from '../texts/render-message.ts'
import { measureSms } from '../texts/sms-lines.ts'
import type { DatabaseClock } from './database-clock.ts'
import { createGate, type Gate } from './gate.ts'
import type { CarrierHealth } from './health.ts'
import type { ReserveSpending } from './reserve-spending.ts'
import { tryCarrier } from './try-carrier.ts'

/** A challenge in the hands of this node. */
export type HeldChallenge = {
  challenge: DueChallenge
  /** By the database's clock. Nothing is begun that might outlast it, for then another node may have the challenge. */
  leasedUntil: Date
  /** The next step of its plan has begun: nothing more of this one is. */
  isOver: boolean
  /** Takes the outcome of the first pass while somebody waits for it. */
  waiter: ((outcome: DeliveryOutcome) => void) | null
}

/** One way through the carriers of a route. */
export type Pass = {
  held: HeldChallenge
  wording: ProjectWording
  caps: SpendingCaps
  region: Region | null
  /** When its time is over; known once the first carrier is asked, for waiting in its line is not the carrier's fault. */
  endsAt: Date | null
  /** Set aside, and not yet spent on a try or given back with its result. */
  reservation: Reservation | null
}

export type Try = { carrier: string; answer: CarrierAnswer; startedAt: Date; finishedAt: Date; cost: Micros }

/** `late`: for the code, the lease or the node. `over-time`: for this pass. `resting`, `over-cap`: the next may do. */
export type Turn = { kind: 'tried'; attempt: Try } | { kind: 'late' | 'over-time' | 'resting' | 'over-cap' }

export type TakeTurnParts = {
  clock: DatabaseClock
  health: CarrierHealth
  prices: Prices
  reserveSpending: ReserveSpending
  revealCode: (challenge: Challenge) => Secret
  tryMilliseconds: number
  passMilliseconds: number
  /** Aborts what is under way when the node can wait no longer. */
  stopSignal: AbortSignal
}

/** Asks one carrier once, when there is room with it, time, money, and a hope that it answers. */
export function createTakeTurn(parts: TakeTurnParts): (pass: Pass, carrier: Carrier) => Promise<Turn> {
  const { clock, health, stopSignal } = parts
  const gates = new WeakMap<Carrier, Gate>()
  const gateOf = (carrier: Carrier): Gate => {
    const gate = gates.get(carrier) ?? createGate(carrier.concurrencyMax)
    gates.set(carrier, gate)
    return gate
  }

  /** How long a try may take, or why there must be none. */
  function timeFor(pass: Pass, now: Date): number | 'late' | 'over-time' {
    const { challenge, leasedUntil, isOver } = pass.held
    const isLeaseShort = leasedUntil.getTime() - now.getTime() < parts.tryMilliseconds
    const life = challenge.expiresAt.getTime() - now.getTime()
    if (life <= 0 || isLeaseShort || isOver || stopSignal.aborted) return 'late'
    pass.endsAt ??= new Date(now.getTime() + parts.passMilliseconds)
    const left = pass.endsAt.getTime() - now.getTime()
    return left <= 0 ? 'over-time' : Math.min(parts.tryMilliseconds, life, left)
  }

  /** Sets money aside for a message, beside what the pass has left; false when a cap is reached. */
  async function afford(pass: Pass, cost: Micros): Promise<boolean> {
    const { held, caps, reservation } = pass
    const amount = cost - (reservation?.amount ?? 0)
    if (amount <= 0) return true
    const budget = await parts.reserveSpending({ projectId: held.challenge.projectId, amount, caps })
    if (budget.kind === 'over') return false
    if (budget.kind === 'reserved') {
      const { day } = reservation ?? budget.reservation
      pass.reservation = { day, amount: amount + (reservation?.amount ?? 0) }
    }
    return true
  }

  async function ask(pass: Pass, carrier: Carrier, startedAt: Date): Promise<Turn> {
    const { challenge } = pass.held
    const code = challenge.content === 'code' ? parts.revealCode(challenge) : null
    const message = renderMessage({ challenge, wording: pass.wording, code, now: startedAt })
    const { channel, address: to } = challenge
    const subject = { carrier: carrier.name, channel, country: pass.region }
    const price = priceOf(parts.prices, carrier.name, { to, region: pass.region })
    const cost = price * piecesOf(message, price)
    if (!(await afford(pass, cost))) return { kind: 'over-cap' }

    // Asked again: the money may have taken its time.
    const milliseconds = timeFor(pass, clock.now())
    if (typeof milliseconds === 'string') return { kind: milliseconds }
    const answer = await health.ask(subject, () => tryCarrier(carrier, message, { milliseconds, stopSignal }))
    if (answer === null) return { kind: 'resting' }
    // What may have arrived is paid for.
    const paid = answer.kind === 'refused' ? 0 : cost
    const attempt = { carrier: carrier.name, answer, startedAt, finishedAt: clock.now(), cost: paid }
    return { kind: 'tried', attempt }
  }

  return async (pass, carrier) => {
    const gate = gateOf(carrier)
    await gate.enter()
    try {
      const now = clock.now()
      const time = timeFor(pass, now)
      return typeof time === 'string' ? { kind: time } : await ask(pass, carrier, now)
    } finally {
      gate.leave()
    }
  }
}

/** A long SMS travels, and is charged, in several pieces. Where nothing is charged they need not be counted. */
const piecesOf = ({ channel, text }: OutgoingMessage, price: Micros): number =>
  channel === 'sms' && price > 0 ? measureSms(text).segments : 1
