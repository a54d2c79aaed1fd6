import { isRegion, parseEmailAddress, parsePhoneNumber, type Region } from './address.ts'
import { parseListEntry } from './address-list.ts'
import type { BrakeRule } from './brake.ts'
import { parseDisplayText } from './display-text.ts'
import { fallbacksExpected, parseFallbacks } from './fallback.ts'
import type { Issue, Parsed } from './issue.ts'
import { messageLocales } from './locale.ts'
import { parseAndroidAppHash, parseColour, parseLogoUrl, parseWebOtpHost } from './look.ts'
import { parseAmount } from './money.ts'
import type { ProjectSettings, RateLimit } from './project.ts'
import { codeLifeSecondsMax } from './purpose.ts'
import { hashesMax, hashesMin } from './puzzle.ts'
import type { TestRecipient } from './test-recipient.ts'

/** What an operator may say of a project. What is absent stays as it is; `tokens: null` grants them without end. */
export type ProjectWish = { name?: string; tokens?: number | null; settings: Partial<ProjectSettings> }

const nameLengthMax = 100

const tokensMax = 1_000_000_000_000

type Reader<Value> = {
  /** What the setting takes, as the end of a sentence that begins with its name. */
  expected: string
  /** Undefined for a value that it does not take. */
  read: (input: unknown) => Value | undefined
  /** Of a list that may be long: undefined for an entry that it does not take. */
  readEntry?: (entry: unknown) => unknown
}

const entriesMax = 1_000

const entryLengthMax = 100

const testRecipientsMax = 20

const yesOrNo: Reader<boolean> = {
  expected: 'must be true or false',
  read: (input) => (typeof input === 'boolean' ? input : undefined),
}

const budgetReader: Reader<number | null> = {
  expected: 'must be a whole number of sends from 1 to 1000000000, or null for no cap',
  read: orNull(wholeNumber(1, 1_000_000_000)),
}

const addressListReader: Reader<readonly string[]> = {
  expected: `must be a list of at most ${entriesMax} e-mail addresses, domains, beginnings of phone numbers such as +22507, and networks such as 192.0.2.0/24`,
  read: (input) => readList(input, readListEntry),
  readEntry: readListEntry,
}

/** What each setting takes. The compiler asks for a line here when a setting is added. */
const readers: { [Name in keyof ProjectSettings]: Reader<ProjectSettings[Name]> } = {
  region: {
    expected: 'must be a two-letter country code such as CI or IN, or null',
    read: orNull(readRegion),
  },
  locale: {
    expected: `must be one of ${messageLocales.join(', ')}`,
    read: (input) => messageLocales.find((locale) => locale === input),
  },
  codeSeconds: {
    expected: `must be a whole number of seconds from 30 to ${codeLifeSecondsMax}, or null for the usual life`,
    read: orNull(wholeNumber(30, codeLifeSecondsMax)),
  },
  rateLimit: {
    expected:
      'must be at most 1000000 requests in a window of 1 to 86400 seconds, such as {"requests": 600, "windowSeconds": 60}, or null for no limit',
    read: orNull(readRateLimit),
  },
  cooldownSeconds: wholeNumberReader(0, 86_400, 'seconds'),
  sendsPerTenMinutes: wholeNumberReader(1, 1_000, 'sends'),
  sendsPerDay: wholeNumberReader(1, 1_000, 'sends'),
  sendsPerCallerHour: wholeNumberReader(1, 1_000_000, 'sends'),
  failedChecksPerHour: wholeNumberReader(1, 1_000_000, 'checks'),
  failedAddressesPerCallerHour: wholeNumberReader(1, 10_000, 'addresses'),
  sendsPerDayEverywhere: wholeNumberReader(1, 1_000, 'sends'),
  countries: {
    expected:
      'must be a list of two-letter country codes such as ["CI", "SN"], or "any", or null for the country of region alone',
    read: orNull((input) => (input === 'any' ? 'any' : readList(input, readRegion))),
    readEntry: readRegion,
  },
  allow: addressListReader,
  deny: addressListReader,
  refuseDisposable: yesOrNo,
  brake: {
    expected:
      'must be {"sends": 200, "verifiedPercent": 5, "surgeSends": 50, "surgeFactor": 5} with whole numbers from 1, at most 1000000 sends, 100 percent and a factor of 1000, or null for none',
    read: orNull(readBrake),
  },
  sendsPerPrefixHour: budgetReader,
  sendsPerCountryHour: budgetReader,
  sendsPerProjectDay: budgetReader,
  sendsPerProjectMonth: budgetReader,
  proofOfWork: {
    expected: `must be a whole number of hashes from ${hashesMin} to ${hashesMax}, or null for no proof of work`,
    read: orNull(wholeNumber(hashesMin, hashesMax)),
  },
  testRecipients: {
    expected: `must be a list of at most ${testRecipientsMax}, such as [{"address": "review@example.com", "code": "123456", "until": "2027-01-31"}]: an e-mail address or a number with its country code, five or six digits, and an end date`,
    read: (input) => readList(input, readTestRecipient, testRecipientsMax),
  },
  requireVerificationToken: yesOrNo,
  carrier: {
    expected: 'must be "default", or "null" for a carrier that accepts every message and drops it',
    read: (input) => (input === 'default' || input === 'null' ? input : undefined),
  },
  fallbacks: { expected: fallbacksExpected, read: parseFallbacks },
  spendingPerDay: amountReader(),
  spendingPerMonth: amountReader(),
  displayName: {
    expected: `must be a text of 1 to ${nameLengthMax} characters, or null for the project's name`,
    read: orNull(readName),
  },
  colour: {
    expected: 'must be a colour such as #1a7f5a, or null',
    read: orNull(parseColour),
  },
  logoUrl: {
    expected: 'must be an https:// address of an image, or null',
    read: orNull(parseLogoUrl),
  },
  webOtpHost: {
    expected: 'must be the host name of the page that asks for the code, such as shop.example.com, or null',
    read: orNull(parseWebOtpHost),
  },
  androidAppHash: {
    expected: 'must be the 11 letters, digits, + and / of the Android app, or null',
    read: orNull(parseAndroidAppHash),
  },
}

/** Parses what is wanted of a new project: only the name must be there. */
export function parseNewProject(input: unknown): Parsed<ProjectWish & { name: string }> {
  const wish = parseProjectWish(input)
  if (!wish.ok) return wish
  const { name } = wish.value
  if (name !== undefined) return { ok: true, value: { ...wish.value, name } }
  return { ok: false, issues: [{ path: 'name', message: nameExpected }] }
}

/** Parses what is wanted of a project, and tells everything that is wrong with it at once. */
export function parseProjectWish(input: unknown): Parsed<ProjectWish> {
  if (!isObject(input)) return { ok: false, issues: [{ path: '', message: 'must be an object' }] }
  const { name, tokens } = input
  const issues: Issue[] = []
  const wish: ProjectWish = { settings: readSettings(input.settings ?? {}, issues) }

  if (name !== undefined) {
    const text = readName(name)
    if (text === undefined) issues.push({ path: 'name', message: nameExpected })
    else wish.name = text
  }
  if (tokens !== undefined) {
    const count = readTokens(tokens)
    if (count === undefined) issues.push({ path: 'tokens', message: tokensExpected })
    else wish.tokens = count
  }
  return issues.length === 0 ? { ok: true, value: wish } : { ok: false, issues }
}

function readName(input: unknown): string | undefined {
  const text = parseDisplayText(input, nameLengthMax + 1)
  return text === null || [...text].length > nameLengthMax ? undefined : text
}

const nameExpected = `must be a text of 1 to ${nameLengthMax} characters; it stands in the messages`

const tokensExpected = `must be a whole number from 0 to ${tokensMax}, or null for unlimited tokens`

const readTokens = orNull(wholeNumber(0, tokensMax))

/** An unknown setting is a mistake here, not ignored: a misspelt limit would silently protect nobody. */
function readSettings(input: unknown, issues: Issue[]): Partial<ProjectSettings> {
  if (!isObject(input)) {
    issues.push({ path: 'settings', message: 'must be an object' })
    return {}
  }
  const settings: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(input)) {
    const path = `settings.${name}`
    if (!isSettingName(name)) {
      issues.push({ path, message: `does not exist; there are ${Object.keys(readers).join(', ')}` })
      continue
    }
    const { expected, read, readEntry }: Reader<unknown> = readers[name]
    const value = read(given)
    if (value === undefined) issues.push({ path, message: expected, ...findWrongEntry(given, readEntry) })
    else settings[name] = value
  }
  return settings
}

/** Undefined when one of the entries is not what it should be; double ones are kept once. */
function readList<Value>(
  input: unknown,
  read: (entry: unknown) => Value | undefined,
  max = entriesMax,
): Value[] | undefined {
  if (!Array.isArray(input) || input.length > max) return undefined
  const entries = input.map(read)
  return entries.includes(undefined) ? undefined : [...new Set(entries as Value[])]
}

function findWrongEntry(list: unknown, read: Reader<unknown>['readEntry']): { entry?: string } {
  if (read === undefined || !Array.isArray(list)) return {}
  const wrong = list.findIndex((entry) => read(entry) === undefined)
  return wrong === -1 ? {} : { entry: JSON.stringify(list[wrong]).slice(0, entryLengthMax) }
}

function readListEntry(entry: unknown) {
  return parseListEntry(entry) ?? undefined
}

function readRegion(input: unknown): Region | undefined {
  const text = typeof input === 'string' ? input.toUpperCase() : ''
  return isRegion(text) ? text : undefined
}

function readBrake(input: unknown): BrakeRule | undefined {
  if (!isObject(input)) return undefined
  const sends = wholeNumber(1, 1_000_000)(input.sends)
  const verifiedPercent = wholeNumber(1, 100)(input.verifiedPercent)
  const surgeSends = wholeNumber(1, 1_000_000)(input.surgeSends)
  const surgeFactor = wholeNumber(1, 1_000)(input.surgeFactor)
  const numbers = [sends, verifiedPercent, surgeSends, surgeFactor]
  return numbers.includes(undefined)
    ? undefined
    : ({ sends, verifiedPercent, surgeSends, surgeFactor } as BrakeRule)
}

/** The end date is no option: a code that everybody in a review team knows must not work for ever (C4). */
function readTestRecipient(input: unknown): TestRecipient | undefined {
  if (!isObject(input)) return undefined
  const address = parseEmailAddress(input.address) ?? parsePhoneNumber(input.address)
  const { code } = input
  const until =
    typeof input.until === 'string' && /^\d{4}-\d\d-\d\d/.test(input.until) ? new Date(input.until) : null
  if (address === null || typeof code !== 'string' || !/^[0-9]{5,6}$/.test(code)) return undefined
  if (until === null || Number.isNaN(until.getTime())) return undefined
  return { address, code, until: until.toISOString() }
}

function readRateLimit(input: unknown): RateLimit | undefined {
  if (!isObject(input)) return undefined
  const requests = wholeNumber(1, 1_000_000)(input.requests)
  const windowSeconds = wholeNumber(1, 86_400)(input.windowSeconds)
  return requests === undefined || windowSeconds === undefined ? undefined : { requests, windowSeconds }
}

function wholeNumberReader(min: number, max: number, unit: string): Reader<number> {
  return {
    expected: `must be a whole number of ${unit} from ${min} to ${max}`,
    read: wholeNumber(min, max),
  }
}

function amountReader(): Reader<number | null> {
  return {
    expected: 'must be an amount of money from 0 on, or null for no cap',
    read: orNull((input) => (parseAmount(input) === null ? undefined : (input as number))),
  }
}

function wholeNumber(min: number, max: number) {
  return (input: unknown): number | undefined =>
    typeof input === 'number' && Number.isInteger(input) && input >= min && input <= max ? input : undefined
}

function orNull<Value>(read: (input: unknown) => Value | undefined) {
  return (input: unknown): Value | null | undefined => (input === null ? null : read(input))
}

const isObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === 'object' && input !== null && !Array.isArray(input)

const isSettingName = (name: string): name is keyof ProjectSettings => Object.hasOwn(readers, name)
