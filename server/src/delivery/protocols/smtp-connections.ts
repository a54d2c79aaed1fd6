import SMTPConnection from 'nodemailer/lib/smtp-connection'

/*
 * Open connections to one SMTP server, kept for the next message. nodemailer's own pool has an internal queue, which
 * would still send a message that we have given up, perhaps after its code has expired. Here the caller that gives up
 * closes the connection, which ends the transmission.
 */

const idleMilliseconds = 15_000
/** Servers start to refuse connections with many messages; a new one is cheap. */
const messagesPerConnection = 200

export type SmtpServer = {
  host: string
  port: number
  /** TLS from the first byte (`smtps:`). */
  isSecure: boolean
  /** If false, a server without STARTTLS is refused. */
  allowsPlainText: boolean
  credentials: { user: string; pass: string } | null
  /** PEM of the authority that signed the server's certificate, if it is not a public one. */
  certificateAuthority: string | null
  /** Who we say we are (RFC 5321 section 4.1.1.1). */
  ehloName: string
}

export type SmtpLink = {
  connection: SMTPConnection
  /** The number of messages sent. After the first one, the server may close the connection at any time. */
  messages: number
  idleTimer: NodeJS.Timeout | null
}

export type SmtpConnections = {
  /** An idle connection or a new one, authenticated. Rejects with the error of the server or the network. */
  open(signal: AbortSignal): Promise<SmtpLink>
  /** Keeps a connection for the next message. Only after the server has answered the last one. */
  keep(link: SmtpLink): void
  /** Cuts a connection, even during a transmission. */
  cut(link: SmtpLink): void
  closeAll(): void
}

/** Opens connections as needed. The caller bounds their number. */
export function createSmtpConnections(server: SmtpServer): SmtpConnections {
  const idle = new Set<SmtpLink>()
  let isClosed = false

  const forget = (link: SmtpLink): void => {
    idle.delete(link)
    if (link.idleTimer !== null) clearTimeout(link.idleTimer)
    link.idleTimer = null
  }
  const part = (link: SmtpLink): void => {
    forget(link)
    link.connection.quit()
  }
  const cut = (link: SmtpLink): void => {
    forget(link)
    link.connection.close()
  }

  return {
    async open(signal) {
      const [idleLink] = idle
      if (idleLink !== undefined) {
        forget(idleLink)
        return idleLink
      }
      const link = { connection: new SMTPConnection(connectionOptions(server)), messages: 0, idleTimer: null }
      link.connection.on('error', () => cut(link))
      link.connection.on('end', () => forget(link))
      await handshake(link.connection, server, signal)
      return link
    },
    keep(link) {
      link.messages += 1
      if (isClosed || link.messages >= messagesPerConnection) return part(link)
      link.idleTimer = setTimeout(part, idleMilliseconds, link).unref()
      idle.add(link)
    },
    cut,
    closeAll() {
      isClosed = true
      for (const link of idle) part(link)
    },
  }
}

/** Whether the server offered SMTPUTF8. The mail library tells nobody, and would leave the word out and send all the same. */
export function takesLetters({ connection }: SmtpLink): boolean {
  const { _supportedExtensions: offered } = connection as unknown as { _supportedExtensions?: unknown }
  return Array.isArray(offered) && offered.includes('SMTPUTF8')
}

function connectionOptions(server: SmtpServer) {
  const { host, port, isSecure, allowsPlainText, certificateAuthority, ehloName } = server
  return {
    host,
    port,
    name: ehloName,
    secure: isSecure,
    requireTLS: !isSecure && !allowsPlainText,
    opportunisticTLS: allowsPlainText,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    dnsTimeout: 5_000,
    socketTimeout: 30_000,
    socketCloseTimeout: 0,
    tls: {
      minVersion: 'TLSv1.2' as const,
      // An attacker who could present a false certificate could also hide STARTTLS. So where plain text is allowed, a
      // certificate proves nothing, and the self-signed one of a local server is accepted.
      rejectUnauthorized: isSecure || !allowsPlainText,
      ...(certificateAuthority === null ? {} : { ca: certificateAuthority }),
    },
  }
}

/** Connects and authenticates, or cuts the connection when the signal aborts first. */
function handshake(connection: SMTPConnection, { credentials }: SmtpServer, signal: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const settle = (error?: Error | null) => {
      signal.removeEventListener('abort', abort)
      if (!error) return resolve()
      connection.close()
      reject(error)
    }
    const abort = () => settle(new Error('no connection in time'))

    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) return abort()
    connection.once('error', settle)
    connection.connect((error) => {
      if (error || signal.aborted || credentials === null) return settle(error)
      connection.login(credentials, (loginError) => settle(loginError))
    })
  })
}
