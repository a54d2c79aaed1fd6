import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import MailComposer from 'nodemailer/lib/mail-composer'
import { mailboxOf, parseEmailAddress } from '../../domain/address.ts'
import {
  type Carrier,
  type CarrierAnswer,
  type CarrierParts,
  type OutgoingMessage,
  type RefusalReason,
  refuse,
  toOneLine,
} from '../carrier.ts'
import { createCarrier } from './create-carrier.ts'
import { createDkimSigner, type DkimKey, type SignMail } from './dkim.ts'
import { mailHeaders, parseSender, type Sender } from './mail-fields.ts'
import { createSmtpConnections, type SmtpLink, type SmtpServer, takesLetters } from './smtp-connections.ts'
import { classifyReply, type SmtpStage } from './smtp-replies.ts'

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

/** Sends mail through an SMTP server (RFC 5321). */
export function createSmtpCarrier({
  url,
  from,
  allowsPlainText,
  certificateAuthority = null,
  dkim = null,
  bounceAddress = null,
  messageTagOf,
  connectionsMax = 10,
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
  const sign = dkim === null ? null : createDkimSigner(dkim)
  if (dkim !== null && !isOfDomain(sender.address, dkim.domain))
    throw new Error(
      `The sender is not of ${dkim.domain}, so a DKIM signature of that domain says nothing for it`,
    )

  return createCarrier({
    name,
    log,
    secrets: server.credentials === null ? [] : [server.credentials.pass],
    channels: ['email'],
    concurrencyMax: connectionsMax,
    async deliver(message, signal) {
      if (parseEmailAddress(message.to) !== message.to)
        return refuse('for-good', 'The address is not one address.')
      const mail = await composeMail(message, { sender, sign, bounceAddress, messageTagOf })

      for (;;) {
        let link: SmtpLink
        try {
          link = await connections.open(signal)
        } catch (error) {
          return refuse(reasonOf(error), detailOf(error))
        }
        if (hasLetters(mail.envelope) && !takesLetters(link)) {
          connections.keep(link)
          return refuse('for-good', 'The mail server takes no address with letters beyond ASCII (SMTPUTF8).')
        }
        const wasReused = link.messages > 0
        const { answer, isIntact, isStale } = await transmit({ link, mail, signal })
        if (isIntact) connections.keep(link)
        else connections.cut(link)
        if (!(wasReused && isStale)) return answer
      }
    },
    async close() {
      connections.closeAll()
    },
  })
}

/** Who we say we are: the name that is given, or the domain of the sender. A container has no name of its own. */
export const ehloNameOf = (from: string, name?: string | null): string => name ?? domainOf(parseSender(from))

/** Such an address may only be said to a server that offers SMTPUTF8 (RFC 6531 section 3.2). */
const hasLetters = ({ from, to }: ComposedMail['envelope']): boolean =>
  /[^\x20-\x7e]/.test([from, ...to].join(' '))

const domainOf = ({ address }: Sender): string => address.slice(address.lastIndexOf('@') + 1)

/** DMARC (RFC 7489 section 3.1.1) accepts a signature of the sender's domain or of a parent domain. */
const isOfDomain = (address: string, domain: string): boolean =>
  new RegExp(`[@.]${domain.replaceAll('.', '\\.')}$`, 'i').test(address)

/** Reads where and how to connect. Errors repeat neither user nor password. */
export function parseSmtpUrl(
  text: string,
  allowsPlainText: boolean | undefined,
): Omit<SmtpServer, 'certificateAuthority' | 'ehloName'> {
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

type ComposedMail = { messageId: string; envelope: { from: string; to: string[] }; bytes: Buffer }

async function composeMail(
  message: OutgoingMessage,
  {
    sender,
    sign,
    bounceAddress,
    messageTagOf,
  }: { sender: Sender; sign: SignMail | null } & Pick<
    Required<SmtpOptions>,
    'bounceAddress' | 'messageTagOf'
  >,
): Promise<ComposedMail> {
  const { to, subject, text, html, idempotencyKey } = message
  // The same at every attempt, so that a mailbox recognises a message that arrives twice.
  const key = idempotencyKey.replace(/[^A-Za-z0-9.-]/g, '')
  const tag = messageTagOf === undefined ? '' : `.${messageTagOf(key)}`
  const messageId = `<${key}${tag}@${domainOf(sender)}>`
  const mail = new MailComposer({
    from: sender,
    to: { name: '', address: mailboxOf(to) },
    subject: toOneLine(subject ?? ''),
    text,
    ...(html === null ? {} : { html }),
    messageId,
    headers: mailHeaders,
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile()
  const { from, to: recipients } = mail.getEnvelope()
  const returnPath = bounceAddress ?? (from || sender.address)
  const bytes = await mail.build()
  const envelope = { from: returnPath, to: recipients }
  return { messageId, envelope, bytes: sign === null ? bytes : await sign(bytes) }
}

type Transmission = {
  answer: CarrierAnswer
  /** The connection may carry the next message. */
  isIntact: boolean
  /** It was closed before any part of the message was sent. */
  isStale: boolean
}

/** Sends one mail over one connection. Before the server asks for the text, the mail cannot have been sent. */
function transmit({ link, mail, signal }: { link: SmtpLink; mail: ComposedMail; signal: AbortSignal }) {
  return new Promise<Transmission>((resolve) => {
    let hasTextBegun = false
    const text = new Readable({
      read() {
        hasTextBegun = true
        this.push(mail.bytes)
        this.push(null)
      },
    })
    const settle = (answer: CarrierAnswer, { isIntact = false, isStale = false } = {}) => {
      signal.removeEventListener('abort', abort)
      resolve({ answer, isIntact, isStale })
    }
    const abort = () => settle(unanswered('no answer in time'))
    const unanswered = (detail: string): CarrierAnswer =>
      hasTextBegun ? { kind: 'unknown', detail } : refuse('for-now', detail)

    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) return abort()
    link.connection.send(mail.envelope, text, (error) => {
      if (!error) {
        // The Message-ID, because bounces do not contain the server's own id.
        return settle({ kind: 'accepted', carrierMessageId: mail.messageId }, { isIntact: true })
      }
      const { code, responseCode } = error
      const detail = detailOf(error)
      const isClosing = responseCode === undefined || responseCode === 421
      const isStale = isClosing && !hasTextBegun && !signal.aborted
      // Without an answer of the server: an address that cannot be written in the envelope.
      if (responseCode === undefined && code === 'EENVELOPE') return settle(refuse('for-good', detail))
      settle(responseCode === undefined ? unanswered(detail) : refuse(reasonOf(error), detail), { isStale })
    })
  })
}

/** What was refused, by the last command of the mail library; a network that fails says nothing of us. */
function reasonOf(error: unknown): RefusalReason {
  const { response, command } = Object(error)
  return typeof response === 'string' && /^\d{3}/.test(response)
    ? classifyReply(stageOf(String(command ?? '')), response)
    : 'for-now'
}

function stageOf(command: string): SmtpStage {
  if (command.startsWith('AUTH')) return 'login'
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'recipient'
  return command === 'DATA' ? 'text' : 'connect'
}

const detailOf = (error: unknown): string => {
  const { response, message, code } = Object(error)
  return String(response ?? message ?? code ?? 'no reason given')
}
