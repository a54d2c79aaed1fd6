import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { createConnectionCounts } from './connection-counts.ts'
import { boundOpenAnswers } from './open-answers.ts'

export type ConnectionLimits = {
  /** How long a client may take to send the head of a request, and the whole request. */
  headSeconds: number
  requestSeconds: number
  /** How long a connection may stay idle between requests, and silent within one. */
  keepAliveSeconds: number
  silenceSeconds: number
  /** How many answers of one connection may be open: of requests that came before the earlier ones were answered. */
  openAnswersMax: number
  connectionsMax: number
  connectionsPerNetworkMax: number
}

export const defaultConnectionLimits: ConnectionLimits = {
  headSeconds: 10,
  requestSeconds: 15,
  // Longer than the 60 s after which common load balancers drop an idle connection, so that they close it, not we.
  keepAliveSeconds: 72,
  silenceSeconds: 90,
  openAnswersMax: 32,
  connectionsMax: 10_000,
  // Ten networks leave room for others (D1).
  connectionsPerNetworkMax: 900,
}

export type ConnectionParts = {
  limits: ConnectionLimits
  /** Whether an address is that of a proxy of ours. */
  isProxy: (address: string) => boolean
  log: Logger
}

/** Node's HTTP server, with bounds on what connections may cost before a route looks at them. */
export function createHttpServer(handle: RequestListener, { limits, isProxy, log }: ConnectionParts): Server {
  const server = createServer(
    {
      headersTimeout: limits.headSeconds * 1000,
      requestTimeout: limits.requestSeconds * 1000,
      keepAliveTimeout: limits.keepAliveSeconds * 1000,
      // How often Node looks for late requests. Its default of 30 s is longer than the limits above.
      connectionsCheckingInterval: 1000,
    },
    boundOpenAnswers(handle, limits.openAnswersMax),
  )
  // Also ends the connection of a caller who does not read the answers.
  server.setTimeout(limits.silenceSeconds * 1000)
  boundConnections(server, { limits, isProxy, log })
  // Node would answer 417 without a body, outside every dialect's envelope. A server may ignore an expectation other
  // than 100-continue (RFC 9110 section 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
  return server
}

function boundConnections(server: Server, { limits, isProxy, log }: ConnectionParts): void {
  const { connectionsMax, connectionsPerNetworkMax: perNetworkMax } = limits
  const counts = createConnectionCounts({ perNetworkMax, isProxy })
  const report = createReport(log)
  server.maxConnections = connectionsMax
  server.on('drop', (connection) => report('all', connection?.remoteAddress))
  server.on('connection', (socket: Socket) => {
    if (counts.add(socket)) return
    report('network', socket.remoteAddress)
    socket.destroy()
  })
}

const secondsBetweenReports = 60

/** Logs that connections are refused, at most once a minute: whoever opens thousands must not fill the log as well. */
function createReport(log: Logger): (bound: 'all' | 'network', address: string | undefined) => void {
  let refused = 0
  let reportedAt = Number.NEGATIVE_INFINITY
  return (bound, address) => {
    refused += 1
    const now = performance.now()
    if (now - reportedAt < secondsBetweenReports * 1000) return
    log.warn({ event: 'connections-refused', bound, address, refused }, 'connections were refused')
    refused = 0
    reportedAt = now
  }
}
