import { elsewhere, noPrices, type PriceList, type Prices, parseAmount } from '../domain/money.ts'
import { parseDestination } from '../domain/route.ts'
import { type ReportIssue, suggest } from './configuration-error.ts'
import { fileKeys } from './file-keys.ts'

type Map = Record<string, unknown>

/** What messages cost. `known` are the names of carriers. */
export function readPrices(file: Map, known: readonly string[], report: ReportIssue): Prices {
  const { prices, currency } = file
  return {
    currency: readCurrency(currency, report),
    byCarrier: prices === undefined || prices === null ? {} : readLists(prices, known, report),
  }
}

function readCurrency(value: unknown, report: ReportIssue): string {
  if (value === undefined || value === null) return noPrices.currency
  if (typeof value === 'string' && /^[A-Z]{3}$/.test(value)) return value
  report('currency', value, fileKeys.currency, 'Write its three letters.')
  return noPrices.currency
}

function readLists(value: unknown, known: readonly string[], report: ReportIssue): Record<string, PriceList> {
  if (!isMap(value)) {
    report('prices', value, fileKeys.prices, 'Write one line for each carrier.')
    return {}
  }
  const lists: Record<string, PriceList> = {}
  for (const [carrier, written] of Object.entries(value)) {
    if (!known.includes(carrier)) {
      const remedy = `${suggest(carrier, known)}Name a carrier that is configured.`
      report(`prices.${carrier}`, written, fileKeys.prices, remedy)
    } else lists[carrier] = readList(written, `prices.${carrier}`, report)
  }
  return lists
}

/** One price for all destinations, or one for each. */
function readList(value: unknown, where: string, report: ReportIssue): PriceList {
  const list: Record<string, number> = {}
  for (const [key, written] of Object.entries(isMap(value) ? value : { [elsewhere]: value })) {
    const destination = key === elsewhere ? elsewhere : parseDestination(key)
    const amount = parseAmount(written)
    const place = isMap(value) ? `${where}.${key}` : where
    if (destination === null)
      report(
        place,
        written,
        fileKeys.prices,
        'Name a country such as CI, the beginning of a number such as "+22507", or other.',
      )
    else if (amount === null)
      report(place, written, fileKeys.prices, 'Write an amount from 0 on, without quotes.')
    else list[destination] = amount
  }
  return list
}

const isMap = (value: unknown): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
