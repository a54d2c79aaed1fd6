import { SmtpRefusal, type SmtpStage } from './smtp-replies.ts'
import { type SmtpCredentials, logIn } from './smtp-login.ts'
import type { SmtpReply, SmtpSocket } from './smtp-socket.ts'

/** What a server offers (RFC 5321 section 4.1.1.1), in capitals, each with its parameters. */
export type SmtpExtensions = ReadonlyMap<string, string>

export type HandshakeParts = {
  /** If false, a server without STARTTLS is refused. */
  allowsPlainText: boolean
  credentials: SmtpCredentials | null
  /** Who we say we are. */
  ehloName: string
}

/** From the greeting to the login. Rejects with a `SmtpRefusal`, or with what has ended the connection. */
export async function shakeHands(
  socket: SmtpSocket,
  { allowsPlainText, credentials, ehloName }: HandshakeParts,
): Promise<SmtpExtensions> {
  await ask(socket, '', 'connect')
  let extensions = await introduce(socket, ehloName)
  if (!socket.isEncrypted() && (extensions.has('STARTTLS') || !allowsPlainText)) {
    if (!extensions.has('STARTTLS')) throw new Error('The mail server does not offer STARTTLS.')
    if (await turnToTls(socket, allowsPlainText)) extensions = await introduce(socket, ehloName)
  }
  if (credentials !== null)
    await logIn((line) => ask(socket, `${line}\r\n`, 'login'), {
      credentials,
      offered: (extensions.get('AUTH') ?? '').toUpperCase().split(/\s+/),
    })
  return extensions
}

/** EHLO, or HELO for a server that knows no extensions (section 3.2). */
async function introduce(socket: SmtpSocket, name: string): Promise<SmtpExtensions> {
  try {
    return parseExtensions(await ask(socket, `EHLO ${name}\r\n`, 'connect'))
  } catch (error) {
    if (!(error instanceof SmtpRefusal) || error.reply.code < 500) throw error
    await ask(socket, `HELO ${name}\r\n`, 'connect')
    return new Map()
  }
}

/** Whether the connection is encrypted now. What was learned before is forgotten then (RFC 3207 section 4.2). */
async function turnToTls(socket: SmtpSocket, allowsPlainText: boolean): Promise<boolean> {
  try {
    await ask(socket, 'STARTTLS\r\n', 'connect')
  } catch (error) {
    if (allowsPlainText && error instanceof SmtpRefusal) return false
    throw error
  }
  await socket.startTls()
  return true
}

/** The first line is the server's name. Some servers write `AUTH=PLAIN` as well. */
function parseExtensions({ text }: SmtpReply): SmtpExtensions {
  const extensions = new Map<string, string>()
  for (const line of text.split('\n').slice(1)) {
    const [, name = '', parameters = ''] = /^([A-Za-z0-9-]+)[ =]?(.*)$/.exec(line.slice(4)) ?? []
    const keyword = name.toUpperCase()
    extensions.set(keyword, `${extensions.get(keyword) ?? ''} ${parameters}`.trim())
  }
  return extensions
}

/** One command and its reply. 334 asks for more of the login. */
async function ask(socket: SmtpSocket, bytes: string, stage: SmtpStage): Promise<SmtpReply> {
  const [reply] = await socket.exchange(bytes, 1)
  if (reply === undefined) throw socket.failure() ?? new Error('The mail server did not answer.')
  if (reply.code >= 400 || (stage === 'connect' && reply.code >= 300)) throw new SmtpRefusal(stage, reply)
  return reply
}
