import { parseEmailAddress } from '../../domain/address.ts'
import { type OutgoingMessage, toOneLine } from '../carrier.ts'

/** The sender of mail. */
export type Sender = { name: string; address: string }

/** A name, quoted (RFC 5322 section 3.2.4) or not, and an address in angle brackets. */
const namedAddress = /^(?:"((?:[^"\\]|\\.)*)"|([^<>",;:]*?)) *<([^<>]*)>$/

/** Parses one address, with or without a name. Anything else stops the start. */
export function parseSender(from: string): Sender {
  const text = toOneLine(from)
  const [, quoted, plain = '', inside] = namedAddress.exec(text) ?? []
  const address = inside ?? text
  if (parseEmailAddress(address) === null)
    throw new Error('MAIL_FROM must be one address, such as "Example <codes@example.com>"')
  return { name: quoted?.replace(/\\(.)/g, '$1') ?? plain, address }
}

/** A sender for a `From` header: a quoted name (RFC 5322), or encoded words for other letters (RFC 2047). */
export function formatSender({ name, address }: Sender): string {
  if (name === '') return address
  const shown = /^[\x20-\x7e]*$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodeWords(name)
  return `${shown} <${address}>`
}

/** On every mail of ours: no vacation notice may answer it (RFC 3834; the second is for Exchange). */
export const mailHeaders = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' } as const

/** One line, and never empty, because providers refuse an empty subject. */
export const subjectOf = ({ subject, text }: Pick<OutgoingMessage, 'subject' | 'text'>): string =>
  toOneLine(subject ?? '') || toOneLine(text).slice(0, 100) || '-'

/** A line with an encoded word has 76 characters at most, with the header's name in front, and no letter may be split. */
export function encodeWords(text: string): string {
  const bytesMax = 39
  const chunks: string[] = ['']
  for (const letter of text.toWellFormed()) {
    const last = chunks.length - 1
    if (Buffer.byteLength(`${chunks[last]}${letter}`) > bytesMax) chunks.push(letter)
    else chunks[last] += letter
  }
  return chunks.map((chunk) => `=?UTF-8?B?${Buffer.from(chunk).toString('base64')}?=`).join(' ')
}
