import { type EmailAddress, parseEmailAddress } from './email-address.ts'
import type { Region } from './numbering-plan.ts'
import { type PhoneNumber, parsePhoneNumber } from './phone-number.ts'

export { type EmailAddress, mailboxOf, parseEmailAddress } from './email-address.ts'
export { isRegion, type Region } from './numbering-plan.ts'
export {
  isNationalSpelling,
  type PhoneNumber,
  parseCallingCode,
  parsePhoneNumber,
  regionOf,
} from './phone-number.ts'

/*
 * Addresses of both kinds. Each has a reader of its own, and everything that takes an address from somebody asks it.
 */

/** Where a code goes: a canonical e-mail address or an E.164 phone number. Made by their two parsers only. */
export type Address = EmailAddress | PhoneNumber

export const channels = ['email', 'sms', 'whatsapp', 'voice'] as const
export type Channel = (typeof channels)[number]

/** Reads an address of either kind; a number without a country as one of `region`. */
export const parseAddress = (
  input: unknown,
  { region = null }: { region?: Region | null } = {},
): Address | null => parseEmailAddress(input) ?? parsePhoneNumber(input, { region })

/** An address for logs: enough to recognise it beside the record, too little to use it. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return at > 0 ? `${address[0]}***${address.slice(at)}` : `${address.slice(0, 4)}***${address.slice(-2)}`
}
