import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

/*
 * One connection to a mail server: bytes out, replies in. It knows the form of replies (RFC 5321 section 4.2) and nothing of
 * what they mean.
 */

/** A reply, of one line or several, which `text` holds with line feeds between them and with the code in each. */
export type SmtpReply = { code: number; text: string }

export type SmtpSocket = {
  /**
   * Writes, and waits for so many replies. There are fewer when the connection ends first; `failure` then tells why. It never
   * rejects.
   */
  exchange(bytes: string | Buffer, replies: number): Promise<SmtpReply[]>
  /** Switches to TLS. Rejects if that fails; a server that has said more than it may before that fails as well. */
  startTls(): Promise<void>
  isEncrypted(): boolean
  /** Why the connection has ended; null while it is open. */
  failure(): Error | null
  /** Ends the connection at once. Whoever waits gets what has come. */
  cut(reason: string): void
  /** Takes leave without waiting for the answer. */
  quit(): void
  /** Called once, when the connection has ended. */
  onEnd(listener: () => void): void
}

export type SmtpSocketParts = {
  host: string
  port: number
  /** TLS from the first byte. */
  isSecure: boolean
  tls: Pick<ConnectionOptions, 'minVersion' | 'rejectUnauthorized' | 'ca'>
}

const greetingMilliseconds = 5_000
const silenceMilliseconds = 30_000
const quitMilliseconds = 1_000
/** The answer to EHLO is the longest of a server that is well: a line for each of its extensions. */
const replyLengthMax = 65_536

/** Opens a connection. Its first reply is the greeting. */
export function openSmtpSocket({ host, port, isSecure, tls }: SmtpSocketParts): SmtpSocket {
  // A server name in TLS is never an address (RFC 6066 section 3).
  const tlsOptions = { ...tls, ...(isIP(host) === 0 && { servername: host }) }
  const parse = createReplyParser()
  const listeners: (() => void)[] = []
  let received: SmtpReply[] = []
  let expected = 0
  let settle: ((replies: SmtpReply[]) => void) | null = null
  let failure: Error | null = null
  let phase: 'connecting' | 'greeting' | 'talking' = 'connecting'
  let socket: Socket = isSecure
    ? connectTls({ host, port, ...tlsOptions }, noteConnected)
    : connectPlain({ host, port }, noteConnected)
  listen(socket)

  function listen(to: Socket): void {
    to.setNoDelay(true)
    to.setTimeout(phase === 'talking' ? silenceMilliseconds : greetingMilliseconds)
    to.on('data', take)
    to.on('timeout', () => fail(new Error(timeoutDetails[phase])))
    to.on('error', fail)
    to.on('close', () => fail(new Error('The mail server closed the connection.')))
  }

  function noteConnected(): void {
    phase = 'greeting'
    socket.setTimeout(greetingMilliseconds)
  }

  function take(chunk: Buffer): void {
    try {
      received.push(...parse.read(chunk))
    } catch (error) {
      fail(error as Error)
    }
    if (failure !== null || received.length < expected) return
    const unasked = received[expected]
    if (unasked !== undefined) {
      fail(new Error(unasked.text))
    } else if (expected > 0) {
      if (phase !== 'talking') {
        phase = 'talking'
        socket.setTimeout(silenceMilliseconds)
      }
      release()
    }
  }

  function release(): void {
    const replies = received
    const done = settle
    received = []
    expected = 0
    settle = null
    done?.(replies)
  }

  function fail(error: Error): void {
    if (failure !== null) return
    failure = error
    socket.destroy()
    release()
    for (const listener of listeners.splice(0)) listener()
  }

  return {
    exchange(bytes, replies) {
      // The rest of a line that nobody asked for would be read as the first of these replies.
      if (parse.hasRest()) fail(new Error('The mail server says what nobody has asked.'))
      if (failure !== null) return Promise.resolve([])
      return new Promise((resolve) => {
        expected = replies
        settle = resolve
        if (bytes.length > 0) socket.write(bytes)
      })
    },
    startTls() {
      // Words before the handshake could be another's, and would be read as if they had come encrypted.
      if (parse.hasRest()) fail(new Error('The mail server said more than its answer to STARTTLS.'))
      return new Promise((resolve, reject) => {
        if (failure !== null) return reject(failure)
        listeners.push(() => reject(failure))
        const plain = socket
        plain.removeAllListeners('data')
        plain.removeAllListeners('timeout')
        plain.setTimeout(0)
        socket = connectTls({ socket: plain, ...tlsOptions }, resolve)
        listen(socket)
      })
    },
    isEncrypted: () => 'encrypted' in socket,
    failure: () => failure,
    cut: (reason) => fail(new Error(reason)),
    quit() {
      if (failure !== null) return
      failure = new Error('The connection was closed.')
      for (const listener of listeners.splice(0)) listener()
      socket.setTimeout(quitMilliseconds, () => socket.destroy())
      socket.end('QUIT\r\n')
      socket.unref()
    },
    onEnd: (listener) => void listeners.push(listener),
  }
}

const timeoutDetails = {
  connecting: 'The mail server took no connection in time.',
  greeting: 'Greeting never received: the mail server says nothing.',
  talking: 'The mail server did not answer in time.',
}

/** Puts replies together from the pieces in which they come. Throws for what no mail server says. */
function createReplyParser() {
  let rest = ''
  let lines: string[] = []

  return {
    hasRest: () => rest !== '' || lines.length > 0,
    read(chunk: Buffer): SmtpReply[] {
      const replies: SmtpReply[] = []
      rest += chunk.toString('utf8')
      if (rest.length > replyLengthMax || lines.length > replyLengthMax / 64)
        throw new Error('The mail server says more than a reply.')
      let from = 0
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
        const line = rest.slice(from, rest[end - 1] === '\r' ? end - 1 : end)
        from = end + 1
        if (!/^[2-5]\d\d(?:[ -]|$)/.test(line))
          throw new Error(`The mail server does not speak SMTP: ${line.slice(0, 200)}`)
        lines.push(line)
        if (line[3] === '-') continue
        replies.push({ code: Number(line.slice(0, 3)), text: lines.join('\n') })
        lines = []
      }
      rest = rest.slice(from)
      return replies
    },
  }
}
