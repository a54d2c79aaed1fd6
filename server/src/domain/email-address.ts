import { domainToASCII } from 'node:url'
import { trimTyped } from './typed-text.ts'

/*
 * E-mail addresses as people write them, in every script.
 */

/** A canonical e-mail address, as `parseEmailAddress` returns it. */
export type EmailAddress = string & { readonly brand: 'EmailAddress' }

const spellingLengthMax = 400
/** In bytes of UTF-8, as mail servers count (RFC 5321 section 4.5.3.1, RFC 6531 section 3.3). */
const emailBytesMax = 254
const localBytesMax = 64

// The characters of an unquoted local part (RFC 5321 section 4.1.2, RFC 6532) without `%` and `!`: old mail servers read
// `victim%other.example@relay.example` as a route to another mailbox, and each such spelling would be a separate address (S1).
// The pattern allows no display name, list or control character, so no second recipient can get into a mail header (S8).
// Dots may be anywhere: Japanese carriers once assigned such addresses, and `mailboxOf` quotes them.
const localPart = /^(?=\.*[^.])(?!\p{M})[\p{L}\p{N}\p{M}#$&'*+/=?^_`{|}~.-]+$/u
const domainLabel = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

const plainSpelling =
  /^\.*[a-z0-9#$&'*+/=?^_`{|}~-][a-z0-9#$&'*+/=?^_`{|}~.-]*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Trims, normalises (NFC) and lower-cases an e-mail address and makes its domain canonical (`parseDomain`); null for
 * anything that is not exactly one address.
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

/** Whether a text is canonical plain ASCII, as most addresses are. This costs a fraction of parsing it. */
const isCanonical = (text: string): text is EmailAddress =>
  text.length <= emailBytesMax &&
  text.indexOf('@') <= localBytesMax &&
  plainSpelling.test(text) &&
  !text.includes('xn--')

/**
 * A domain of at least two labels as name servers know it (UTS 46, `münchen.de` is `xn--mnchen-3ya.de`); null for anything
 * else. Mail systems read the full-width `ｅxample.com` as `example.com`. If such spellings were kept, each would be a separate
 * address with its own caps and lock, and would evade every list (S1, V4).
 */
export function parseDomain(text: string): string | null {
  if (/^[a-z0-9.-]*$/.test(text) && !text.includes('xn--')) return isDomain(text) ? text : null
  // Letters and marks of any script, and the separators between them, including East Asian full stops. `domainToASCII` would
  // drop other characters (a soft hyphen) or read them as the end of a host.
  if (!/^[\p{L}\p{N}\p{M}\p{Join_Control}\u00b7\u30fb.\-\u3002\uff61]+$/u.test(text)) return null
  const domain = domainToASCII(text)
  // `domainToASCII` reads `1.２` as an IP address.
  return isDomain(domain) && !/^[0-9.]+$/.test(domain) ? domain : null
}

/**
 * An address as mail needs it: the local part is quoted where its dots require that (RFC 5321 section 4.1.2). The quotes are
 * not part of the address: `"a..b"@example.com` is `a..b@example.com`.
 */
export function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  return /^\.|\.\.|\.$/.test(local) ? `"${local}"${email.slice(at)}` : email
}

/**
 * Text copied from pages and chats contains direction marks and zero-width spaces, which no address has. East Asian keyboards
 * write full-width letters, digits and symbols by default.
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
