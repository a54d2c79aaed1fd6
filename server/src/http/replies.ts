import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Answer, AnswerHeaders, Call, Problem } from './dialect.ts'
import { statusOf } from './dialect.ts'
import { type Mount, problemOf } from './envelopes.ts'
import type { Metrics } from './metrics.ts'

/** The state of one request until it is answered. */
export type RequestContext = {
  call: Call
  /** What the route's `admit` returned. */
  admitted: unknown
  mount: Mount
  /** The path that the route declares, or the caller's path below the prefix when there is no route. */
  path: string
  /** The same for metrics and logs, where a caller's text must not become a label. */
  label: string
  startedAt: number
}

export type Replies = {
  sendAnswer(request: FastifyRequest, reply: FastifyReply, context: RequestContext, answer: Answer): void
  sendText(request: FastifyRequest, reply: FastifyReply, context: RequestContext, text: TextAnswer): void
  sendProblem(request: FastifyRequest, reply: FastifyReply, context: RequestContext, problem: Problem): void
  /** Classifies, logs and renders what was thrown. */
  sendError(request: FastifyRequest, reply: FastifyReply, context: RequestContext, error: unknown): void
}

export type TextAnswer = {
  status: number
  contentType: string
  text: string | Buffer
  headers?: AnswerHeaders
}

/** Writes every answer of the server: the shared headers, the log line, the measurement. */
export function createReplies({ log, metrics }: { log: Logger; metrics: Metrics }): Replies {
  const answerTogether = createAnswerTogether()
  const begin = (
    request: FastifyRequest,
    reply: FastifyReply,
    context: RequestContext,
    status: number,
    { headers, isExpected = false }: Pick<Answer, 'headers' | 'isExpected'> = {},
  ) => {
    const { call, mount, label, startedAt } = context
    // Whole microseconds: longer fractions are noise, and can contain the digits of a code by chance.
    const milliseconds = Math.round((performance.now() - startedAt) * 1000) / 1000
    const { name: dialect } = mount.dialect
    const { method } = request
    metrics.observeRequest({ dialect, method, route: label, status, seconds: milliseconds / 1000 })
    const level = status >= 500 && !isExpected ? 'error' : 'debug'
    if (level === 'error' || log.isLevelEnabled('debug')) {
      log[level]({
        event: 'request',
        reference: call.reference,
        dialect,
        method,
        route: label,
        status,
        milliseconds,
        // What was taken for the caller, to see whether TRUST_PROXY is right. Not in errors, which are kept longer.
        ...(level === 'debug' ? { network: call.caller.network } : {}),
      })
    }
    // Any answer may hold a code, a token or personal data, so no cache may store it (H2).
    reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header('x-request-id', call.reference)
    if (mount.crossOrigin != null) reply.headers(mount.crossOrigin.headersFor(request.headers.origin))
    if (headers !== undefined) reply.headers(headers)
    // Close instead of reading a long body only to discard it.
    if (status >= 400 && mayHaveLongBody(request)) reply.header('connection', 'close')
  }

  const sendProblem: Replies['sendProblem'] = (request, reply, context, problem) => {
    const { mount, path, call } = context
    begin(request, reply, context, statusOf(mount.dialect, problem.kind), {
      headers: headersOf(problem),
    })
    const body = mount.dialect.renderProblem(problem, { path, locale: call.locale })
    reply.header('content-type', json).send(JSON.stringify(body))
  }

  const sendError: Replies['sendError'] = (request, reply, context, error) => {
    const { reference } = context.call
    const problem = problemOf(error, reference)
    if (problem.kind === 'fault' || problem.kind === 'unavailable') {
      log.error({ event: problem.kind, reference, route: context.label, error })
    }
    sendProblem(request, reply, context, problem)
  }

  return {
    sendAnswer(request, reply, context, { status, body, stream, ...options }) {
      answerTogether(() => {
        try {
          begin(request, reply, context, status, options)
          if (status === 204) reply.send()
          else if (stream !== undefined)
            reply
              .header('content-type', stream.contentType)
              // Kept for another request, the connection would hold up a node that ends for longer than the stream did.
              .header('connection', 'close')
              .send(Readable.from(stream.chunks))
          else reply.header('content-type', json).send(body)
        } catch (error) {
          sendError(request, reply, context, error)
        }
      })
    },
    sendText(request, reply, context, { status, contentType, text, headers }) {
      begin(request, reply, context, status, headers && { headers })
      reply.header('content-type', contentType).send(text)
    },
    sendProblem,
    sendError,
  }
}

/**
 * Writes all answers of this turn of the event loop one after the other at its end. A batch answers up to 128 requests at
 * once; with other work between the writes, each one would wake its reader separately.
 */
function createAnswerTogether(): (answer: () => void) => void {
  let waiting: (() => void)[] = []
  const answerAll = () => {
    const answers = waiting
    waiting = []
    for (const answer of answers) answer()
  }
  return (answer) => {
    if (waiting.push(answer) === 1) setImmediate(answerAll)
  }
}

const json = 'application/json; charset=utf-8'

function headersOf(problem: Problem): Record<string, string> {
  switch (problem.kind) {
    case 'method-not-allowed':
      return { allow: problem.allow.join(', ') }
    case 'unavailable':
      return { 'retry-after': String(problem.retryAfterSeconds) }
    case 'unsupported-media-type':
      return { 'accept-encoding': 'identity' }
    default:
      return {}
  }
}

/** True when the body may be longer than that of an ordinary request. It may have been read already. */
const mayHaveLongBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 16 * 1024
