import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Call } from './dialect.ts'
import type { Mount } from './envelopes.ts'
import type { TextAnswer } from './replies.ts'
import { type Host, openContext } from './run-route.ts'

/** A route for requests in a sender's own format. Its bytes are passed on unparsed, because a signature may cover them. */
export type RawRoute = {
  methods: readonly ('GET' | 'POST')[]
  path: string
  bodyBytesMax: number
  /** Runs before the body is read. False answers 404. */
  accepts: (call: Call) => boolean
  handle: (call: Call, request: RawRequest) => Promise<TextAnswer>
}

/** `target`: path and query as the caller sent them. */
export type RawRequest = { method: 'GET' | 'POST'; target: string; body: Buffer }

/** Adds a raw route in a scope of its own, because all other routes take JSON only (H1). */
export function addRawRoute(app: FastifyInstance, host: Host, mount: Mount, route: RawRoute): void {
  const { methods, path, bodyBytesMax } = route
  const { replies } = host
  for (const method of methods) host.methods.add(method, path)

  const acceptOrRefuse = (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    const context = openContext(host, request, { mount, path, label: path })
    request.requestContext = context
    if (route.accepts(context.call)) next()
    else replies.sendProblem(request, reply, context, { kind: 'not-found' })
  }

  const handle = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const context = request.requestContext ?? openContext(host, request, { mount, path, label: path })
    try {
      const method = request.method === 'POST' ? 'POST' : 'GET'
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const answer = await route.handle(context.call, { method, target: request.raw.url ?? '', body })
      replies.sendText(request, reply, context, answer)
    } catch (error) {
      replies.sendError(request, reply, context, error)
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
      onRequest: acceptOrRefuse,
      handler: handle,
    })
  })
}
