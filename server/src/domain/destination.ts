import { getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { PhoneNumber, Region } from './address.ts'
import { oneBeginning } from './numbering-plan.ts'

/** What the numbering plans of the world say of a phone number. */
export type PhoneDestination = {
  /** Null where a calling code is shared and the number belongs to no country's plan in particular. */
  country: Region | null
  /** Without `+`. */
  callingCode: string
  /** The calling code and three digits: an area or a carrier's range, and what numbers are pumped by. */
  prefix: string
  isPremiumRate: boolean
}

const prefixDigits = 3

/** Reads the destination of a number that `parsePhoneNumber` has made. */
export function describePhone(phone: PhoneNumber): PhoneDestination {
  const parsed = parsePhoneNumberFromString(phone)
  const callingCode = parsed?.countryCallingCode ?? phone.slice(1, 2)
  return {
    country: parsed?.country ?? null,
    callingCode,
    prefix: phone.slice(0, 1 + callingCode.length + prefixDigits),
    isPremiumRate: parsed?.getType() === 'PREMIUM_RATE',
  }
}

/** The prefix that sends to an address are counted by; null for an e-mail address. */
export const prefixOf = (address: string): string | null =>
  address.startsWith('+') ? describePhone(address as PhoneNumber).prefix : null

/**
 * Whether a number lies in one of the countries. One that no plan has assigned, as those of examples are, lies in every
 * country of its calling code.
 */
export function liesIn({ country, callingCode }: PhoneDestination, countries: readonly Region[]): boolean {
  if (country !== null) return countries.includes(country)
  return countries.some((listed) => getCountryCallingCode(listed) === callingCode)
}

/** Whether a number or its country is what a destination names. */
export const isFor = (destination: string, to: string, region: Region | null): boolean =>
  destination.startsWith('+') ? to.startsWith(oneBeginning(destination)) : destination === region
