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
 * Addresses of both kinds. Each kind has its own parser, and all input that is an address goes through it.
 */

/** Where a code goes: a canonical e-mail address or an E.164 phone number. Only their two parsers make one. */
export type Address = EmailAddress | PhoneNumber

export const channels = ['email', 'sms', 'whatsapp', 'voice'] as const
export type Channel = (typeof channels)[number]

/** Parses an address of either kind. A number without a country code is taken as one of `region`. */
export const parseAddress = (
  input: unknown,
  { region = null }: { region?: Region | null } = {},
): Address | null => parseEmailAddress(input) ?? parsePhoneNumber(input, { region })

/** An address for logs: enough to recognise it next to the record, not enough to use it. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return at > 0 ? `${address[0]}***${address.slice(at)}` : `${address.slice(0, 4)}***${address.slice(-2)}`
}
