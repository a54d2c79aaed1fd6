import addressparser from 'nodemailer/lib/addressparser'
import { parseEmailAddress } from '../../domain/address.ts'
import { type OutgoingMessage, toOneLine } from '../carrier.ts'

/** The sender of mail. */
export type Sender = { name: string; address: string }

/** Parses one address, with or without a name. Anything else stops the start. */
export function parseSender(from: string): Sender {
  const [sender, ...others] = addressparser(toOneLine(from), { flatten: true })
  const address = parseEmailAddress(sender?.address)
  if (sender === undefined || address === null || others.length > 0)
    throw new Error('MAIL_FROM must be one address, such as "Example <codes@example.com>"')
  return { name: sender.name, address: sender.address }
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

/** An encoded word holds 75 characters at most, and no letter may be split. */
function encodeWords(text: string): string {
  const bytesMax = 45
  const chunks: string[] = ['']
  for (const letter of text.toWellFormed()) {
    const last = chunks.length - 1
    if (Buffer.byteLength(`${chunks[last]}${letter}`) > bytesMax) chunks.push(letter)
    else chunks[last] += letter
  }
  return chunks.map((chunk) => `=?UTF-8?B?${Buffer.from(chunk).toString('base64')}?=`).join(' ')
}
