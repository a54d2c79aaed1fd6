import { parseDomain, parseEmailAddress } from './email-address.ts'
import { liesInNetwork, parseNetwork } from './network.ts'
import { oneBeginning } from './numbering-plan.ts'
import { parsePhoneBeginning } from './phone-number.ts'
import { trimTyped } from './typed-text.ts'

/*
 * An operator's lists of addresses and callers. One list holds entries of four kinds, which differ in how they are
 * written: `ada@example.com`, the beginning of phone numbers `+22507` (or a whole number), the network `192.0.2.0/24`,
 * and the domain `example.com` with all its subdomains.
 */

const domainLengthMax = 253
const spellingLengthMax = 400

/** The canonical form of an entry, or null for text that is not one of the four kinds. */
export function parseListEntry(input: unknown): string | null {
  if (typeof input !== 'string' || input.length > spellingLengthMax) return null
  const addressed = parseEmailAddress(input) ?? parsePhoneBeginning(input)
  if (addressed !== null) return addressed
  const text = trimTyped(input).normalize('NFC').toLowerCase()
  if (parseNetwork(text) !== null) return text
  // Digits and dots that are not a network would otherwise be accepted as a domain that cannot exist.
  return text.length > domainLengthMax || /^[0-9.]+$/.test(text) ? null : parseDomain(text)
}

/** Looks up addresses and callers in a list. */
export type AddressList = {
  hasAddress(address: string): boolean
  /** `network` is an IPv4 address or a /64 of IPv6, as callers are counted. */
  hasNetwork(network: string): boolean
}

/** Makes a list of entries that `parseListEntry` returned. */
export function createAddressList(entries: readonly string[]): AddressList {
  if (entries.length === 0) return emptyList
  // Entries that were stored before each phone had one number still match the phones they were written for.
  const names = new Set(entries.map(oneBeginning))
  const networks = entries.flatMap((entry) => parseNetwork(entry) ?? [])
  return {
    hasAddress: (address) =>
      address.startsWith('+') ? hasBeginning(names, address) : hasMail(names, address),
    hasNetwork(network) {
      const caller = parseNetwork(network)
      return caller !== null && networks.some((listed) => liesInNetwork(caller, listed))
    },
  }
}

const emptyList: AddressList = { hasAddress: () => false, hasNetwork: () => false }

function hasBeginning(names: ReadonlySet<string>, phone: string): boolean {
  for (let length = phone.length; length > 1; length -= 1) {
    if (names.has(phone.slice(0, length))) return true
  }
  return false
}

const hasMail = (names: ReadonlySet<string>, email: string): boolean =>
  names.has(email) || hasDomain(names, email.slice(email.lastIndexOf('@') + 1))

/** Whether a set has a domain or one of its parent domains. */
export function hasDomain(names: ReadonlySet<string>, domain: string): boolean {
  for (let rest = domain; rest !== ''; rest = rest.slice(rest.indexOf('.') + 1)) {
    if (names.has(rest)) return true
    if (!rest.includes('.')) return false
  }
  return false
}
