import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { closeSchema } from './close-schema.ts'
import type { Access, AnswerSchema, BodyFormat, Dialect, Issue, Problem, Route } from './dialect.ts'
import { statusOf } from './dialect.ts'
import type { Mount } from './envelopes.ts'
import { exampleOf } from './example-of.ts'
import { inferSchema } from './infer-schema.ts'
import { operatorCookie } from './operator-cookie.ts'
import { validateTexts } from './read-body.ts'
import { remedyOf } from './remedies.ts'
import { compileValidator } from './validate-input.ts'

/*
 * The document is built from the route table itself, without a generator: TypeBox schemas are JSON Schema 2020-12, which
 * OpenAPI 3.1 takes unchanged. A plug-in would read Fastify's routes, which have neither the examples, nor the aliases,
 * nor a dialect's answers to problems: half of what a reader looks for.
 */

export type OpenApiParts = { mounts: DescribedMount[]; publicUrl: string; version: string }

/** What the document says about a page, which need not answer JSON. */
export type PageDescription = Pick<DescribedRoute, 'access' | 'summary' | 'description' | 'query' | 'answers'>

type DescribedAnswer = AnswerSchema & {
  /** The types that callers get who ask for them by `Accept`. */
  otherMediaTypes?: string[]
}

type DescribedRoute = Omit<Route, 'admit' | 'handle' | 'answers'> & {
  answers: Record<number, DescribedAnswer>
}

export type DescribedMount = Omit<Mount, 'dialect'> & {
  dialect: Omit<Dialect, 'routes'> & { routes: DescribedRoute[] }
}

type Json = Record<string, unknown>

export type OpenApiDocument = {
  openapi: '3.1.0'
  info: Json
  servers: Json[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: Json
}

export type Operation = {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security: Json[]
  /** The role that an operator needs, at least. */
  'x-role'?: string
  parameters: Json[]
  requestBody?: { required: boolean; content: Record<string, Content> }
  responses: Record<string, { description: string; headers: Json; content?: Record<string, Content> }>
}

type Content = { schema: unknown; examples?: Record<string, { value: unknown; description?: string }> }

/** Renders the OpenAPI 3.1 document of every route of every mount. */
export function renderOpenApi({ mounts, publicUrl, version }: OpenApiParts): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {}
  for (const mount of mounts) {
    for (const route of mount.dialect.routes) {
      const path = (mount.prefix + route.path).replace(/:([^/]+)/g, '{$1}')
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: renderOperation(mount, route) }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Watchword',
      version,
      description: 'One-time passwords: sends codes, checks them, keeps the records, signs users in.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    // From the configuration, never from the request's Host header (H3).
    servers: [{ url: publicUrl }],
    tags: [...new Set(mounts.map(tagOf))].map((name) => ({ name, description: `The routes of ${name}.` })),
    paths,
    components: { securitySchemes: securitySchemesOf(mounts), headers: sharedHeaders },
  }
}

const defaultKeyHeader = 'x-api-key'
const keyHeaderOf = ({ dialect }: DescribedMount): string => dialect.apiKeyHeader ?? defaultKeyHeader

type Scheme = Exclude<Access, 'public' | 'operator'>

/** An operator is known by either of two. */
const schemesOf = (access: Exclude<Access, 'public'>): Scheme[] =>
  access === 'operator' ? ['bearer', 'cookie'] : [access]

/** The name of the scheme. A dialect with its own header for keys has its own scheme. */
function schemeOf(mount: DescribedMount, access: Scheme): string {
  if (access !== 'api-key') return access
  const header = keyHeaderOf(mount)
  return header === defaultKeyHeader ? 'apiKey' : `apiKey-${header}`
}

/** The two schemes of every server, and those that its dialects add. */
function securitySchemesOf(mounts: DescribedMount[]): Json {
  const ofRoutes = mounts.flatMap((mount) =>
    mount.dialect.routes.flatMap(({ access }) =>
      access === 'public'
        ? []
        : schemesOf(access).map((each) => [schemeOf(mount, each), renderScheme(mount, each)] as const),
    ),
  )
  return {
    apiKey: { type: 'apiKey', in: 'header', name: defaultKeyHeader },
    bearer: bearerScheme,
    ...Object.fromEntries(ofRoutes),
  }
}

const cookieScheme = {
  type: 'apiKey',
  in: 'cookie',
  name: operatorCookie,
  description: 'The session of an operator who has signed in.',
}

const bearerScheme = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }

function renderScheme(mount: DescribedMount, access: Scheme): Json {
  if (access === 'bearer') return bearerScheme
  if (access === 'cookie') return cookieScheme
  return access === 'basic'
    ? { type: 'http', scheme: 'basic' }
    : { type: 'apiKey', in: 'header', name: keyHeaderOf(mount) }
}

const sharedHeaders = {
  'X-Request-Id': {
    description: 'Names this request in the log of the server.',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'Seconds until a retry makes sense.', schema: { type: 'string' } },
  Allow: { description: 'The methods that the path answers.', schema: { type: 'string' } },
}

const tagOf = ({ dialect, prefix }: DescribedMount): string =>
  prefix === '' ? dialect.name : `${dialect.name} at ${prefix}`

function renderOperation(mount: DescribedMount, route: DescribedRoute): Operation {
  const { method, path, aliases = [], access, summary, description = '', examples } = route
  const body = route.body !== undefined && route.refusesUnknown ? closeSchema(route.body) : route.body
  const spellings = aliases.map((alias) => `\`${mount.prefix}${alias}\``).join(', ')
  const text = [description, spellings === '' ? '' : `Also answers at ${spellings}.`]
    .filter((part) => part !== '')
    .join('\n\n')
  const words = [mount.dialect.name, method.toLowerCase(), ...(mount.prefix + path).split(/[^a-zA-Z0-9]+/)]
  return {
    operationId: words
      .filter((word) => word !== '')
      .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
      .join(''),
    tags: [tagOf(mount)],
    summary,
    ...(text === '' ? {} : { description: text }),
    security: access === 'public' ? [] : schemesOf(access).map((each) => ({ [schemeOf(mount, each)]: [] })),
    ...(route.role === undefined ? {} : { 'x-role': route.role }),
    parameters: renderParameters(mount, route),
    ...(body === undefined
      ? {}
      : {
          requestBody: { required: true, content: renderBodies(mount, route, renderContent(body, examples)) },
        }),
    responses: renderResponses(mount, route),
  }
}

const mediaTypes: Record<BodyFormat, string> = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
}

const mediaTypesOf = (dialect: DescribedMount['dialect'], route: DescribedRoute): string[] =>
  (route.bodyFormats ?? dialect.bodyFormats ?? (['json'] as const)).map((format) => mediaTypes[format])

/** The same fields in every format that the route takes. */
const renderBodies = ({ dialect }: DescribedMount, route: DescribedRoute, content: Content) =>
  Object.fromEntries(mediaTypesOf(dialect, route).map((type) => [type, content]))

function renderParameters(mount: DescribedMount, { path, query, headers, access }: DescribedRoute): Json[] {
  const names = [...path.matchAll(/:([^/]+)/g)].map((match) => match[1])
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  // `security` declares the key and the token; OpenAPI ignores them here.
  const inHeader = membersOf(headers, 'header').filter(
    ({ name }) => name !== 'authorization' && (name !== keyHeaderOf(mount) || access !== 'api-key'),
  )
  return [...inPath, ...membersOf(query, 'query'), ...inHeader]
}

function membersOf(schema: TSchema | undefined, where: 'query' | 'header') {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, member]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(typeof member.description === 'string' ? { description: member.description } : {}),
    schema: member,
  }))
}

const renderContent = (schema: unknown, examples: Record<string, unknown> = {}): Content => {
  const named = Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }]))
  return { schema, ...(Object.keys(named).length === 0 ? {} : { examples: named }) }
}

/** The answers that the route declares, and the problems around it as the dialect renders them. */
function renderResponses({ dialect, prefix }: DescribedMount, route: DescribedRoute): Operation['responses'] {
  const answers: Record<string, DescribedAnswer> = { ...route.answers }
  for (const [status, problems] of problemsOf(dialect, route)) {
    answers[status] = joinAnswers(route.answers[status], renderProblems(dialect, route, problems))
  }
  const name = `${route.method} ${prefix}${route.path}`
  const entries = Object.entries(answers).map(
    ([status, answer]) =>
      [status, withRemedies(status, renderResponse(`${name} ${status}`, status, answer), dialect)] as const,
  )
  return Object.fromEntries(entries)
}

type AnswerObject = Operation['responses'][string]

/** Each example of an error tells in its description what to do about it. */
function withRemedies(
  status: string,
  response: AnswerObject,
  { remedies }: Pick<Dialect, 'remedies'>,
): AnswerObject {
  if (Number(status) < 400 || response.content === undefined) return response
  const content = Object.entries(response.content).map(([type, { examples = {}, ...rest }]) => {
    const told = Object.entries(examples).map(([name, example]) => [
      name,
      { description: remedyOf({ name, status }, remedies), ...example },
    ])
    return [type, { ...rest, examples: Object.fromEntries(told) }]
  })
  return { ...response, content: Object.fromEntries(content) }
}

function renderResponse(
  place: string,
  status: string,
  { description, headers = {}, ...answer }: DescribedAnswer,
) {
  const own = Object.entries(headers).map(([name, sentence]) => [
    name,
    { description: sentence, schema: { type: 'string' } },
  ])
  const shared = [
    'X-Request-Id',
    ...(status === '405' ? ['Allow'] : []),
    ...(status === '503' || status === '429' ? ['Retry-After'] : []),
  ]
  return {
    description,
    headers: {
      ...Object.fromEntries(shared.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
      ...Object.fromEntries(own),
    },
    ...(status === '204' ? {} : { content: renderContents(place, answer) }),
  }
}

/** A body with the examples of its route, or else the example of its schema. */
function renderContents(
  place: string,
  {
    schema,
    examples = {},
    mediaType = 'application/json',
    otherMediaTypes = [],
  }: Omit<DescribedAnswer, 'description'>,
): Record<string, Content> {
  const isBare = Object.keys(examples).length === 0
  const others = otherMediaTypes.map((type) => [type, renderContent({ type: 'string' })] as const)
  return {
    [mediaType]: renderContent(schema, isBare ? { answer: exampleOf(schema, place) } : examples),
    ...Object.fromEntries(others),
  }
}

/** The problems that a request to this route can have, by status, with the issues of an empty request. */
function problemsOf(
  dialect: DescribedMount['dialect'],
  { method, body, query }: DescribedRoute,
): Map<number, Problem[]> {
  const readsBody = method !== 'GET'
  const found: Issue[] = [
    ...(body === undefined ? [] : compileValidator(body, 'body')({})),
    ...(query === undefined ? [] : compileValidator(query, 'query')({})),
  ]
  const reference = 'b6cf1b1ad9a0-1f4'
  const [name = 'q'] = membersOf(query, 'query').map((member) => member.name)
  const unstorable = validateTexts({ [name]: '\0' }, 'query')
  const problems: Problem[] = [
    { kind: 'invalid', issues: found.length > 0 ? found : unstorable },
    { kind: 'malformed' },
    { kind: 'method-not-allowed', allow: [method, 'OPTIONS'] },
    ...(readsBody ? ([{ kind: 'too-large' }, { kind: 'unsupported-media-type' }] as const) : []),
    { kind: 'fault', reference },
    { kind: 'unavailable', retryAfterSeconds: 1, reference },
  ]
  const byStatus = new Map<number, Problem[]>()
  for (const problem of problems) {
    const status = statusOf(dialect, problem.kind)
    byStatus.set(status, [...(byStatus.get(status) ?? []), problem])
  }
  return byStatus
}

const meanings: Record<Exclude<Problem['kind'], 'unsupported-media-type'>, string> = {
  invalid: 'A field is missing or wrong.',
  malformed: 'The request is malformed.',
  'too-large': 'The body is too large.',
  'not-found': 'There is no such path.',
  'method-not-allowed': 'The path does not answer this method.',
  unavailable: 'Temporarily unavailable; nothing was changed.',
  fault: 'Something broke; the log has the reference.',
}

function renderProblems(
  dialect: DescribedMount['dialect'],
  route: DescribedRoute,
  problems: Problem[],
): AnswerSchema {
  const meaningOf = (kind: Problem['kind']) =>
    kind === 'unsupported-media-type'
      ? `The body is not ${mediaTypesOf(dialect, route).join(' or ')}.`
      : meanings[kind]
  const examples = problems.map(
    (problem) => [problem.kind, dialect.renderProblem(problem, { path: route.path, locale: null })] as const,
  )
  return {
    description: problems.map(({ kind }) => meaningOf(kind)).join(' '),
    schema: dialect.problemSchema ?? inferSchema(examples.map(([, body]) => body)),
    examples: Object.fromEntries(examples),
  }
}

/** Joins the answers of a status that both the route and a problem have: one schema if it covers both, else a union. */
function joinAnswers(declared: AnswerSchema | undefined, problem: AnswerSchema): AnswerSchema {
  if (declared === undefined) return problem
  const validator = Compile(declared.schema)
  const isCovered = Object.values(problem.examples ?? {}).every((example) => validator.Check(example))
  return {
    ...declared,
    schema: isCovered ? declared.schema : ({ anyOf: [declared.schema, problem.schema] } as TSchema),
    examples: { ...problem.examples, ...declared.examples },
  }
}
