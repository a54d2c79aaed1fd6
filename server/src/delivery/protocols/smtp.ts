import { isIP } from 'node:net'
import { mailboxOf, parseEmailAddress } from '../../domain/address.ts'
import {
  type Carrier,
  type CarrierAnswer,
  type CarrierParts,
  type OutgoingMessage,
  refuse,
} from '../carrier.ts'
import { createCarrier } from './create-carrier.ts'
import { createDkimSigner, type DkimKey, type SignMail } from './dkim.ts'
import { formatSender, parseSender, type Sender } from './mail-fields.ts'
import { asciiDomain, renderMail } from './mail-text.ts'
import {
  createSmtpConnections,
  type SmtpConnections,
  type SmtpLink,
  type SmtpServer,
} from './smtp-connections.ts'
import { classifyReply, SmtpRefusal } from './smtp-replies.ts'
import { type Mail, type Transmission, transmit } from './smtp-transaction.ts'

export type SmtpOptions = {
  /** `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte. */
  url: string
  /** The sender: `codes@example.com` or `Example <codes@example.com>`. */
  from: string
  /** By default only for this machine; anything else is reached over TLS with a valid certificate. */
  allowsPlainText?: boolean
  /** PEM of the authority that signed the server's certificate, if it is not a public one. */
  certificateAuthority?: string | null
  /** Signs every mail for the sender's domain. */
  dkim?: DkimKey | null
  /** Where bounces go, if not to the sender. */
  bounceAddress?: string | null
  /** What follows the id in a `Message-ID`, so that its bounce cannot be forged. Nothing by default. */
  messageTagOf?: ((id: string) => string) | undefined
  /** The maximum number of messages at a time, each on a connection of its own. */
  connectionsMax?: number
  /** Who we say we are in EHLO; the domain of the sender where it is not given. */
  ehloName?: string | null
  name?: string
  log?: CarrierParts['log']
}

/** Without a setting: few enough for every mail server. */
export const smtpConnections = 10

/** Sends mail through an SMTP server (RFC 5321). */
export function createSmtpCarrier({
  url,
  from,
  allowsPlainText,
  certificateAuthority = null,
  dkim = null,
  bounceAddress = null,
  messageTagOf,
  connectionsMax = smtpConnections,
  ehloName,
  name = 'smtp',
  log,
}: SmtpOptions): Carrier {
  const server = parseSmtpUrl(url, allowsPlainText)
  const sender = parseSender(from)
  const connections = createSmtpConnections({
    ...server,
    certificateAuthority,
    ehloName: ehloNameOf(from, ehloName),
  })
  if (dkim !== null && !isOfDomain(sender.address, dkim.domain))
    throw new Error(
      `The sender is not of ${dkim.domain}, so a DKIM signature of that domain says nothing for it`,
    )
  const address = asciiDomain(sender.address)
  const frame: MailFrame = {
    from: formatSender({ ...sender, address }),
    returnPath: asciiDomain(bounceAddress ?? sender.address),
    domain: domainOf({ ...sender, address }),
    sign: dkim === null ? null : createDkimSigner(dkim),
    messageTagOf,
  }

  return createCarrier({
    name,
    log,
    secrets: server.credentials === null ? [] : [server.credentials.pass],
    channels: ['email'],
    concurrencyMax: connectionsMax,
    async deliver(message, signal) {
      if (parseEmailAddress(message.to) !== message.to)
        return refuse('for-good', 'The address is not one address.')
      return send(await writeMail(message, frame), connections, signal)
    },
    async close() {
      connections.closeAll()
    },
  })
}

/** Sends over a connection that is open, or over a new one where the server has closed that meanwhile. */
async function send(mail: Mail, connections: SmtpConnections, signal: AbortSignal): Promise<CarrierAnswer> {
  for (;;) {
    let link: SmtpLink
    try {
      link = await connections.open(signal)
    } catch (error) {
      return refusalOf(error)
    }
    const wasUsed = link.messages > 0
    const { answer, isStale, needsReset } = await transmitInTime(link, { mail, signal })
    link.messages += 1
    if (answer.kind !== 'accepted') link.refusals += 1
    link.needsReset = needsReset
    connections.keep(link)
    if (!(wasUsed && isStale) || signal.aborted) return answer
  }
}

/** Ends the connection, and so the transmission, when the signal aborts. */
async function transmitInTime(
  link: SmtpLink,
  { mail, signal }: { mail: Mail; signal: AbortSignal },
): Promise<Transmission> {
  const abort = () => link.socket.cut('no answer in time')
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (signal.aborted) abort()
    return await transmit({ ...link, mail })
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Who we say we are: the name that is given, or the domain of the sender. A container has no name of its own. */
export const ehloNameOf = (from: string, name?: string | null): string => name ?? domainOf(parseSender(from))

const domainOf = ({ address }: Sender): string => address.slice(address.lastIndexOf('@') + 1)

/** DMARC (RFC 7489 section 3.1.1) accepts a signature of the sender's domain or of a parent domain. */
const isOfDomain = (address: string, domain: string): boolean =>
  new RegExp(`[@.]${domain.replaceAll('.', '\\.')}$`, 'i').test(address)

/** Reads where and how to connect. Errors repeat neither user nor password. */
export function parseSmtpUrl(
  text: string,
  allowsPlainText: boolean | undefined,
): Omit<SmtpServer, 'certificateAuthority' | 'ehloName' | 'credentials'> & {
  credentials: { user: string; pass: string } | null
} {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    throw new Error('SMTP_URL must look like smtp://user:password@mail.example.com:587 or smtps://…:465')

  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isSecure = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  return {
    host,
    port: url.port === '' ? (isSecure ? 465 : 587) : Number(url.port),
    isSecure,
    allowsPlainText: allowsPlainText ?? isLoopback(host),
    credentials: user === '' ? null : { user, pass: decodeURIComponent(url.password) },
  }
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** What is the same in every mail of a carrier. */
type MailFrame = {
  /** The sender in the header. */
  from: string
  /** Where bounces go. */
  returnPath: string
  domain: string
  sign: SignMail | null
  messageTagOf: SmtpOptions['messageTagOf']
}

async function writeMail(
  message: OutgoingMessage,
  { from, returnPath, domain, sign, messageTagOf }: MailFrame,
): Promise<Mail> {
  // The same at every attempt, so that a mailbox recognises a message that arrives twice.
  const key = message.idempotencyKey.replace(/[^A-Za-z0-9.-]/g, '')
  const tag = messageTagOf === undefined ? '' : `.${messageTagOf(key)}`
  const messageId = `<${key}${tag}@${domain}>`
  const bytes = renderMail({ ...message, from, messageId, at: new Date() })
  return {
    messageId,
    from: returnPath,
    to: mailboxOf(message.to),
    bytes: sign === null ? bytes : await sign(bytes),
  }
}

/** Why no connection came about; a network that fails says nothing of us. */
function refusalOf(error: unknown): CarrierAnswer {
  if (error instanceof SmtpRefusal)
    return refuse(classifyReply(error.stage, error.reply.text), error.reply.text)
  return refuse('for-now', error instanceof Error ? error.message : String(error))
}
