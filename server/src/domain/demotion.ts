import type { Channel, Region } from './address.ts'

/** A carrier on one channel in one country. A carrier may work in one country and fail in another. */
export type CarrierScope = {
  carrier: string
  channel: Channel
  /** Null for mail, and for numbers of no country. */
  country: Region | null
}

/** What a carrier reported about the messages of some hours. */
export type DeliveryRate = CarrierScope & {
  delivered: number
  /** Undelivered or expired. */
  lost: number
}

/** Why a carrier comes after the others of a route. Rates are from 0 to 1. */
export type Demotion = CarrierScope & {
  /** The share of its messages that arrived. */
  successRate: number
  /** The rate of the best other carrier, or the rate expected of any carrier. */
  expectedRate: number
}

/** The reports of this many hours count, including the current one. */
export const demotionHours = 2
/** The share of messages that a demoted carrier still gets first, so that its recovery shows. */
export const trialShare = 0.05
/** A rate of fewer reports says little: a carrier at 80 % shows less than 60 % of 30 reports once in 300 times. */
const reportsMin = 30
/** Expected where no other carrier does better: if one carrier takes every message, there is nothing to compare with. */
const expectedRateMin = 0.7
const gapMax = 0.2

/** The share of reported messages that arrived; null without reports. */
export const successRateOf = ({
  delivered,
  lost,
}: Pick<DeliveryRate, 'delivered' | 'lost'>): number | null =>
  delivered + lost === 0 ? null : delivered / (delivered + lost)

/**
 * Which carriers deliver far less than they should, by channel and country. Mail is left out: bounces report what was
 * lost, nothing reports what arrived, and a bounce depends on the mailbox, not on the carrier.
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
