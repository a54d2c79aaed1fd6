import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { answerLocales, messageLocales, parseMessageLocale, preferredLocale } from '../domain/locale.ts'
import { type Origin, renderCaller } from './caller.ts'
import { closeSchema } from './close-schema.ts'
import type { Admission, Answer, BodyFormat, Call, Issue, Route } from './dialect.ts'
import type { MethodTable, Mount } from './envelopes.ts'
import { type ReadBody, readBody, readNothing, validateTexts } from './read-body.ts'
import { readForm } from './read-form.ts'
import type { Replies, RequestContext } from './replies.ts'
import { compileValidator, type Validate } from './validate-input.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until the route is found. */
    requestContext: RequestContext | null
  }
}

/** What all routes of an app share. */
export type Host = {
  replies: Replies
  methods: MethodTable
  originOf: (request: FastifyRequest['raw']) => Origin
  mountOf: (path: string) => Mount
  exemptLoopback: boolean
}

/** Adds the routes of a mount. Routes that take forms get a scope of their own, because the others must not (H1). */
export function addRoutes(app: FastifyInstance, host: Host, mount: Mount): void {
  const { bodyFormats = jsonOnly, routes } = mount.dialect
  for (const route of routes) {
    const formats = route.bodyFormats ?? bodyFormats
    const url = (path: string) => mount.prefix + path
    for (const path of [route.path, ...(route.aliases ?? [])]) {
      if (host.methods.methodsOf(url(path)).includes(route.method))
        throw new Error(
          `${route.method} ${url(path)} is mounted twice; give one of the mounts another prefix`,
        )
      host.methods.add(route.method, url(path))
    }
    if (!formats.includes('form')) {
      addRoute(app, host, mount, route)
      continue
    }
    void app.register(async (scope) => {
      if (!formats.includes('json')) scope.removeAllContentTypeParsers()
      takeForms(scope)
      addRoute(scope, host, mount, route)
    })
  }
}

const jsonOnly: readonly BodyFormat[] = ['json']

/** Lets the routes of an app take JSON. */
export const takeJson = (app: FastifyInstance): void => takeBodies(app, 'application/json', readBody)

const takeForms = (app: FastifyInstance): void =>
  takeBodies(app, 'application/x-www-form-urlencoded', readForm)

function takeBodies(app: FastifyInstance, mediaType: string, read: typeof readBody): void {
  app.addContentTypeParser(mediaType, { parseAs: 'buffer' }, (request, bytes, done) => {
    const { 'content-type': contentType = '', 'content-encoding': contentEncoding } = request.headers
    done(null, read(bytes as Buffer, contentType, contentEncoding))
  })
}

/** Adds one route under its path and all aliases. */
function addRoute(app: FastifyInstance, host: Host, mount: Mount, route: Route): void {
  const { admit, handle } = createSteps(host, mount, route)
  const response = Object.fromEntries(
    Object.entries(route.answers).map(([status, { schema }]) => [status, schema]),
  )

  for (const path of [route.path, ...(route.aliases ?? [])]) {
    app.route({
      method: route.method,
      url: mount.prefix + path,
      schema: { response },
      ...(route.bodyBytesMax === undefined ? {} : { bodyLimit: route.bodyBytesMax }),
      onRequest: admit,
      handler: handle,
    })
  }
}

/** Makes the context of one request. */
export function openContext(
  host: Host,
  request: FastifyRequest,
  place: Pick<RequestContext, 'mount' | 'path' | 'label'>,
): RequestContext {
  const { raw } = request
  const acceptLanguage = raw.headers['accept-language']
  const call: Call = {
    body: undefined,
    query: request.query,
    params: request.params as Call['params'],
    headers: raw.headers,
    caller: renderCaller(raw, host.originOf(raw), host.exemptLoopback),
    locale: preferredLocale(acceptLanguage, answerLocales),
    languages: { asked: null, accepted: preferredLocale(acceptLanguage, messageLocales) },
    reference: request.id,
  }
  const { mount, path, label } = place
  return { call, admitted: undefined, mount, path, label, startedAt: performance.now() }
}

/** The two steps of a route around the reading of the body: `admit` before it, `handle` after it. */
function createSteps(host: Host, mount: Mount, route: Route) {
  const { replies } = host
  const place = { mount, path: route.path, label: mount.prefix + route.path }
  const validateInput = createInputValidator(route)
  const validateAnswer = createAnswerValidator(route)

  const answer = (request: FastifyRequest, reply: FastifyReply, context: RequestContext, given: Answer) => {
    validateAnswer(given)
    replies.sendAnswer(request, reply, context, given)
  }

  const admit = (request: FastifyRequest, reply: FastifyReply, next: () => void): void => {
    const context = openContext(host, request, place)
    request.requestContext = context
    if (route.admit === undefined) next()
    else ask(route.admit, request, reply, next)
  }

  const ask = (
    admits: NonNullable<Route['admit']>,
    request: FastifyRequest,
    reply: FastifyReply,
    next: () => void,
  ): void => {
    const context = request.requestContext as RequestContext
    const fail = (error: unknown) => replies.sendError(request, reply, context, error)
    const follow = (admission: Admission<unknown>): void => {
      if (admission.ok) {
        context.admitted = admission.context
        next()
        return
      }
      try {
        answer(request, reply, context, admission.answer)
      } catch (error) {
        fail(error)
      }
    }
    let admission: ReturnType<typeof admits>
    try {
      admission = admits(context.call)
    } catch (error) {
      fail(error)
      return
    }
    if (admission instanceof Promise) admission.then(follow, fail)
    else follow(admission)
  }

  const run = async (
    request: FastifyRequest,
    reply: FastifyReply,
    context: RequestContext,
  ): Promise<void> => {
    try {
      const read = (request.body as ReadBody | undefined) ?? readNothing()
      if (!read.ok) return replies.sendProblem(request, reply, context, read.problem)

      const { call } = context
      const issues = validateInput(read.issues, read.body, call)
      if (issues.length > 0) return replies.sendProblem(request, reply, context, { kind: 'invalid', issues })

      call.body = read.body
      // For all routes alike. A language that we have no texts in counts as not requested, like an unknown field.
      const { locale: asked } = read.body
      if (asked !== undefined) call.languages = { ...call.languages, asked: parseMessageLocale(asked) }
      answer(request, reply, context, await route.handle(call as Call<never, never>, context.admitted))
    } catch (error) {
      replies.sendError(request, reply, context, error)
    }
  }

  // Returns nothing on purpose: Fastify would await a returned promise once more.
  const handle = (request: FastifyRequest, reply: FastifyReply): void => {
    void run(request, reply, request.requestContext as RequestContext)
  }

  return { admit, handle }
}

/** Lists everything that is wrong with a request. */
function createInputValidator({ body, query, headers, refusesUnknown = false }: Route) {
  const compile = (schema: TSchema | undefined, where: 'body' | 'query') => {
    if (refusesUnknown) return compileValidator(closeSchema(schema), where)
    return schema === undefined ? acceptAll : compileValidator(schema, where)
  }
  const validateBody = compile(body, 'body')
  const validateQuery = compile(query, 'query')
  const validateHeaders = headers === undefined ? acceptAll : compileValidator(headers, 'headers')

  return (unstorable: Issue[], bodyOfCall: unknown, call: Call): Issue[] => {
    const lists = [
      unstorable,
      validateBody(bodyOfCall),
      validateTexts(call.query as Record<string, unknown>, 'query'),
      validateTexts(call.params, 'path'),
      validateQuery(call.query),
      validateHeaders(call.headers),
    ]
    return lists.every((list) => list.length === 0) ? noIssues : lists.flat()
  }
}

/**
 * Throws when an answer does not match its schema. The serialiser alone would change the value until it fits (`null` to
 * `""`, a missing number to `0`), and clients would read invented values.
 */
function createAnswerValidator({ method, path, answers }: Route): (answer: Answer) => void {
  const validators = new Map(
    Object.entries(answers).map(([status, { schema }]) => [Number(status), compileValidator(schema, 'body')]),
  )
  return ({ status, body, stream }) => {
    const validate = validators.get(status)
    if (validate === undefined)
      throw new Error(`${method} ${path} answered ${status}, which it does not declare`)
    if (status === 204 || stream !== undefined) return
    const issues = validate(body)
    if (issues.length === 0) return
    const places = issues.map(({ field, keyword }) => `${field || '(whole)'}: ${keyword}`)
    throw new Error(
      `${method} ${path} answered a ${status} that does not fit its schema (${places.join(', ')})`,
    )
  }
}

const noIssues: Issue[] = []
const acceptAll: Validate = () => noIssues
