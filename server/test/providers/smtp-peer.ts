import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { PeerBehaviour } from '../contracts/carrier-contract.ts'
import { createSelfSignedCertificate } from '../harness/self-signed-certificate.ts'

/** A mail as it arrived. */
export type ReceivedMail = {
  email: Email
  raw: string
  /** From the envelope. */
  sender: string
  recipients: string[]
  user: string | null
  isSecure: boolean
}

export type SmtpPeer = {
  port: number
  mails: ReceivedMail[]
  connections: () => number
  behave: (behaviour: PeerBehaviour) => void
  /** What `RCPT TO` is answered with; null accepts. */
  answerRecipients: (reply: (recipient: string) => { code: number; text: string } | null) => void
  stop: () => Promise<void>
}

/** A real SMTP server that stores what it receives. With `user`, it accepts no mail before a login. */
export async function startSmtpPeer(
  options: SMTPServerOptions & { user?: string; pass?: string } = {},
): Promise<SmtpPeer> {
  const { user, pass, ...serverOptions } = options
  const mails: ReceivedMail[] = []
  let behaviour: PeerBehaviour = 'accept'
  let connections = 0
  let replyTo: Parameters<SmtpPeer['answerRecipients']>[0] = () => null

  const server = new SMTPServer({
    ...createSelfSignedCertificate(),
    authOptional: user === undefined,
    disabledCommands: user === undefined ? ['AUTH'] : [],
    closeTimeout: 100,
    onConnect(_session, callback) {
      connections += 1
      callback()
    },
    onAuth(auth, _session, callback) {
      const isRight = auth.username === user && auth.password === pass
      callback(isRight ? null : new Error('Authentication failed'), isRight ? { user } : undefined)
    },
    onRcptTo(address, _session, callback) {
      if (behaviour === 'refuse-for-good')
        return callback(replyError(550, `5.1.1 <${address.address}>: no such user`))
      const reply = replyTo(address.address)
      callback(reply === null ? null : replyError(reply.code, reply.text))
    },
    onMailFrom(_address, _session, callback) {
      callback(behaviour === 'refuse-for-now' ? replyError(451, '4.3.2 Too busy, come back later') : null)
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        if (behaviour === 'silent') return
        const raw = Buffer.concat(chunks)
        mails.push({
          email: await PostalMime.parse(raw),
          raw: raw.toString('latin1'),
          sender: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          recipients: session.envelope.rcptTo.map(({ address }) => address),
          user: (session.user as string | undefined) ?? null,
          isSecure: session.secure,
        })
        callback()
      })
    },
    ...serverOptions,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  let isStopped = false

  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    connections: () => connections,
    behave(next) {
      behaviour = next
    },
    answerRecipients(reply) {
      replyTo = reply
    },
    stop() {
      if (isStopped) return Promise.resolve()
      isStopped = true
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

const replyError = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode })
