import { type HandshakeParts, type SmtpExtensions, shakeHands } from './smtp-handshake.ts'
import { openSmtpSocket, type SmtpSocket } from './smtp-socket.ts'

/*
 * Open connections to one mail server, logged in and kept for the next mail. Nothing waits here: the caller that gives up
 * cuts the connection, which ends the transmission, and no mail leaves after its code has expired.
 */

const idleMilliseconds = 15_000
/** Servers start to refuse connections with many messages; a new one is cheap. */
const messagesPerConnection = 200
/** Servers slow a connection down, and end it, after ten commands that they had to refuse; a refused mail has two. */
const refusalsPerConnection = 4

export type SmtpServer = HandshakeParts & {
  host: string
  port: number
  /** TLS from the first byte (`smtps:`). */
  isSecure: boolean
  /** PEM of the authority that signed the server's certificate, if it is not a public one. */
  certificateAuthority: string | null
}

export type SmtpLink = {
  socket: SmtpSocket
  extensions: SmtpExtensions
  /** The number of messages sent. After the first one, the server may close the connection at any time. */
  messages: number
  /** How many of them were refused. */
  refusals: number
  /** The next mail has to begin with RSET. */
  needsReset: boolean
  idleTimer: NodeJS.Timeout | null
}

export type SmtpConnections = {
  /**
   * An idle connection or a new one, authenticated. Rejects with the refusal of the server, or with what has ended the
   * connection.
   */
  open(signal: AbortSignal): Promise<SmtpLink>
  /** Keeps a connection for the next message, if it is still open. Only after the server has answered the last one. */
  keep(link: SmtpLink): void
  /** Cuts a connection, even during a transmission. */
  cut(link: SmtpLink): void
  closeAll(): void
}

/** Opens connections as needed. The caller bounds their number. */
export function createSmtpConnections(server: SmtpServer): SmtpConnections {
  // The one that was used last is taken first, so that those that are not needed any more reach their idle time.
  const idle: SmtpLink[] = []
  let isClosed = false

  const forget = (link: SmtpLink): void => {
    const at = idle.indexOf(link)
    if (at >= 0) idle.splice(at, 1)
    if (link.idleTimer !== null) clearTimeout(link.idleTimer)
    link.idleTimer = null
  }
  const part = (link: SmtpLink): void => {
    forget(link)
    link.socket.quit()
  }

  return {
    async open(signal) {
      const idleLink = idle.at(-1)
      if (idleLink !== undefined) {
        forget(idleLink)
        return idleLink
      }
      const socket = openSmtpSocket({ ...server, tls: tlsOptions(server) })
      const extensions = await greetInTime(socket, server, signal)
      const counts = { messages: 0, refusals: 0, needsReset: false }
      const link: SmtpLink = { socket, extensions, ...counts, idleTimer: null }
      socket.onEnd(() => forget(link))
      return link
    },
    keep(link) {
      if (link.socket.failure() !== null) return
      const isWorn = link.messages >= messagesPerConnection || link.refusals >= refusalsPerConnection
      if (isClosed || isWorn) return part(link)
      link.idleTimer = setTimeout(part, idleMilliseconds, link).unref()
      idle.push(link)
    },
    cut({ socket }) {
      socket.cut('The connection was given up.')
    },
    closeAll() {
      isClosed = true
      for (const link of [...idle]) part(link)
    },
  }
}

/** Greets, logs in, and ends the connection if that fails or the signal aborts first. */
async function greetInTime(
  socket: SmtpSocket,
  server: SmtpServer,
  signal: AbortSignal,
): Promise<SmtpExtensions> {
  const abort = () => socket.cut('no connection in time')
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (signal.aborted) abort()
    return await shakeHands(socket, server)
  } catch (error) {
    socket.quit()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const tlsOptions = ({ isSecure, allowsPlainText, certificateAuthority }: SmtpServer) => ({
  minVersion: 'TLSv1.2' as const,
  // An attacker who could present a false certificate could also hide STARTTLS. So where plain text is allowed, a
  // certificate proves nothing, and the self-signed one of a local server is accepted.
  rejectUnauthorized: isSecure || !allowsPlainText,
  ...(certificateAuthority === null ? {} : { ca: certificateAuthority }),
})
