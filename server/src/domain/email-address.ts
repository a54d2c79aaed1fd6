import { domainToASCII } from 'node:url'
import { trimTyped } from './typed-text.ts'

/*
 * E-mail addresses as people write them, in every script.
 */

/** A canonical e-mail address, as `parseEmailAddress` makes it. */
export type EmailAddress = string & { readonly brand: 'EmailAddress' }

const spellingLengthMax = 400
/** In bytes of UTF-8, as mail servers count (RFC 5321 section 4.5.3.1, RFC 6531 section 3.3). */
const emailBytesMax = 254
const localBytesMax = 64

// What a local part has without quotes (RFC 5321 section 4.1.2, RFC 6532), except for `%` and `!`: mail servers of old read
// `victim%other.example@relay.example` as a route to another mailbox, and each such spelling would be an address of its own (S1).
// No display name, list or control character can be spelled with it, which is what keeps a second recipient out of a mail
// header (S8). Dots may stand anywhere: Japanese carriers once gave out such addresses, and `mailboxOf` quotes them.
const localPart = /^(?=\.*[^.])(?!\p{M})[\p{L}\p{N}\p{M}#$&'*+/=?^_`{|}~.-]+$/u
const domainLabel = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

const plainSpelling =
  /^\.*[a-z0-9#$&'*+/=?^_`{|}~-][a-z0-9#$&'*+/=?^_`{|}~.-]*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Trims, normalises (NFC) and lower-cases an e-mail address, and writes its domain as `parseDomain` does; null for anything
 * that is not exactly one.
 */
export function parseEmailAddress(input: unknown): EmailAddress | null {
  if (typeof input !== 'string' || input.length > spellingLengthMax) return null
  if (isCanonical(input)) return input
  const text = readSpelling(input)
  if (!text.isWellFormed()) return null

  const at = text.lastIndexOf('@')
  if (at < 1) return null
  const local = text.slice(0, at).replace(/^"([^"\\]+)"$/, '$1')
  if (!localPart.test(local) || Buffer.byteLength(local) > localBytesMax) return null
  const domain = parseDomain(text.slice(at + 1))
  if (domain === null) return null
  const email = `${local}@${domain}`
  return Buffer.byteLength(email) > emailBytesMax ? null : (email as EmailAddress)
}

/** Whether a text is as most addresses are kept, in plain ASCII, which is told at a fraction of the cost of reading it. */
const isCanonical = (text: string): text is EmailAddress =>
  text.length <= emailBytesMax &&
  text.indexOf('@') <= localBytesMax &&
  plainSpelling.test(text) &&
  !text.includes('xn--')

/**
 * A domain of at least two labels as name servers know it (UTS 46, `münchen.de` is `xn--mnchen-3ya.de`); null for anything
 * else. Mail systems read `ｅxample.com` in full width as `example.com`: kept as it is written, every such spelling would be an
 * address of its own, with caps, a lock and a place beside every list of its own (S1, V4).
 */
export function parseDomain(text: string): string | null {
  if (/^[a-z0-9.-]*$/.test(text) && !text.includes('xn--')) return isDomain(text) ? text : null
  // Letters and marks of any script with the signs that stand between them, among those the full stops of East Asia. What is
  // left out, `domainToASCII` would pass over (a soft hyphen) or read as the end of a host.
  if (!/^[\p{L}\p{N}\p{M}\p{Join_Control}\u00b7\u30fb.\-\u3002\uff61]+$/u.test(text)) return null
  const domain = domainToASCII(text)
  // It reads `1.２` as the address of a host.
  return isDomain(domain) && !/^[0-9.]+$/.test(domain) ? domain : null
}

/**
 * An address as it stands in mail: its local part in quotes where the dots in it need them (RFC 5321 section 4.1.2). They are no
 * part of the address: `"a..b"@example.com` is `a..b@example.com`.
 */
export function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  return /^\.|\.\.|\.$/.test(local) ? `"${local}"${email.slice(at)}` : email
}

/**
 * Signs of writing direction and spaces without width come along from pages and chats, and no address has any. Full-width
 * letters, digits and signs are what an East Asian keyboard writes unless it is told otherwise.
 */
const readSpelling = (input: string): string =>
  trimTyped(input)
    .replace(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '')
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replaceAll('\ufe6b', '@')
    .replace(/[\u3002\uff61]/g, '.')
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFC')

function isDomain(text: string): boolean {
  const labels = text.split('.')
  return labels.length > 1 && labels.every((label) => domainLabel.test(label))
}
