import type { Channel, Region } from './address.ts'

/** A carrier on one channel in one country. It may work well in one country and fail in another, so each is judged apart. */
export type CarrierScope = {
  carrier: string
  channel: Channel
  /** Null for mail, and for numbers of no country. */
  country: Region | null
}

/** What a carrier reported of the messages of some hours. */
export type DeliveryRate = CarrierScope & {
  delivered: number
  /** Undelivered or expired. */
  lost: number
}

/** Why a carrier is asked after the others of a route. Shares are from 0 to 1. */
export type Demotion = CarrierScope & {
  /** What arrived of its messages. */
  successRate: number
  /** What arrives by the best other carrier, or what is expected of any. */
  expectedRate: number
}

/** Reports of so many hours count, the one that runs among them. */
export const demotionHours = 2
/** The share of messages that a demoted carrier is still asked first for, so that it can be seen to have recovered. */
export const trialShare = 0.05
/** Of fewer reports a share says little: 30 at 80 % show less than 60 % once in 300 times. */
const reportsMin = 30
/** Expected where no other carrier has shown more: if one carrier takes every message, there is nothing to compare with. */
const expectedRateMin = 0.7
const gapMax = 0.2

/** Of what was reported; null when nothing was. */
export const successRateOf = ({
  delivered,
  lost,
}: Pick<DeliveryRate, 'delivered' | 'lost'>): number | null =>
  delivered + lost === 0 ? null : delivered / (delivered + lost)

/**
 * Which carriers deliver far less than they should, by channel and country. Mail is not judged: bounces say what was lost
 * and nothing says what arrived, and a bounce is about a mailbox.
 */
export function judgeDemotions(rates: readonly DeliveryRate[]): Demotion[] {
  const judged = rates.filter(
    ({ channel, delivered, lost }) => channel !== 'email' && delivered + lost >= reportsMin,
  )
  return judged.flatMap((rate): Demotion[] => {
    const { carrier, channel, country } = rate
    const others = judged.filter(
      (other) => other !== rate && other.channel === channel && other.country === country,
    )
    const successRate = successRateOf(rate) ?? 0
    const expectedRate = Math.max(expectedRateMin, ...others.map((other) => successRateOf(other) ?? 0))
    return successRate < expectedRate - gapMax
      ? [{ carrier, channel, country, successRate, expectedRate }]
      : []
  })
}
