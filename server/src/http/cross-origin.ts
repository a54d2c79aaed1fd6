import type { Dialect } from './dialect.ts'

/*
 * Which pages of other origins may call a mount (CORS, the Fetch standard). Only listed origins get headers. There is no
 * Access-Control-Allow-Credentials: nothing here is authenticated by a cookie, so a page has to have the key or token.
 */

type Headers = Record<string, string>

export type CrossOrigin = {
  /** For every answer of the mount. */
  headersFor(origin: string | undefined): Headers
  /** Additionally for the answer to the question that a browser asks before a request. */
  preflightFor(origin: string | undefined): Headers
}

/** Browsers keep the answer to a preflight at most this long; Chromium caps it at two hours. */
const keptSeconds = 7_200

/** Every answer may have these; a dialect adds what its routes declare. */
const sharedExposed = ['X-Request-Id', 'Retry-After', 'Allow', 'WWW-Authenticate']

/** Makes the headers for the pages that may call a mount of the dialect. */
export function createCrossOrigin(
  origins: readonly string[],
  dialect: Pick<Dialect, 'routes' | 'apiKeyHeader'>,
): CrossOrigin {
  const exposed = uniqueNames([...sharedExposed, ...dialect.routes.flatMap(answeredHeadersOf)])
  // The answer differs by origin, which a cache between us and the browser must know, also for an answer without headers.
  const unlisted = { vary: 'Origin' }
  const preflight = {
    'access-control-allow-methods': uniqueNames(dialect.routes.map(({ method }) => method)),
    'access-control-allow-headers': uniqueNames(requestHeadersOf(dialect)),
    'access-control-max-age': String(keptSeconds),
  }
  const isListed = (origin: string | undefined): origin is string =>
    origin !== undefined && origins.includes(origin)

  return {
    headersFor: (origin) =>
      isListed(origin)
        ? {
            ...unlisted,
            'access-control-allow-origin': origin,
            'access-control-expose-headers': exposed,
          }
        : unlisted,
    preflightFor: (origin) => (isListed(origin) ? preflight : {}),
  }
}

type Route = Dialect['routes'][number]

const answeredHeadersOf = ({ answers }: Route): string[] =>
  Object.values(answers).flatMap(({ headers = {} }) => Object.keys(headers))

/** The headers that a page may send: those that the routes read, and those that it must not send without being allowed to. */
function requestHeadersOf({
  routes,
  apiKeyHeader = 'x-api-key',
}: Pick<Dialect, 'routes' | 'apiKeyHeader'>): string[] {
  const ofRoutes = routes.flatMap(({ access, headers }) => [
    ...Object.keys((headers as { properties?: object } | undefined)?.properties ?? {}),
    ...(access === 'api-key' ? [apiKeyHeader] : []),
    ...(access === 'basic' || access === 'bearer' ? ['authorization'] : []),
    // Whoever calls without a key may be asked for a proof of work.
    ...(access === 'public' ? ['x-altcha'] : []),
  ])
  return ['content-type', 'accept-language', ...ofRoutes]
}

const uniqueNames = (names: readonly string[]): string => [...new Set(names)].join(', ')
