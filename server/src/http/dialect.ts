import type { Static, TSchema } from 'typebox'
import type { Caller } from '../domain/caller.ts'
import type { AnswerLocale } from '../domain/locale.ts'
import type { LanguagePreference } from '../domain/message-language.ts'
import type { OperatorRole } from '../domain/operator.ts'
import type { Remedies } from './remedies.ts'

/*
 * What a dialect is to the server: routes that return values, and one function that renders everything that goes wrong
 * around them. Fastify stays in this folder; a dialect never sees a request or reply object.
 */

/** By name; a list is one header for each of its texts. */
export type AnswerHeaders = Record<string, string | string[]>

/** What a route answers. `body` is serialised by the schema of its status, which strips undeclared fields. */
export type Answer = {
  status: number
  body: unknown
  headers?: AnswerHeaders
  /** Sent piece by piece instead of the body, for as long as it goes on or the caller reads. */
  stream?: AnswerStream
  /** Nothing is wrong although the status says 5xx: the log has it as it has every other request. */
  isExpected?: boolean
}

export type AnswerStream = { contentType: string; chunks: AsyncIterable<string> }

/** One request, after its body and query have passed the route's schemas. */
export type Call<Body = unknown, Query = unknown> = {
  body: Body
  query: Query
  /** The `:names` of the path, decoded. */
  params: Readonly<Record<string, string>>
  /** Header names are in lower case; a repeated header is joined as Node joins it. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  caller: Caller
  /** The language of answers that `Accept-Language` prefers, or null when it names none of ours. */
  locale: AnswerLocale | null
  /** The language of messages that the request asks for: the body's `locale`, and `Accept-Language`. */
  languages: LanguagePreference
  /** Names this request in the log and in the answer to a fault. */
  reference: string
}

/** An answer in the documentation: its schema, what it means, and examples by name. */
export type AnswerSchema = {
  description: string
  schema: TSchema
  examples?: Record<string, unknown>
  /** Where it is not `application/json`. */
  mediaType?: string
  /** Headers that this answer carries in addition to the shared ones: name to one sentence. */
  headers?: Record<string, string>
}

/**
 * Who may call a route. Every route declares it, and its `admit` enforces it: `api-key` in the header of the dialect,
 * `basic` and `bearer` in `Authorization`, `operator` there or by the cookie of an operator who is signed in, `cookie` by that
 * alone.
 */
export type Access = 'public' | 'api-key' | 'basic' | 'bearer' | 'operator' | 'cookie'

/** The formats of a body: `application/json`, or `application/x-www-form-urlencoded`. */
export type BodyFormat = 'json' | 'form'

export type Route<Context = unknown> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the mount's prefix, with the dialect's own path. */
  path: string
  /** Other spellings that answer the same. */
  aliases?: string[]
  /** Where they differ from the dialect's. */
  bodyFormats?: readonly BodyFormat[]
  /** The longest body in bytes, where 16 KiB is not enough. */
  bodyBytesMax?: number
  access: Access
  /** The role that an operator needs, at least. */
  role?: OperatorRole
  summary: string
  description?: string
  body?: TSchema
  query?: TSchema
  headers?: TSchema
  /** Refuses fields and parameters that it does not declare, where others ignore them (H1). */
  refusesUnknown?: boolean
  /** Request bodies from the document, by name. */
  examples?: Record<string, unknown>
  /** By status. */
  answers: Record<number, AnswerSchema>
  /** Runs before the body is read and validated, so that a caller without a key learns nothing about the body. */
  admit?: (call: Call) => Admission<Context> | Promise<Admission<Context>>
  /** `context` is what `admit` returned. */
  handle: (call: Call<never, never>, context: Context) => Promise<Answer>
}

/** The result of `admit`: the context for `handle`, or the answer that ends the request. */
export type Admission<Context> = { ok: true; context: Context } | { ok: false; answer: Answer }

/** Types `handle` by the schemas of body and query, and by the context of `admit`. */
export function defineRoute<
  Body extends TSchema = TSchema,
  Query extends TSchema = TSchema,
  Context = undefined,
>(
  route: Omit<Route<Context>, 'handle' | 'body' | 'query'> & {
    body?: Body
    query?: Query
    handle: (call: Call<Static<Body>, Static<Query>>, context: Context) => Promise<Answer>
  },
): Route {
  return route as Route
}

/** One issue of a request. `field` is a path such as `email` or `items.0.name`; empty for the body as a whole. */
export type Issue = {
  where: 'body' | 'query' | 'headers' | 'path'
  field: string
  /** The JSON Schema keyword that failed: `required`, `type`, `enum`, `minLength`, … */
  keyword: string
  message: string
}

/** What can go wrong around a route. Every dialect renders each of them in its own envelope. */
export type Problem =
  | { kind: 'invalid'; issues: Issue[] }
  | { kind: 'malformed' }
  | { kind: 'unsupported-media-type' }
  | { kind: 'too-large' }
  | { kind: 'not-found' }
  | { kind: 'method-not-allowed'; allow: string[] }
  | { kind: 'unavailable'; retryAfterSeconds: number; reference: string }
  | { kind: 'fault'; reference: string }

/** The default status of each problem. This folder adds the headers (`Allow`, `Retry-After`). */
export const problemStatus = {
  invalid: 400,
  malformed: 400,
  'unsupported-media-type': 415,
  'too-large': 413,
  'not-found': 404,
  'method-not-allowed': 405,
  unavailable: 503,
  fault: 500,
} as const satisfies ProblemStatuses

export type ProblemStatuses = Readonly<Record<Problem['kind'], number>>

/** The status of a problem in a dialect. */
export const statusOf = (
  { problemStatuses }: Pick<Dialect, 'problemStatuses'>,
  kind: Problem['kind'],
): number => problemStatuses?.[kind] ?? problemStatus[kind]

/** One of the documented APIs, bound to the project and prefix that it is mounted for. */
export type Dialect = {
  name: string
  /** What its paths begin with, below the prefix. Unknown paths there are answered in its envelope. */
  basePath: string
  routes: Route[]
  /** The formats of bodies; JSON alone by default. */
  bodyFormats?: readonly BodyFormat[]
  /** The header that carries keys; `x-api-key` by default. */
  apiKeyHeader?: string
  /** Where the statuses of its document differ from `problemStatus`. */
  problemStatuses?: Partial<ProblemStatuses>
  /** What callers can do about its errors, for the documentation, by the names of the examples that show them. */
  remedies?: Remedies
  /** What `renderProblem` returns, for the documentation. Without it the schema is inferred from what it renders. */
  problemSchema?: TSchema
  /**
   * The body for a problem; `statusOf` gives its status. `path` is the path that the route declares (also when an alias
   * was called), or the caller's own path where no route was found, both without the mount's prefix.
   */
  renderProblem: (problem: Problem, context: { path: string; locale: AnswerLocale | null }) => unknown
}

/** What all routes of a dialect are made with: the intersection of the parts that each maker takes. */
export type PartsOf<Makers extends readonly ((parts: never) => unknown)[]> = UnionToIntersection<
  Parameters<Makers[number]>[0]
>

type UnionToIntersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  all: infer Intersection,
) => void
  ? Intersection
  : never
