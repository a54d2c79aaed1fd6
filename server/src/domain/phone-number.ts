import { type PhoneNumber as Parsed, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { asDialledToday, oneBeginning, onePhone, type Region } from './numbering-plan.ts'
import { asciiDigits, trimTyped, withoutSpacing } from './typed-text.ts'

/*
 * Phone numbers as people write them. However it is written, one phone is one address: caps, locks, lists and accounts
 * depend on that (S1, V4).
 */

/** A phone number in E.164, as `parsePhoneNumber` returns it. */
export type PhoneNumber = string & { readonly brand: 'PhoneNumber' }

const spellingLengthMax = 200
const digitsMax = 32
/** What most people type, parsed without the Unicode tables. */
const plainSpelling = /^ *\+?[0-9 ().\-/]+$/
const canonicalSpelling = /^\+[1-9][0-9]{4,14}$/

// The dashes, brackets, dots and slashes that people write between the digits of a number, and the Japanese long vowel mark
// that is typed as a dash. None of them could begin a second number.
const punctuation =
  /[\p{Pd}\p{Ps}\p{Pe}./~\u00b7\u02d7\u2022\u2024\u2027\u2043\u2044\u2053\u2212\u2215\u2219\u223c\u3002\u30fb\u30fc\uff0e\uff0f\uff5e\uff61\uff65]/gu
const plusSigns = /[\u207a\u2795\ufb29\ufe62\uff0b]/g

/**
 * Parses a phone number to E.164. `countryCode` (`+91` or `91`) takes precedence over `region`; a number that begins with `+`
 * or `00` needs neither. Null if it is not possible: the contracts ask for possible numbers, not for assigned ones.
 */
export function parsePhoneNumber(
  input: unknown,
  { countryCode = null, region = null }: { countryCode?: string | null; region?: Region | null } = {},
): PhoneNumber | null {
  if (typeof input !== 'string') return null
  if (canonicalSpelling.test(input)) return readInternational(input)
  const digits = readDigits(input)
  if (digits === null) return null
  if (digits.startsWith('+')) return readInternational(digits)

  const calling = countryCode === null ? null : parseCallingCode(countryCode)
  if (countryCode !== null && calling === null) return null
  const asWritten = calling === null ? readNational(digits, region) : readBeside(calling, digits)
  // `00` is the international prefix in most of the world, so it is accepted even if the region has another.
  return asWritten ?? (digits.startsWith('00') ? readInternational(`+${digits.slice(2)}`) : null)
}

/** Whether a text without `+` could be a number of some country. */
export function isNationalSpelling(text: string): boolean {
  const digits = readDigits(text)
  return digits !== null && !digits.startsWith('+')
}

/** The digits of a calling code, written as `+1`, `1`, `+225` or `00225`; null for anything else. */
export function parseCallingCode(text: string): string | null {
  const digits = readDigits(text)
  return digits === null ? null : (/^(?:\+|00)?([1-9][0-9]{0,2})$/.exec(digits)?.[1] ?? null)
}

/** Parses the beginning of numbers, such as `+22507`, as `oneBeginning` writes it; null for anything else. */
export function parsePhoneBeginning(text: string): string | null {
  const digits = readDigits(text)
  return digits !== null && /^\+[1-9][0-9]{0,14}$/.test(digits) ? oneBeginning(digits) : null
}

/** The country of a phone number, or null if its calling code belongs to no country. */
export const regionOf = (phone: PhoneNumber): Region | null =>
  parsePhoneNumberFromString(phone)?.country ?? null

/**
 * The digits of a number, after `+` if there is one. Null for anything else: the library would read letters as a keypad
 * ("1-800-CODES") and `;ext=` as an extension, which cannot receive codes, and another recipient could follow a line end or
 * a comma (S8).
 */
function readDigits(input: string): string | null {
  if (input.length > spellingLengthMax) return null
  const digits = plainSpelling.test(input)
    ? input.replace(/[^+0-9]/g, '')
    : asciiDigits(withoutSpacing(trimTyped(input).replace(/^tel:/i, '')))
        .replace(plusSigns, '+')
        .replace(punctuation, '')
  return digits.length <= digitsMax && /^\+?[0-9]+$/.test(digits) ? digits : null
}

const readInternational = (digits: string): PhoneNumber | null => read(digits, null)

const readNational = (digits: string, region: Region | null): PhoneNumber | null =>
  region === null ? null : read(digits, region)

/**
 * Only the length decides, so numbers that no plan has assigned, such as the documents' examples, are accepted. The result must
 * parse to itself: the library turns `+254 00712…` into `+2540712…`, which it and many carriers read as `+254712…`. One person
 * would have two addresses (S1, V4).
 */
function read(written: string, region: Region | null): PhoneNumber | null {
  const digits = asDialledToday(written, region)
  const parsed = parsePhoneNumberFromString(digits, region ?? undefined)
  if (parsed === undefined) return null
  if (!parsed.isPossible()) return readRepeated(parsed)
  const number: string = parsed.number
  const isStable = number === digits || parsePhoneNumberFromString(number)?.number === number
  return isStable ? (onePhone(number) as PhoneNumber) : null
}

/** Parses `+255 255712345678`, which repeats the calling code. */
function readRepeated({ countryCallingCode, nationalNumber }: Parsed): PhoneNumber | null {
  return nationalNumber.startsWith(countryCallingCode) ? readInternational(`+${nationalNumber}`) : null
}

/**
 * A national number with a separate calling code, which the number may repeat: `919175113022` with `+91`. The digits are kept
 * if they are assigned as they are: some mobile numbers of India begin with `91`.
 */
function readBeside(calling: string, digits: string): PhoneNumber | null {
  const asWritten = readInternational(`+${calling}${digits}`)
  if (!digits.startsWith(calling) || isAssigned(asWritten)) return asWritten
  const inner = readInternational(`+${digits}`)
  return asWritten === null || isAssigned(inner) ? inner : asWritten
}

const isAssigned = (number: PhoneNumber | null): boolean =>
  number !== null && parsePhoneNumberFromString(number)?.isValid() === true
