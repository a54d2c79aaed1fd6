import { isRegion, parseAddress, type Region } from './address.ts'
import { parseListEntry } from './address-list.ts'
import { parseDisplayText } from './display-text.ts'
import { parseAmount } from './money.ts'
import type { PumpingLimit } from './pumping.ts'
import { type CodeLengths, digitsMax, digitsMin } from './purpose.ts'
import { list, numbers, objectSchema, text, wholeNumber } from './settings/kinds.ts'
import type { Kind } from './settings/setting.ts'
import type { TestRecipient } from './test-recipient.ts'

/*
 * The kinds of values that only project settings have: how each is parsed, and how it is typed.
 */

const nameLengthMax = 100

const entriesMax = 1_000

const testRecipientsMax = 20

/** What messages call a project. */
export const displayText = text(`a text of 1 to ${nameLengthMax} characters`, (input) => {
  const parsed = parseDisplayText(input, nameLengthMax + 1)
  return parsed === null || [...parsed].length > nameLengthMax ? undefined : parsed
})

function parseRegion(input: unknown): Region | undefined {
  const code = typeof input === 'string' ? input.toUpperCase() : ''
  return isRegion(code) ? code : undefined
}

export const region = text('a two-letter country code such as CI or IN', parseRegion)

export const regions = list(region, {
  takes: 'a list of two-letter country codes such as ["CI", "SN"]',
  takesTyped: 'two-letter country codes with commas between them such as CI,SN',
  max: entriesMax,
})

const listed =
  'e-mail addresses, domains, beginnings of phone numbers such as +22507, and networks such as 192.0.2.0/24'

/** Addresses and callers, written as `address-list.ts` describes. */
export const addressList = list(
  { parse: (entry) => parseListEntry(entry) ?? undefined, schema: { type: 'string' } },
  {
    takes: `a list of at most ${entriesMax} ${listed}`,
    takesTyped: `${listed}, with commas between them`,
    max: entriesMax,
  },
)

/** An amount of money in the server's currency. */
export const amount: Kind<number> = {
  takes: 'an amount of money from 0 on',
  parse: (input) => (parseAmount(input) === null ? undefined : Number(input)),
  schema: { type: 'number' },
  typed: {
    takes: 'an amount such as 25 or 12.50',
    read: (typed) => (/^\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed),
    write: String,
  },
}

/** A number of requests in a window of time. */
export const rateLimit = numbers(
  { requests: [1, 1_000_000], windowSeconds: [1, 86_400] },
  {
    takes:
      'at most 1000000 requests in a window of 1 to 86400 seconds, such as {"requests": 600, "windowSeconds": 60}',
    takesTyped: 'requests/seconds such as 600/60 (at most 1000000 in 1 to 86400 seconds)',
  },
)

export const pumpingLimit: Kind<PumpingLimit> = numbers(
  {
    sends: [1, 1_000_000],
    verifiedPercent: [1, 100],
    surgeSends: [1, 1_000_000],
    surgeFactor: [1, 1_000],
  },
  {
    takes:
      '{"sends": 200, "verifiedPercent": 5, "surgeSends": 50, "surgeFactor": 5} with whole numbers from 1, at most 1000000 sends, 100 percent and a factor of 1000',
    takesTyped:
      'sends/percent/surge/factor such as 200/5/50/5 (below 5 % verified of 200 sends, or over 50 sends and 5 times the mean)',
  },
)

/** The end date is required: a code that a whole review team knows must not work for ever (C4). */
function parseTestRecipient(input: unknown): TestRecipient | undefined {
  const { address: given, code, until: end } = Object(input)
  const address = parseAddress(given)
  const until = typeof end === 'string' && /^\d{4}-\d\d-\d\d/.test(end) ? new Date(end) : null
  if (address === null || typeof code !== 'string' || !/^[0-9]{5,10}$/.test(code)) return undefined
  if (until === null || Number.isNaN(until.getTime())) return undefined
  return { address, code, until: until.toISOString() }
}

/** Each typed as `review@example.com=123456@2027-01-31`. */
export const testRecipients = list(
  {
    parse: parseTestRecipient,
    schema: objectSchema({
      address: { type: 'string' },
      code: { type: 'string' },
      until: { type: 'string' },
    }),
    read(entry) {
      const [, address, code, until] = /^(.+)=([0-9]+)@([^@]+)$/.exec(entry) ?? []
      return address === undefined ? entry : { address, code, until }
    },
    write: ({ address, code, until }) => `${address}=${code}@${until.replace('T00:00:00.000Z', '')}`,
  },
  {
    takes: `a list of at most ${testRecipientsMax}, such as [{"address": "review@example.com", "code": "123456", "until": "2027-01-31"}]: an e-mail address or a number with its country code, five to ten digits, and an end date`,
    takesTyped:
      'ADDRESS=CODE@DATE with an end date, such as review@example.com=123456@2027-01-31, several with commas between them',
    max: testRecipientsMax,
  },
)

const digits = wholeNumber(digitsMin, digitsMax, 'digits')
const lengthTakes = `${digits.takes} for all codes, or such a number by purpose`
/** With four digits, the ten wrong codes before a lock would have one chance in 1,000; the bound is one in 10,000 (V4). */
const lengthReason = `; fewer than ${digitsMin} would be found too often before the lock of an address`

/** One length for all codes, or one for each purpose: `{"PURPOSE": 8}`, typed `PURPOSE=8`. */
export const codeLengths: Kind<NonNullable<CodeLengths>> = {
  takes: `${lengthTakes} such as {"PURPOSE": 8}${lengthReason}`,
  parse(input) {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return digits.parse(input)
    const lengths = Object.entries(input)
    const isRight = lengths.every(
      ([purpose, length]) => purposePattern.test(purpose) && digits.parse(length) !== undefined,
    )
    return isRight && lengths.length > 0 ? Object.fromEntries(lengths) : undefined
  },
  schema: { anyOf: [digits.schema, { type: 'object', additionalProperties: digits.schema }] },
  typed: {
    takes: `${lengthTakes} such as PURPOSE=8${lengthReason}`,
    read(text) {
      if (!text.includes('=')) return digits.typed.read(text)
      const lengths = text.split(',').map((entry) => /^\s*([a-z-]+)=(\d+)\s*$/.exec(entry))
      return lengths.includes(null)
        ? text
        : Object.fromEntries(lengths.map((found) => [found?.[1], Number(found?.[2])]))
    },
    write: (value) =>
      typeof value === 'number'
        ? String(value)
        : Object.entries(value)
            .map(([purpose, length]) => `${purpose}=${length}`)
            .join(','),
  },
}

const purposePattern = /^[a-z][a-z-]{0,39}$/
