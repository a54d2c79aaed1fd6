import { getCountryCallingCode, type NumberType, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { PhoneNumber, Region } from './address.ts'
import { oneBeginning } from './numbering-plan.ts'

/** What the numbering plans say about a phone number. */
export type PhoneDestination = {
  /** Null where countries share a calling code and the number is not assigned to one of them. */
  country: Region | null
  /** Without `+`. */
  callingCode: string
  /** The calling code and three digits: an area or a carrier's range. Pumping is detected by it. */
  prefix: string
  tariff: Tariff
}

/**
 * Who is paid for a message or a call. `premium`: the owner of the number, by a rate of his own. `special`: often the owner as
 * well, such as with the British personal numbers (`+4470`), shared costs, pagers and voice mail, and with satellite and
 * global networks, where a minute costs dollars. Hardly anybody receives a code there.
 */
export type Tariff = 'ordinary' | 'special' | 'premium'

const tariffs: Partial<Record<NonNullable<NumberType>, Tariff>> = {
  PREMIUM_RATE: 'premium',
  PERSONAL_NUMBER: 'special',
  SHARED_COST: 'special',
  PAGER: 'special',
  VOICEMAIL: 'special',
  UAN: 'special',
}
/** Calling codes of no country: satellites, global networks and universal numbers. `+979` is a premium rate as a whole. */
const globalCallingCodes: Record<string, Tariff> = {
  808: 'special',
  870: 'special',
  878: 'special',
  881: 'special',
  882: 'special',
  883: 'special',
  979: 'premium',
}

const prefixDigits = 3

/** Describes the destination of a number that `parsePhoneNumber` returned. */
export function describePhone(phone: PhoneNumber): PhoneDestination {
  const parsed = parsePhoneNumberFromString(phone)
  const callingCode = parsed?.countryCallingCode ?? phone.slice(1, 2)
  return {
    country: parsed?.country ?? null,
    callingCode,
    prefix: phone.slice(0, 1 + callingCode.length + prefixDigits),
    tariff: tariffs[parsed?.getType() ?? 'MOBILE'] ?? globalCallingCodes[callingCode] ?? 'ordinary',
  }
}

/** The prefix under which sends to an address are counted; null for an e-mail address. */
export const prefixOf = (address: string): string | null =>
  address.startsWith('+') ? describePhone(address as PhoneNumber).prefix : null

/**
 * Whether a number lies in one of the countries. A number that no plan assigns, such as an example number, lies in every
 * country of its calling code.
 */
export function liesIn({ country, callingCode }: PhoneDestination, countries: readonly Region[]): boolean {
  if (country !== null) return countries.includes(country)
  return countries.some((listed) => getCountryCallingCode(listed) === callingCode)
}

/** Whether a destination matches a number or its country. */
export const isFor = (destination: string, to: string, region: Region | null): boolean =>
  destination.startsWith('+') ? to.startsWith(oneBeginning(destination)) : destination === region
