import type { RefusalReason } from '../carrier.ts'
import type { SmtpReply } from './smtp-socket.ts'

/*
 * What the refusals of a mail server are about (RFC 5321 section 4.3.2, RFC 3463): this recipient, the server's day, or us.
 * Many servers keep every refusal back until RCPT TO, so an answer to that command may be about the client, its name or
 * the sender. Words are only read where the server itself has put them, for what it quotes is written by strangers.
 */

/** The command that was refused. `connect`: the connection, the greeting, EHLO or STARTTLS. */
export type SmtpStage = 'connect' | 'login' | 'sender' | 'recipient' | 'text'

/** A reply that refuses, and the command that it answers. */
export class SmtpRefusal extends Error {
  readonly stage: SmtpStage
  readonly reply: SmtpReply

  constructor(stage: SmtpStage, reply: SmtpReply) {
    super(stage === 'login' ? `Invalid login: ${reply.text}` : reply.text)
    this.stage = stage
    this.reply = reply
  }
}

/** Codes about our login, at whatever command (RFC 4954 section 6). */
const loginCodes = new Set([530, 534, 535, 538])
/** The server's words at the front, behind the address that they are about. */
const front = '^\\d{3}[ -](?:\\d\\.\\d+\\.\\d+ )?(?:<[^<>]*>(?::|\\.\\.\\.) )?(?:SMTP; )?'
const aboutClient = new RegExp(`${front}(?:client host|helo command|sender address) rejected`, 'i')
const noRelay = new RegExp(
  `${front}(?:relay(?:ing)? (?:access )?denied|relay(?:ing)? not (?:permitted|allowed)|unable to relay|sorry, that domain isn't in my list)`,
  'i',
)

/** Classifies a reply that refuses. */
export function classifyReply(stage: SmtpStage, response: string): RefusalReason {
  const code = Number(/^\d{3}/.exec(response)?.[0])
  const [, enhanced = ''] = /^\d{3}[ -]([45]\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? []
  const isPermanent = code >= 500
  const aboutUs = isPermanent ? 'account' : 'for-now'
  // The connection is being closed: whatever was said last, the server has no time.
  if (code === 421) return 'for-now'
  if (stage === 'connect' || stage === 'login' || stage === 'sender') return aboutUs
  if (loginCodes.has(code) || isAboutUs(enhanced)) return aboutUs
  const words = response.replaceAll(/\s*\r?\n\d{3}[ -]/g, ' ')
  if (stage === 'recipient' && (aboutClient.test(words) || noRelay.test(words))) return aboutUs
  if (isPermanent) return 'for-good'

  // x.3: the mail system, at its disk or its load.
  if (stage === 'recipient') return enhanced.startsWith('4.3.') ? 'for-now' : 'recipient-for-now'
  return /^4\.[12]\./.test(enhanced) ? 'recipient-for-now' : 'for-now'
}

/**
 * x.1.7 and x.1.8: the sender's address. x.7.8 to x.7.11: the login. x.7.20 to x.7.29: signature, SPF and reverse DNS of the
 * sender (RFC 7372).
 */
const isAboutUs = (enhanced: string): boolean => /^[45]\.(1\.[78]|7\.(8|9|10|11|2[0-9]))$/.test(enhanced)
