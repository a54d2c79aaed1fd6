import { createHash, timingSafeEqual } from 'node:crypto'
import Type from 'typebox'
import type { Secret } from '../domain/secret.ts'
import { Unavailable } from '../engine/ports/unavailable.ts'
import type { Route } from './dialect.ts'
import type { Metrics } from './metrics.ts'
import { ownProblem } from './own-dialect.ts'
import type { Page } from './page.ts'

/*
 * What an operator and their machines ask of a server: does it live, may it get requests, how does it do, and with
 * which keys are its tokens checked.
 */

export type HealthParts = {
  /** Resolves when requests can be served; rejects, or takes over two seconds, when not. */
  ready: () => Promise<unknown>
  /** The public keys of the tokens, as a JWK set (RFC 7517). */
  publicKeys: () => { keys: object[] } | Promise<{ keys: object[] }>
}

const status = Type.Object({ status: Type.Literal('ok') })

/** The routes for load balancers and for those who check tokens. */
export function createHealthRoutes({ ready, publicKeys }: HealthParts): Route[] {
  const isReady = createReadiness(ready)
  return [
    {
      method: 'GET',
      path: '/healthz',
      access: 'public',
      summary: 'Does the process live?',
      description: 'Asks nothing of the database: restart the process when this does not answer.',
      answers: { 200: { description: 'It lives.', schema: status, examples: { alive: { status: 'ok' } } } },
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    },
    {
      method: 'GET',
      path: '/readyz',
      access: 'public',
      summary: 'Can it serve?',
      description: 'Send requests elsewhere while this is 503.',
      answers: {
        200: { description: 'The database answers.', schema: status, examples: { ready: { status: 'ok' } } },
      },
      async handle() {
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

/** One question at a time, however many probes ask: a database in trouble must not be asked harder. */
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
  /** Development: whoever reaches the server may read. */
  isOpen: boolean
  /** Lets a scraper in from elsewhere; without one only loopback may read. */
  token: Secret | null
}

/**
 * The page that Prometheus scrapes. It holds nothing personal, but how much a business sends and fails is its own
 * affair: in production it answers loopback, and others who bring the token.
 */
export function createMetricsPage({ metrics, isOpen, token }: MetricsAccess & { metrics: Metrics }): Page {
  const expected = token === null ? null : digest(`Bearer ${token.reveal()}`)
  return {
    path: '/metrics',
    described: {
      access: isOpen ? 'public' : 'bearer',
      summary: 'What the server counts, for Prometheus',
      description: 'In production only loopback may read without the admin token.',
      answers: {
        200: {
          description: 'The text format of Prometheus.',
          mediaType: 'text/plain',
          schema: Type.String(),
          examples: { scrape: scrapeExample },
        },
        401: {
          description: 'Neither on loopback nor with the token.',
          schema: ownProblem,
          examples: { error: tokenNeeded },
        },
      },
    },
    async respond({ headers }, { isLoopback }) {
      // A proxy on this machine looks like loopback, but says for whom it asks.
      const isLocal =
        isLoopback && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined
      const given = digest(String(headers.authorization ?? ''))
      if (isOpen || isLocal || (expected !== null && timingSafeEqual(given, expected))) {
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

const tokenNeeded = { statusCode: 401, message: 'The token of an operator is needed' }

const scrapeExample = `# HELP watchword_sends_total Requests to send a code.
# TYPE watchword_sends_total counter
watchword_sends_total{purpose="login",outcome="accepted"} 42
watchword_sends_total{purpose="login",outcome="too-many-sends"} 1
`

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
