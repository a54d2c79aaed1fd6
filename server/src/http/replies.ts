import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Answer, Call, Problem } from './dialect.ts'
import { statusOf } from './dialect.ts'
import { type Mount, problemOf } from './envelopes.ts'
import type { Metrics } from './metrics.ts'

/** What belongs to one request while it is being answered. */
export type Exchange = {
  call: Call
  /** What the route's `admit` has found. */
  context: unknown
  mount: Mount
  /** The route as it writes its path, or the caller's path below the prefix when there is no route. */
  path: string
  /** The same for metrics and logs, where a caller's own words must not make a new label. */
  label: string
  startedAt: number
}

export type Replies = {
  sendAnswer(request: FastifyRequest, reply: FastifyReply, exchange: Exchange, answer: Answer): void
  sendText(request: FastifyRequest, reply: FastifyReply, exchange: Exchange, text: TextAnswer): void
  sendProblem(request: FastifyRequest, reply: FastifyReply, exchange: Exchange, problem: Problem): void
  /** Sorts, logs and words what was thrown. */
  sendError(request: FastifyRequest, reply: FastifyReply, exchange: Exchange, error: unknown): void
}

export type TextAnswer = {
  status: number
  contentType: string
  text: string | Buffer
  headers?: Record<string, string>
}

/** Writes every answer of the server: the headers that all share, the log line, the measure. */
export function createReplies({ log, metrics }: { log: Logger; metrics: Metrics }): Replies {
  const answerTogether = createAnswerTogether()
  const begin = (
    request: FastifyRequest,
    reply: FastifyReply,
    exchange: Exchange,
    status: number,
    headers?: Record<string, string>,
  ) => {
    const { call, mount, label, startedAt } = exchange
    // Whole microseconds: longer fractions are noise, and long enough to contain anybody's code by chance.
    const milliseconds = Math.round((performance.now() - startedAt) * 1000) / 1000
    const { name: dialect } = mount.dialect
    const { method } = request
    metrics.observeRequest({ dialect, method, route: label, status, seconds: milliseconds / 1000 })
    const level = status >= 500 ? 'error' : 'debug'
    if (level === 'error' || log.isLevelEnabled('debug')) {
      log[level]({
        event: 'request',
        reference: call.reference,
        dialect,
        method,
        route: label,
        status,
        milliseconds,
      })
    }
    // Everything may hold a code, a token or personal data, so nothing is ever kept by a cache (H2).
    reply
      .code(status)
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header('x-request-id', call.reference)
    if (headers !== undefined) reply.headers(headers)
    // Reading on only to throw it away would be a gift to whoever sends it.
    if (status >= 400 && mayHaveLongBody(request)) reply.header('connection', 'close')
  }

  const sendProblem: Replies['sendProblem'] = (request, reply, exchange, problem) => {
    const { mount, path, call } = exchange
    begin(request, reply, exchange, statusOf(mount.dialect, problem.kind), headersOf(problem))
    const body = mount.dialect.renderProblem(problem, { path, locale: call.locale })
    reply.header('content-type', json).send(JSON.stringify(body))
  }

  const sendError: Replies['sendError'] = (request, reply, exchange, error) => {
    const { reference } = exchange.call
    const problem = problemOf(error, reference)
    if (problem.kind === 'fault' || problem.kind === 'unavailable') {
      log.error({ event: problem.kind, reference, route: exchange.label, error })
    }
    sendProblem(request, reply, exchange, problem)
  }

  return {
    sendAnswer(request, reply, exchange, { status, headers, body }) {
      answerTogether(() => {
        try {
          begin(request, reply, exchange, status, headers)
          if (status === 204) reply.send()
          else reply.header('content-type', json).send(body)
        } catch (error) {
          sendError(request, reply, exchange, error)
        }
      })
    },
    sendText(request, reply, exchange, { status, contentType, text, headers }) {
      begin(request, reply, exchange, status, headers)
      reply.header('content-type', contentType).send(text)
    },
    sendProblem,
    sendError,
  }
}

/**
 * Writes answers one right after the other when the work of this turn is done. A batch answers up to 128 requests at once;
 * with our work between them, each answer would wake its reader anew.
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

function headersOf(problem: Problem): Record<string, string> | undefined {
  switch (problem.kind) {
    case 'method-not-allowed':
      return { allow: problem.allow.join(', ') }
    case 'unavailable':
      return { 'retry-after': String(problem.retryAfterSeconds) }
    case 'unsupported-media-type':
      return { 'accept-encoding': 'identity' }
    default:
      return undefined
  }
}

/** True when more may be on its way than an ordinary request has; whether it has been read already is not known here. */
const mayHaveLongBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 16 * 1024
