import type { RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { createOriginReader } from './caller.ts'
import { createMethodTable, createMountFinder, type Mount, pathOf } from './envelopes.ts'
import {
  createIsProxy,
  createReadForwarded,
  type IgnoredForwarding,
  type TrustedProxies,
} from './forwarded.ts'
import { type ConnectionLimits, createHttpServer, defaultConnectionLimits } from './http-server.ts'
import { onlyLocally } from './local-hosts.ts'
import type { Metrics } from './metrics.ts'
import {
  type CreateReadingPages,
  createOpenApiPage,
  createReadDocument,
  type PageLink,
} from './openapi-page.ts'
import { createOwnDialect } from './own-dialect.ts'
import { createHealthRoutes, createMetricsPage, type HealthParts, type MetricsAccess } from './own-routes.ts'
import type { Page } from './page.ts'
import { addRawRoute, type RawRoute } from './raw-routes.ts'
import { validateTexts } from './read-body.ts'
import { createReplies } from './replies.ts'
import { createReferences, type RequestReference } from './request-reference.ts'
import { addRoutes, type Host, openContext, takeJson } from './run-route.ts'

export type AppParts = {
  mounts: Mount[]
  pages?: Page[]
  /** Routes for reports that others send in a format of their own. */
  rawRoutes?: RawRoute[]
  log: Logger
  metrics: Metrics
  /** Reverse proxies in front of us (`TRUST_PROXY`). */
  trustedProxies?: TrustedProxies
  /** Development only: per-caller limits do not count loopback. */
  exemptLoopback?: boolean
  limits?: Partial<Limits>
  /** The routes for operators and readers: health, metrics, keys, documentation. A test of one dialect leaves them out. */
  own?: OwnParts
}

export type OwnParts = HealthParts & {
  readPublicUrl: () => string
  version: string
  metricsAccess: MetricsAccess
  /** The pages for people, below `/docs` and at `/`. */
  createReadingPages?: CreateReadingPages
}

export type Limits = ConnectionLimits & { bodyBytesMax: number }

const defaultLimits: Limits = { ...defaultConnectionLimits, bodyBytesMax: 16 * 1024 }

/** Builds the server of all mounts. `listen` and `close` are Fastify's. */
export function createApp({
  mounts,
  pages = [],
  rawRoutes = [],
  log,
  metrics,
  trustedProxies = 0,
  exemptLoopback = false,
  limits,
  own,
}: AppParts): FastifyInstance {
  const routes = own === undefined ? [] : createHealthRoutes(own)
  const fallback: Mount = {
    dialect: createOwnDialect({ name: 'watchword', basePath: '', routes }),
    prefix: '',
  }
  const allMounts = [...mounts, fallback]
  const ownPages = own === undefined ? [] : createOwnPages({ ...own, mounts, fallback, metrics, pages })
  const host: Host = {
    replies: createReplies({ log, metrics }),
    methods: createMethodTable(),
    originOf: createOriginReader(
      createReadForwarded(trustedProxies, (ignored) => warnOfIgnored(log, trustedProxies, ignored)),
    ),
    mountOf: createMountFinder(mounts, fallback),
    exemptLoopback,
  }
  const { bodyBytesMax, ...connectionLimits } = { ...defaultLimits, ...limits }
  const genReqId = createReferences({ trustedProxies })
  const app = createServer({ bodyBytesMax, host, genReqId }, (handle) =>
    createHttpServer(handle, { limits: connectionLimits, isProxy: createIsProxy(trustedProxies), log }),
  )

  for (const mount of allMounts) addRoutes(app, host, mount)
  for (const page of [...ownPages, ...pages]) addPage(app, host, fallback, page)
  for (const route of rawRoutes) addRawRoute(app, host, fallback, route)
  app.setNotFoundHandler((request, reply) => answerUnknown(host, request, reply))
  app.setErrorHandler((error, request, reply) => {
    // Fastify also reads the body of an unknown request. 404 or 405 takes precedence over what is wrong with that body
    // (for QUERY, a missing content type).
    if (request.is404) return answerUnknown(host, request, reply)
    host.replies.sendError(
      request,
      reply,
      request.requestContext ?? openUnmatchedContext(host, request),
      error,
    )
  })
  return app
}

/** Limits by caller would be shared by everybody behind the proxy, and nothing else would show it. */
function warnOfIgnored(log: Logger, trusted: TrustedProxies, ignored: IgnoredForwarding): void {
  const reason = trusted === 0 ? 'TRUST_PROXY is 0' : 'TRUST_PROXY does not name its sender'
  log.warn(
    { event: 'forwarding-ignored', ...ignored },
    `${ignored.header} of a request is ignored, because ${reason}; if a proxy of yours has written it, all its callers count as one: set TRUST_PROXY to the number of your proxies, or to their networks`,
  )
}

function createOwnPages({
  metrics,
  metricsAccess,
  mounts,
  fallback,
  pages,
  createReadingPages = () => [],
  readPublicUrl,
  version,
}: OwnParts & { mounts: Mount[]; fallback: Mount; metrics: Metrics; pages: Page[] }): Page[] {
  const metricsPage = createMetricsPage({ metrics, ...metricsAccess })
  const scrape = metricsAccess.openTo === 'everybody' ? onlyLocally(metricsPage, readPublicUrl) : metricsPage
  const { dialect } = fallback
  const routes = [...dialect.routes, ...[scrape, ...pages].flatMap(describePage)]
  const described = [...mounts, { ...fallback, dialect: { ...dialect, routes } }]
  const readDocument = createReadDocument({ mounts: described, version, readPublicUrl })
  const reading = createReadingPages({ readDocument, readPublicUrl, links: linksTo(pages) })
  return [scrape, createOpenApiPage(readDocument), ...reading]
}

const describePage = ({ path, described }: Page) =>
  described === undefined ? [] : [{ method: 'GET' as const, path, ...described }]

const linksTo = (pages: Page[]): PageLink[] =>
  pages.flatMap(({ path, title }) => (title === undefined ? [] : [{ path, title }]))

function createServer(
  { bodyBytesMax, host, genReqId }: { bodyBytesMax: number; host: Host; genReqId: RequestReference },
  serverFactory: (handle: RequestListener) => Server,
): FastifyInstance {
  const app = Fastify({
    // We write our own log lines; a child logger per request costs a tenth of the throughput.
    logger: false,
    bodyLimit: bodyBytesMax,
    serverFactory,
    requestIdHeader: false,
    genReqId,
    // While closing, requests on open connections are still answered, with `Connection: close`.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      host.replies.sendError(request, reply as FastifyReply, openUnmatchedContext(host, request), error)
    },
    clientErrorHandler: answerBrokenHttp,
  })

  app.decorateRequest('requestContext', null)
  app.removeAllContentTypeParsers()
  takeJson(app)
  return app
}

function addPage(app: FastifyInstance, host: Host, mount: Mount, { path, respond }: Page): void {
  host.methods.add('GET', path)
  app.get(path, async (request, reply) => {
    const context = openContext(host, request, { mount, path, label: path })
    const issues = validateTexts(context.call.query as Record<string, unknown>, 'query')
    if (issues.length > 0) {
      host.replies.sendProblem(request, reply, context, { kind: 'invalid', issues })
      return reply
    }
    try {
      const answer = await respond(context.call, host.originOf(request.raw))
      host.replies.sendText(request, reply, context, {
        ...answer,
        headers: { ...pageHeaders, ...answer.headers },
      })
    } catch (error) {
      host.replies.sendError(request, reply, context, error)
    }
    return reply
  })
}

/** By default a page loads nothing, cannot be framed, and sends no referrer. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
}

/** An unknown path is 404. A known path with another method is 405, except that OPTIONS lists the methods. */
function answerUnknown(host: Host, request: FastifyRequest, reply: FastifyReply): void {
  const context = openUnmatchedContext(host, request)
  const methods = host.methods.methodsOf(decodePath(pathOf(request.raw.url ?? '')))
  const allow = [...methods, 'OPTIONS']
  const preflight = preflightOf(request, context.mount)
  if (preflight !== null) {
    host.replies.sendAnswer(request, reply, context, { status: 204, body: null, headers: preflight })
  } else if (methods.length === 0) {
    host.replies.sendProblem(request, reply, context, { kind: 'not-found' })
  } else if (request.method !== 'OPTIONS') {
    host.replies.sendProblem(request, reply, context, { kind: 'method-not-allowed', allow })
  } else {
    const headers = { allow: allow.join(', ') }
    host.replies.sendAnswer(request, reply, context, { status: 204, body: null, headers })
  }
}

/**
 * The answer to what a browser asks before a request of another origin; null for anything else. It says yes for every path of
 * the mount, so that a page can read our 404 and 405 as well.
 */
function preflightOf(
  { method, headers }: FastifyRequest,
  { crossOrigin }: Mount,
): Record<string, string> | null {
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return null
  const allowed = crossOrigin?.preflightFor(headers.origin) ?? {}
  return Object.keys(allowed).length === 0 ? null : allowed
}

function openUnmatchedContext(host: Host, request: FastifyRequest) {
  const path = pathOf(request.raw.url ?? '')
  const mount = host.mountOf(path)
  return openContext(host, request, { mount, path: path.slice(mount.prefix.length), label: 'unknown' })
}

function decodePath(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** Invalid HTTP, a late request and an oversized head never reach a route. The answer closes the connection. */
function answerBrokenHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, message] = brokenHttp[error.code ?? ''] ?? malformedHttp
  const body = JSON.stringify({ statusCode: Number(status.slice(0, 3)), message })
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

type BrokenHttp = [status: string, message: string]

/** The answer to bytes that are not a request, unless the parser reports a code below. */
export const malformedHttp: BrokenHttp = ['400 Bad Request', 'The request is malformed']

/** The answers by the code that the parser reports. */
export const brokenHttp: Record<string, BrokenHttp> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The head of the request is too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long'],
}
