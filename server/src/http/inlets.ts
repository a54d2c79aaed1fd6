import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Call } from './dialect.ts'
import type { Mount } from './envelopes.ts'
import type { TextAnswer } from './replies.ts'
import { type Host, openExchange } from './run-route.ts'

/** Takes what others send in their own form: its bytes are handed on unread, for a signature may be about them. */
export type Inlet = {
  methods: readonly ('GET' | 'POST')[]
  path: string
  bodyBytesMax: number
  /** Asked before a body is read. Where nothing is taken there is nothing to be found. */
  admits: (call: Call) => boolean
  respond: (call: Call, request: InletRequest) => Promise<TextAnswer>
}

/** `target`: path and query, as they were asked for. */
export type InletRequest = { method: 'GET' | 'POST'; target: string; body: Buffer }

/** Adds an inlet. In a scope of its own, for everything else takes JSON only (H1). */
export function addInlet(app: FastifyInstance, host: Host, mount: Mount, inlet: Inlet): void {
  const { methods, path, bodyBytesMax } = inlet
  const { replies } = host
  for (const method of methods) host.methods.add(method, path)

  const admit = (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    const exchange = openExchange(host, request, { mount, path, label: path })
    request.exchange = exchange
    if (inlet.admits(exchange.call)) next()
    else replies.sendProblem(request, reply, exchange, { kind: 'not-found' })
  }

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const exchange = request.exchange ?? openExchange(host, request, { mount, path, label: path })
    try {
      const method = request.method === 'POST' ? 'POST' : 'GET'
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const answer = await inlet.respond(exchange.call, { method, target: request.raw.url ?? '', body })
      replies.sendText(request, reply, exchange, answer)
    } catch (error) {
      replies.sendError(request, reply, exchange, error)
    }
    return reply
  }

  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes))
    scope.route({
      method: [...methods],
      url: path,
      bodyLimit: bodyBytesMax,
      exposeHeadRoute: false,
      onRequest: admit,
      handler: handle,
    })
  })
}
