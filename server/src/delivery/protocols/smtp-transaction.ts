import { type CarrierAnswer, refuse } from '../carrier.ts'
import type { SmtpExtensions } from './smtp-handshake.ts'
import { classifyReply, type SmtpStage } from './smtp-replies.ts'
import type { SmtpReply, SmtpSocket } from './smtp-socket.ts'

/** A mail, as its bytes stand before dots are doubled; they end with a line end. */
export type Mail = { messageId: string; from: string; to: string; bytes: Buffer }

export type Transmission = {
  answer: CarrierAnswer
  /** The connection ended before any part of the message was sent. */
  isStale: boolean
  /** The server still knows a sender, so the next mail begins with RSET. */
  needsReset: boolean
}

type Command = { stage: SmtpStage; line: string; code: number }

/**
 * Sends one mail to one recipient. Where the server takes commands in groups (RFC 2920), those before the text go out in one
 * write: two waits for a mail instead of four. Before the server asks for the text, the mail cannot have been sent.
 */
export async function transmit({
  socket,
  extensions,
  mail,
  needsReset,
}: {
  socket: SmtpSocket
  extensions: SmtpExtensions
  mail: Mail
  needsReset: boolean
}): Promise<Transmission> {
  const unfit = whyUnfit(mail, extensions)
  if (unfit !== null) return { answer: refuse('for-good', unfit), isStale: false, needsReset }

  const commands = commandsOf(mail, { extensions, needsReset })
  const replies = extensions.has('PIPELINING')
    ? await socket.exchange(linesOf(commands), commands.length)
    : await askInTurn(socket, commands)
  const at = commands.findIndex(({ code }, index) => !isRight(replies[index], code))
  if (at === -1) return sendText(socket, mail)

  const reply = replies[at]
  const { stage = 'sender' } = commands[at] ?? {}
  const isStale = reply === undefined || reply.code === 421
  if (isStale) socket.cut('The mail server ends the connection.')
  // It asks for a text all the same: an empty one to nobody ends that (RFC 2920 section 3.1).
  else if (replies[commands.length - 1]?.code === 354) await socket.exchange('.\r\n', 1)
  return { answer: refusalOf(stage, reply, socket), isStale, needsReset: true }
}

/** The text, and what has become of it. */
async function sendText(socket: SmtpSocket, { messageId, bytes }: Mail): Promise<Transmission> {
  const [reply] = await socket.exchange(stuffDots(bytes), 1)
  if (reply === undefined)
    return { answer: { kind: 'unknown', detail: detailOf(socket) }, isStale: false, needsReset: true }
  if (reply.code === 421) socket.cut('The mail server ends the connection.')
  // The Message-ID, because bounces do not contain the server's own id.
  if (reply.code >= 200 && reply.code < 300)
    return {
      answer: { kind: 'accepted', carrierMessageId: messageId },
      isStale: false,
      needsReset: false,
    }
  return { answer: refusalOf('text', reply, socket), isStale: false, needsReset: true }
}

/** Why a mail is not even offered to this server. */
function whyUnfit({ from, to, bytes }: Mail, extensions: SmtpExtensions): string | null {
  if (hasLetters(from + to) && !extensions.has('SMTPUTF8'))
    return 'The mail server takes no address with letters beyond ASCII (SMTPUTF8).'
  const sizeMax = Number(/^\d+/.exec(extensions.get('SIZE') ?? '')?.[0] ?? 0)
  return sizeMax > 0 && bytes.length > sizeMax ? `The mail server takes mails up to ${sizeMax} bytes.` : null
}

/** Such an address may only be said to a server that offers SMTPUTF8 (RFC 6531 section 3.2). */
const hasLetters = (text: string): boolean => /[^\x20-\x7e]/.test(text)

function commandsOf(
  { from, to, bytes }: Mail,
  { extensions, needsReset }: { extensions: SmtpExtensions; needsReset: boolean },
): Command[] {
  const size = extensions.has('SIZE') ? ` SIZE=${bytes.length}` : ''
  // The text itself is ASCII, and the letters stand in its headers.
  const letters = hasLetters(from + to) ? ' BODY=8BITMIME SMTPUTF8' : ''
  const commands: Command[] = [
    { stage: 'sender', line: `MAIL FROM:<${from}>${size}${letters}`, code: 200 },
    { stage: 'recipient', line: `RCPT TO:<${to}>`, code: 200 },
    { stage: 'text', line: 'DATA', code: 300 },
  ]
  return needsReset ? [{ stage: 'sender', line: 'RSET', code: 200 }, ...commands] : commands
}

const linesOf = (commands: Command[]): string => commands.map(({ line }) => `${line}\r\n`).join('')

/** One after the other, up to the first that is refused. */
async function askInTurn(socket: SmtpSocket, commands: Command[]): Promise<SmtpReply[]> {
  const replies: SmtpReply[] = []
  for (const { line, code } of commands) {
    const [reply] = await socket.exchange(`${line}\r\n`, 1)
    if (reply !== undefined) replies.push(reply)
    if (!isRight(reply, code)) break
  }
  return replies
}

const isRight = (reply: SmtpReply | undefined, code: number): boolean =>
  reply !== undefined && reply.code >= code && reply.code < code + 100

const refusalOf = (stage: SmtpStage, reply: SmtpReply | undefined, socket: SmtpSocket): CarrierAnswer =>
  reply === undefined
    ? refuse('for-now', detailOf(socket))
    : refuse(classifyReply(stage, reply.text), reply.text)

const detailOf = (socket: SmtpSocket): string => socket.failure()?.message ?? 'no answer in time'

const textEnd = Buffer.from('.\r\n')

/** A line that begins with a dot gets another; a dot alone ends the text (RFC 5321 section 4.5.2). */
function stuffDots(bytes: Buffer): Buffer {
  if (!bytes.includes('\n.')) return Buffer.concat([bytes, textEnd])
  return Buffer.from(`${bytes.toString('latin1').replaceAll('\n.', '\n..')}.\r\n`, 'latin1')
}
