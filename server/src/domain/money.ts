import type { Region } from './address.ts'
import { isFor } from './destination.ts'

/** Money in millionths of the server's currency: integers add up exactly, and an SMS costs fractions of a cent. */
export type Micros = number

const microsPerUnit = 1_000_000

/** What one message costs with a carrier, by country or beginning of a number, and for all other destinations. */
export type PriceList = Readonly<Record<string, Micros>>

/** The key in a price list for every destination that the list does not name. */
export const elsewhere = 'other'

export type Prices = {
  /** Three letters, such as EUR. */
  currency: string
  /** By the carrier's name. A carrier without a list costs nothing. */
  byCarrier: Readonly<Record<string, PriceList>>
}

export const noPrices: Prices = { currency: 'EUR', byCarrier: {} }

/** The price of one message: that of the longest beginning of its number, else of its country, else of `elsewhere`. */
export function priceOf(
  prices: Prices,
  carrier: string,
  { to, region }: { to: string; region: Region | null },
): Micros {
  const list = Object.hasOwn(prices.byCarrier, carrier) ? prices.byCarrier[carrier] : undefined
  if (list === undefined) return 0
  const [named] = Object.keys(list)
    .filter((destination) => isFor(destination, to, region))
    .sort((a, b) => Number(b.startsWith('+')) - Number(a.startsWith('+')) || b.length - a.length)
  return list[named ?? elsewhere] ?? 0
}

/** An amount as people read it: `12.5`. */
export const amountOf = (micros: Micros): number => micros / microsPerUnit

/** The millionths of an amount, or null for what is not an amount of money. */
export function parseAmount(input: unknown): Micros | null {
  if (typeof input !== 'number' || !Number.isFinite(input) || input < 0 || input > 1_000_000_000) return null
  return Math.round(input * microsPerUnit)
}
