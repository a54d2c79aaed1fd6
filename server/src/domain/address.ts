import { domainToASCII } from 'node:url'
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** Where a code goes: a canonical e-mail address or an E.164 phone number. Made by the two parsers below only. */
export type Address = EmailAddress | PhoneNumber
export type EmailAddress = string & { readonly brand: 'EmailAddress' }
export type PhoneNumber = string & { readonly brand: 'PhoneNumber' }

/** An ISO 3166 country that the numbering plans know, such as `CI` or `TZ`. */
export type Region = CountryCode

export const channels = ['email', 'sms', 'whatsapp', 'voice'] as const
export type Channel = (typeof channels)[number]

const emailLengthMax = 254
const phoneSpellingLengthMax = 32
// Letters would be read as a keypad ("1-800-CODES"), and `;ext=` as an extension: neither can receive a code.
const phoneSpelling = /^\+?[0-9 ().\-/]+$/

// One scalar addr-spec of RFC 5321 section 4.1.2 without quoted local parts: no display name, list or control
// character can be spelled with it, which is what keeps a second recipient out of a mail header (S8).
const localPart = /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainLabel = /^(?!-)[\p{L}\p{N}-]{1,63}(?<!-)$/u

/**
 * Trims, normalises (NFC) and lower-cases an e-mail address, and writes its domain as `parseDomain` does; null for anything
 * that is not exactly one.
 */
export function parseEmailAddress(input: unknown): EmailAddress | null {
  if (typeof input !== 'string') return null
  const text = input.trim().normalize('NFC').toLowerCase()
  if (text.length > emailLengthMax || !text.isWellFormed()) return null

  const at = text.lastIndexOf('@')
  const local = text.slice(0, at)
  if (at < 1 || local.length > 64 || !localPart.test(local)) return null
  const domain = parseDomain(text.slice(at + 1))
  if (domain === null || at + 1 + domain.length > emailLengthMax) return null
  return `${local}@${domain}` as EmailAddress
}

/**
 * A domain of at least two labels as name servers know it (UTS 46, `münchen.de` is `xn--mnchen-3ya.de`), from one in NFC and
 * lower case; null for anything else. Mail systems read `ｅxample.com` in full width as `example.com`: kept as it is written,
 * every such spelling would be an address of its own, with caps, a lock and a place beside every list of its own (S1, V4).
 */
export function parseDomain(text: string): string | null {
  if (!isDomain(text)) return null
  const isPlain = /^[a-z0-9.-]*$/.test(text) && !text.includes('xn--')
  if (isPlain) return text
  const domain = domainToASCII(text)
  return isDomain(domain) ? domain : null
}

function isDomain(text: string): boolean {
  const labels = text.split('.')
  return labels.length > 1 && labels.every((label) => domainLabel.test(label))
}

/**
 * Reads a phone number as E.164. `countryCode` (`+91` or `91`) goes before `region`; a number that begins with `+`
 * needs neither. Null when it is not possible: the contracts ask for possible numbers, not for assigned ones.
 */
export function parsePhoneNumber(
  input: unknown,
  { countryCode = null, region = null }: { countryCode?: string | null; region?: Region | null } = {},
): PhoneNumber | null {
  if (typeof input !== 'string' || input.length > phoneSpellingLengthMax) return null
  const text = asciiDigits(input).trim()
  if (!phoneSpelling.test(text)) return null

  if (text.startsWith('+')) return possible(text, null)
  if (countryCode !== null) {
    const calling = asciiDigits(countryCode).trim().replace(/^\+/, '')
    return /^[0-9]{1,3}$/.test(calling) ? possible(`+${calling}${text}`, null) : null
  }
  return region === null ? null : possible(text, region)
}

/** Whether a text without `+` could be a number of some country: `parsePhoneNumber` says of which. */
export function isNationalSpelling(text: string): boolean {
  if (text.length > phoneSpellingLengthMax) return false
  const spelling = asciiDigits(text).trim()
  return phoneSpelling.test(spelling) && /^[^+].*[0-9]/.test(spelling)
}

/** True for a two-letter country that has a numbering plan. */
export const isRegion = (text: string): text is Region => isSupportedCountry(text)

/** The country a phone number belongs to, or null when the calling code is shared by all of the world. */
export const regionOf = (phone: PhoneNumber): Region | null =>
  parsePhoneNumberFromString(phone)?.country ?? null

/** Eastern Arabic, Persian and full-width digits as the ASCII digits that they stand for. */
export function asciiDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06F0-\u06F9\uFF10-\uFF19\uFF0B]/g, (digit) =>
    digit === '\uFF0B' ? '+' : String((digit.charCodeAt(0) - digitZero(digit.charCodeAt(0))) % 10),
  )
}

const digitZero = (unit: number): number => (unit >= 0xff10 ? 0xff10 : unit >= 0x06f0 ? 0x06f0 : 0x0660)

/** An address for logs: enough to recognise it beside the record, too little to use it. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return at > 0 ? `${address[0]}***${address.slice(at)}` : `${address.slice(0, 4)}***${address.slice(-2)}`
}

/**
 * Length alone decides: `parse` also accepts numbers that no plan has assigned yet, as the documents' examples are. But what
 * it makes of a number must mean that very number: of `+254 00712…` it makes `+2540712…`, which it and many a carrier read
 * as `+254712…`, and one person would have two addresses (S1, V4).
 */
function possible(text: string, region: Region | null): PhoneNumber | null {
  const parsed = parsePhoneNumberFromString(text, region ?? undefined)
  if (!parsed?.isPossible()) return null
  const number: string = parsed.number
  const isStable = number === text || parsePhoneNumberFromString(number)?.number === number
  return isStable ? (number as PhoneNumber) : null
}
