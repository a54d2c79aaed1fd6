import { type PhoneNumber as Parsed, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { asDialledToday, oneBeginning, onePhone, type Region } from './numbering-plan.ts'
import { asciiDigits, trimTyped, withoutSpacing } from './typed-text.ts'

/*
 * Phone numbers as people write them. Whatever is written, one phone is one address: caps, locks, lists and accounts are
 * kept by it (S1, V4).
 */

/** A phone number in E.164, as `parsePhoneNumber` makes it. */
export type PhoneNumber = string & { readonly brand: 'PhoneNumber' }

const spellingLengthMax = 200
const digitsMax = 32
/** What most people type, read without a look at all of Unicode. */
const plainSpelling = /^ *\+?[0-9 ().\-/]+$/
const canonicalSpelling = /^\+[1-9][0-9]{4,14}$/

// Every dash, bracket, dot and slash that stands between the digits of a number somewhere, and the lengthened vowel of
// Japanese that is typed for a dash. None of them could begin a second number.
const punctuation =
  /[\p{Pd}\p{Ps}\p{Pe}./~\u00b7\u02d7\u2022\u2024\u2027\u2043\u2044\u2053\u2212\u2215\u2219\u223c\u3002\u30fb\u30fc\uff0e\uff0f\uff5e\uff61\uff65]/gu
const plusSigns = /[\u207a\u2795\ufb29\ufe62\uff0b]/g

/**
 * Reads a phone number as E.164. `countryCode` (`+91` or `91`) goes before `region`; a number that begins with `+` or is
 * written with `00` needs neither. Null when it is not possible: the contracts ask for possible numbers, not for assigned ones.
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
  // The prefix of a call abroad in most of the world, also where the region has another.
  return asWritten ?? (digits.startsWith('00') ? readInternational(`+${digits.slice(2)}`) : null)
}

/** Whether a text without `+` could be a number of some country: `parsePhoneNumber` says of which. */
export function isNationalSpelling(text: string): boolean {
  const digits = readDigits(text)
  return digits !== null && !digits.startsWith('+')
}

/** The digits of a calling code, written as `+1`, `1`, `+225` or `00225`; null for anything else. */
export function parseCallingCode(text: string): string | null {
  const digits = readDigits(text)
  return digits === null ? null : (/^(?:\+|00)?([1-9][0-9]{0,2})$/.exec(digits)?.[1] ?? null)
}

/** The beginning of numbers, such as `+22507`, as the numbers that it is compared with begin; null for anything else. */
export function parsePhoneBeginning(text: string): string | null {
  const digits = readDigits(text)
  return digits !== null && /^\+[1-9][0-9]{0,14}$/.test(digits) ? oneBeginning(digits) : null
}

/** The country a phone number belongs to, or null when the calling code is shared by all of the world. */
export const regionOf = (phone: PhoneNumber): Region | null =>
  parsePhoneNumberFromString(phone)?.country ?? null

/**
 * The digits of a number, behind `+` where there is one. Null for anything else: letters would be read as a keypad
 * ("1-800-CODES") and `;ext=` as an extension, which receive no codes, and behind a line end or a comma could stand another
 * recipient (S8).
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
 * Length alone decides: `parse` also accepts numbers that no plan has assigned yet, as the documents' examples are. But what
 * it makes of a number must mean that very number: of `+254 00712…` it makes `+2540712…`, which it and many a carrier read
 * as `+254712…`, and one person would have two addresses (S1, V4).
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

/** The number of `+255 255712345678`, whose digits are too many for one of the country. */
function readRepeated({ countryCallingCode, nationalNumber }: Parsed): PhoneNumber | null {
  return nationalNumber.startsWith(countryCallingCode) ? readInternational(`+${nationalNumber}`) : null
}

/**
 * A national number beside a calling code, perhaps with that code before it: `919175113022` beside `+91`. Not where the digits
 * are assigned as they stand: mobiles of India begin with `91` themselves.
 */
function readBeside(calling: string, digits: string): PhoneNumber | null {
  const asWritten = readInternational(`+${calling}${digits}`)
  if (!digits.startsWith(calling) || isAssigned(asWritten)) return asWritten
  const inner = readInternational(`+${digits}`)
  return asWritten === null || isAssigned(inner) ? inner : asWritten
}

const isAssigned = (number: PhoneNumber | null): boolean =>
  number !== null && parsePhoneNumberFromString(number)?.isValid() === true
