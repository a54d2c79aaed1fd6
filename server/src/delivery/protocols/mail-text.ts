import { domainToASCII } from 'node:url'
import { mailboxOf } from '../../domain/address.ts'
import { type OutgoingMessage, toOneLine } from '../carrier.ts'
import { encodeWords, mailHeaders } from './mail-fields.ts'

/*
 * A mail as it is sent: headers (RFC 5322), and text and HTML as alternatives (RFC 2046), in ASCII (RFC 2045). Only an
 * address with letters beyond ASCII stands in its header as it is (RFC 6532).
 */

const lineLengthMax = 76

export type MailParts = Pick<OutgoingMessage, 'to' | 'subject' | 'text' | 'html'> & {
  /** As it stands in the header. */
  from: string
  messageId: string
  at: Date
}

/** Writes a mail; every line ends as lines of mail do. */
export function renderMail({ from, to, subject, text, html, messageId, at }: MailParts): Buffer {
  const headers = [
    `From: ${from}`,
    `To: <${mailboxOf(to)}>`,
    `Subject: ${encodeSubject(toOneLine(subject ?? ''))}`,
    `Message-ID: ${messageId}`,
    ...Object.entries(mailHeaders).map(([name, value]) => `${name}: ${value}`),
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
  ].map(fold)
  const plain = renderPart('text/plain', text)
  if (html === null) return Buffer.from(`${headers.join('\r\n')}\r\n${plain}`)

  // No line of a part begins like this, for what follows an equals sign there is a digit or the end of the line.
  const boundary = '=_watchword'
  const parts = [plain, renderPart('text/html', html)].map((part) => `--${boundary}\r\n${part}`)
  return Buffer.from(
    `${headers.join('\r\n')}\r\nContent-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n${parts.join('')}--${boundary}--\r\n`,
  )
}

/** An address with its domain as name servers know it. */
export function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1
  return `${address.slice(0, at)}${domainToASCII(address.slice(at)) || address.slice(at)}`
}

/** The headers of a part, and its body, whichever way of writing it is shorter. */
function renderPart(type: string, text: string): string {
  const lines = text.replace(/\r\n?/g, '\n')
  const whole = lines.endsWith('\n') ? lines : `${lines}\n`
  const bytes = Buffer.byteLength(whole)
  // A letter beyond ASCII takes three signs for each of its bytes, and everything takes four for three otherwise.
  const isLatin = (bytes - whole.length) * 3 < whole.length
  const encoding = isLatin ? 'quoted-printable' : 'base64'
  const body = isLatin ? quotePrintable(whole) : wrap(Buffer.from(whole.replaceAll('\n', '\r\n')))
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`
}

const wrap = (bytes: Buffer): string =>
  bytes.toString('base64').replace(new RegExp(`.{1,${lineLengthMax}}`, 'g'), '$&\r\n')

/** RFC 2045 section 6.7. */
function quotePrintable(text: string): string {
  const quoted = text
    .replaceAll('=', '=3D')
    .replace(/[^\n\t\x20-\x7e]+/g, quoteBytes)
    .replace(/[\t ]\n/g, (end) => `${quoteBytes(end.slice(0, 1))}\n`)
    // Some mail servers put another sign in front of it.
    .replace(/^From /gm, '=46rom ')
  let written = ''
  let from = 0
  for (let end = quoted.indexOf('\n'); end >= 0; end = quoted.indexOf('\n', from)) {
    while (end - from > lineLengthMax) {
      const cut = softEnd(quoted, from + lineLengthMax - 1)
      written += `${quoted.slice(from, cut)}=\r\n`
      from = cut
    }
    written += `${quoted.slice(from, end)}\r\n`
    from = end + 1
  }
  return written
}

/** A quoted byte is not split. */
function softEnd(quoted: string, end: number): number {
  if (quoted[end - 1] === '=') return end - 1
  return quoted[end - 2] === '=' ? end - 2 : end
}

function quoteBytes(text: string): string {
  let quoted = ''
  for (const byte of Buffer.from(text)) quoted += `=${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`
  return quoted
}

/** Encoded words for everything that is not plain, and for what would be read as one (RFC 2047). */
const encodeSubject = (subject: string): string =>
  /^[\x20-\x7e]*$/.test(subject) && !subject.includes('=?') ? subject : encodeWords(subject)

/** Breaks a long header at its spaces (RFC 5322 section 2.2.3), but not behind its name. */
function fold(header: string): string {
  if (header.length <= lineLengthMax) return header
  const [name = '', ...words] = header.split(' ')
  let line = `${name} ${words.shift() ?? ''}`
  let written = ''
  for (const word of words) {
    // Two spaces side by side stay in one line, for one of nothing else would end the headers.
    if (word !== '' && line.length + 1 + word.length > lineLengthMax) {
      written += `${line}\r\n`
      line = ` ${word}`
    } else line += ` ${word}`
  }
  return written + line
}
