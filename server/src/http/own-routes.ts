import { createHash, timingSafeEqual } from 'node:crypto'
import Type from 'typebox'
import type { Secret } from '../domain/secret.ts'
import { Unavailable } from '../engine/ports/unavailable.ts'
import type { Route } from './dialect.ts'
import type { Metrics } from './metrics.ts'
import { ownProblem } from './own-dialect.ts'
import type { Page } from './page.ts'

/*
 * The routes for an operator and their machines: liveness, readiness, metrics, and the public keys of the tokens.
 */

export type HealthParts = {
  /** Resolves when the server can serve requests; otherwise it rejects or takes over two seconds. */
  ready: () => Promise<unknown>
  /** Whether the process was asked to end and only finishes its work. */
  isEnding?: () => boolean
  /** The public keys of the tokens, as a JWK set (RFC 7517). */
  publicKeys: () => { keys: object[] } | Promise<{ keys: object[] }>
}

const status = Type.Object({ status: Type.Literal('ok') })

/** The routes for load balancers, and for services that verify tokens. */
export function createHealthRoutes({ ready, isEnding = () => false, publicKeys }: HealthParts): Route[] {
  const isReady = createReadiness(ready)
  return [
    {
      method: 'GET',
      path: '/healthz',
      access: 'public',
      summary: 'Is the process alive?',
      description: 'Does not use the database. Restart the process when this does not answer.',
      answers: {
        200: { description: 'The process is alive.', schema: status, examples: { alive: { status: 'ok' } } },
      },
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    },
    {
      method: 'GET',
      path: '/readyz',
      access: 'public',
      summary: 'Can the server take requests?',
      description: 'Send requests to other nodes while this answers 503.',
      answers: {
        200: {
          description: 'The database answers, and has room for today.',
          schema: status,
          examples: { ready: { status: 'ok' } },
        },
        503: {
          description: 'The process was asked to end.',
          schema: Type.Object({ status: Type.Literal('ending') }),
          examples: { ending: { status: 'ending' } },
        },
      },
      async handle() {
        if (isEnding()) return { status: 503, body: { status: 'ending' }, isExpected: true }
        await isReady()
        return { status: 200, body: { status: 'ok' } }
      },
    },
    {
      method: 'GET',
      path: '/.well-known/jwks.json',
      access: 'public',
      summary: 'The public keys of the access tokens',
      description: 'Empty when tokens are signed with HS256, which has no public key.',
      answers: {
        200: {
          description: 'A JWK set (RFC 7517).',
          schema: Type.Object({ keys: Type.Array(Type.Unknown()) }),
          examples: { empty: { keys: [] } },
        },
      },
      handle: async () => ({ status: 200, body: await publicKeys() }),
    },
  ]
}

const readyMilliseconds = 2000

/** Runs one check at a time for all probes, so that they do not put more load on a database in trouble. */
function createReadiness(ready: () => Promise<unknown>): () => Promise<unknown> {
  let asked: Promise<unknown> | null = null

  const ask = async () => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${readyMilliseconds} ms`)),
        readyMilliseconds,
      )
    })
    try {
      await Promise.race([ready(), late])
    } catch (cause) {
      throw new Unavailable('not ready', { retryAfterSeconds: 2, cause })
    } finally {
      clearTimeout(timer)
      asked = null
    }
  }

  return () => {
    asked ??= ask()
    return asked
  }
}

export type MetricsAccess = {
  /**
   * Who may read without the token: everybody in development; this machine, if nothing stands in front of the server;
   * otherwise nobody, because a proxy on this machine that sends no `X-Forwarded-For` makes the whole world look local.
   */
  openTo: 'everybody' | 'this-machine' | 'nobody'
  /** The token of scrapers; without one only those may read whom it is open to. */
  token: Secret | null
}

/**
 * The page that Prometheus scrapes. It holds no personal data, but how much a business sends and how often it fails is
 * confidential: in production it takes the token, or a server that only this machine reaches.
 */
export function createMetricsPage({ metrics, openTo, token }: MetricsAccess & { metrics: Metrics }): Page {
  const expected = token === null ? null : digest(`Bearer ${token.reveal()}`)
  return {
    path: '/metrics',
    described: {
      access: openTo === 'everybody' ? 'public' : 'bearer',
      summary: 'What the server counts, for Prometheus',
      description:
        'In production it needs the admin token, except on a server that only this machine reaches.',
      answers: {
        200: {
          description: 'The text format of Prometheus.',
          mediaType: 'text/plain',
          schema: Type.String(),
          examples: { scrape: scrapeExample },
        },
        401: {
          description: 'The caller has not sent the token.',
          schema: ownProblem,
          examples: { error: tokenNeeded },
        },
      },
    },
    async respond({ headers }, { isLoopback }) {
      // A proxy that the configuration does not tell of looks like loopback, but most name the client.
      const isLocal =
        openTo === 'this-machine' && isLoopback && proxyHeaders.every((name) => headers[name] === undefined)
      const given = digest(String(headers.authorization ?? ''))
      if (openTo === 'everybody' || isLocal || (expected !== null && timingSafeEqual(given, expected))) {
        return { status: 200, contentType: metrics.registry.contentType, text: await metrics.render() }
      }
      return {
        status: 401,
        contentType: 'application/json; charset=utf-8',
        text: JSON.stringify(tokenNeeded),
        headers: { 'www-authenticate': 'Bearer' },
      }
    },
  }
}

const proxyHeaders = [
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'via',
  'x-forwarded-host',
  'x-forwarded-proto',
]

const tokenNeeded = { statusCode: 401, message: 'The token of an operator is needed' }

const scrapeExample = `# HELP watchword_sends_total Requests to send a code.
# TYPE watchword_sends_total counter
watchword_sends_total{purpose="login",outcome="accepted"} 42
watchword_sends_total{purpose="login",outcome="too-many-sends"} 1
`

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
