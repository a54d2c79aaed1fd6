import pino from 'pino'
import Type from 'typebox'
import { afterAll, describe, expect, test } from 'vitest'
import { createReadingPages } from '../../src/documentation/reading-pages.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createApp } from '../../src/http/app.ts'
import { type Dialect, defineRoute } from '../../src/http/dialect.ts'
import { exampleOf } from '../../src/http/example-of.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import type { MetricsAccess } from '../../src/http/own-routes.ts'
import type { OpenApiDocument } from '../../src/http/openapi.ts'
import { readAnswers } from '../slow/fuzz/operations.ts'

const closing: (() => Promise<void>)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))

const sample: Dialect = {
  name: 'sample',
  basePath: '/sample',
  routes: [
    defineRoute({
      method: 'POST',
      path: '/sample/send',
      aliases: ['/sample/send/'],
      access: 'api-key',
      summary: 'Sends <one> code',
      body: Type.Object({ target: Type.String() }),
      headers: Type.Object({ 'x-api-key': Type.String(), 'x-project-id': Type.String() }),
      query: Type.Object({ dry: Type.Optional(Type.String({ description: 'Sends nothing.' })) }),
      examples: { email: { target: 'ada@example.test' } },
      answers: {
        201: {
          description: 'Sent.',
          schema: Type.Object({ id: Type.String() }),
          examples: { sent: { id: '1' } },
          headers: { 'RateLimit-Policy': 'The limit and its window.' },
        },
        400: {
          description: 'Refused.',
          schema: Type.Object({ code: Type.Integer() }),
          examples: { no: { code: 1 } },
        },
      },
      handle: async () => ({ status: 201, body: { id: '1' } }),
    }),
  ],
  renderProblem: (problem) => ({
    error: problem.kind,
    data: problem.kind === 'fault' ? problem.reference : null,
  }),
}

type Options = {
  ready?: () => Promise<unknown>
  openTo?: MetricsAccess['openTo']
  token?: Secret | null
}

async function start({ ready = async () => {}, openTo = 'this-machine', token = null }: Options = {}) {
  const metrics = createMetrics({ collectProcess: false })
  const app = createApp({
    mounts: [{ dialect: sample, prefix: '/shop' }],
    log: pino({ level: 'silent' }),
    metrics,
    own: {
      ready,
      publicKeys: () => ({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA' }] }),
      readPublicUrl: () => 'https://otp.example.test',
      version: '1.2.3',
      metricsAccess: { openTo, token },
      // As in production: nothing to try.
      createReadingPages: createReadingPages({ version: '1.2.3', trial: null }),
    },
  })
  closing.push(() => app.close())
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  return { metrics, get: (path: string, headers = {}) => fetch(base + path, { headers }), base }
}

describe('health', () => {
  test('/healthz answers while /readyz does not', async () => {
    const { get } = await start({
      ready: async () => {
        throw new Error('ECONNREFUSED')
      },
    })
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' })
    const ready = await get('/readyz')
    expect([ready.status, ready.headers.get('retry-after'), await ready.json()]).toEqual([
      503,
      '2',
      { statusCode: 503, message: 'Temporarily unavailable, please try again' },
    ])
  })

  test('I9: /readyz gives up after two seconds, and asks once for many', async () => {
    let asked = 0
    const { get } = await start({
      ready: () => {
        asked += 1
        return new Promise(() => {})
      },
    })
    const startedAt = performance.now()
    const answers = await Promise.all([get('/readyz'), get('/readyz'), get('/readyz')])
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
    expect(performance.now() - startedAt).toBeLessThan(3000)
    expect(asked).toBe(1)
  })

  test('/readyz is 200 when the database answers, and the keys are public', async () => {
    const { get } = await start()
    expect((await get('/readyz')).status).toBe(200)
    expect(await (await get('/.well-known/jwks.json')).json()).toEqual({
      keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA' }],
    })
  })
})

describe('metrics', () => {
  test('requests are counted by dialect, route and status, sends by outcome, and nothing a caller wrote', async () => {
    const { get, base, metrics } = await start()
    metrics.countSend('service', 'accepted')
    await fetch(`${base}/shop/sample/send?secret=1`, { method: 'POST' })
    await get('/some/unknown/path')
    const text = await (await get('/metrics')).text()
    expect(text).toContain(
      'watchword_http_request_duration_seconds_count{dialect="sample",method="POST",route="/shop/sample/send",status="400"} 1',
    )
    expect(text).toContain('route="unknown",status="404"')
    expect(text).toContain('watchword_sends_total{purpose="service",outcome="accepted"} 1')
    expect(text).not.toMatch(/secret|some\/unknown/)
  })

  test('a server that only this machine calls shows them to loopback, not to what names another client', async () => {
    const { get } = await start({ token: new Secret('operator') })
    expect((await get('/metrics')).status).toBe(200)
    for (const elsewhere of [
      { 'x-forwarded-for': '203.0.113.7' },
      { forwarded: 'for=203.0.113.7' },
      { 'x-real-ip': '203.0.113.7' },
      { via: '1.1 proxy' },
    ] as Record<string, string>[]) {
      const refused = await get('/metrics', elsewhere)
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      expect((await get('/metrics', { ...elsewhere, authorization: 'Bearer wrong' })).status).toBe(401)
      expect((await get('/metrics', { ...elsewhere, authorization: 'Bearer operator' })).status).toBe(200)
    }
  })

  test('behind a proxy nobody reads them without the token, because one without headers makes everybody local', async () => {
    const { get } = await start({ openTo: 'nobody', token: new Secret('operator') })
    expect((await get('/metrics')).status).toBe(401)
    expect((await get('/metrics', { authorization: 'Bearer operator' })).status).toBe(200)
  })
})

describe('documentation', () => {
  test('who opens a server of production in a browser comes to the pages to read', async () => {
    const { base } = await start()
    const root = await fetch(base, { redirect: 'manual' })
    expect([root.status, root.headers.get('location')]).toEqual([302, 'docs'])
    expect((await fetch(base, { method: 'POST' })).status).toBe(405)
    expect(await (await fetch(base)).text()).toContain('<h1>Documentation</h1>')
  })

  const read = async () => {
    const { get } = await start()
    return (await (await get('/openapi.json')).json()) as OpenApiDocument
  }

  test('H3: links come from PUBLIC_URL, whatever Host says', async () => {
    const { base } = await start()
    const text = await (await fetch(`${base}/openapi.json`, { headers: { host: 'evil.test' } })).text()
    expect(text).toContain('"servers":[{"url":"https://otp.example.test"}]')
    expect(text).not.toContain('evil.test')
  })

  test('it goes compressed to who takes it, and plain to others', async () => {
    const { get } = await start()
    for (const path of [
      '/openapi.json',
      '/docs',
      '/docs/operating',
      '/docs/style.css',
      '/docs/search.json',
    ]) {
      const answers = await Promise.all(
        ['gzip, br', 'identity', 'gzip;q=0'].map((encoding) => get(path, { 'accept-encoding': encoding })),
      )
      expect(answers.map(({ headers }) => headers.get('content-encoding'))).toEqual(['gzip', null, null])
      const texts = await Promise.all(answers.map((answer) => answer.text()))
      expect(new Set(texts).size).toBe(1)
    }
  })

  test('a reader keeps it and asks whether it has changed; each encoding has its own tag', async () => {
    const { get } = await start()
    for (const path of [
      '/openapi.json',
      '/docs',
      '/docs/operating',
      '/docs/style.css',
      '/docs/search.json',
    ]) {
      const tags = await Promise.all(
        ['gzip', 'identity'].map(async (encoding) => {
          const { headers } = await get(path, { 'accept-encoding': encoding })
          expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-cache', 'accept-encoding'])
          return headers.get('etag') ?? ''
        }),
      )
      expect(new Set(tags).size).toBe(2)
      const [gzip = '', plain = ''] = tags
      for (const known of [plain, `"other", W/${plain}`, '*']) {
        const answer = await get(path, { 'accept-encoding': 'identity', 'if-none-match': known })
        expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([304, plain, ''])
      }
      const other = await get(path, { 'accept-encoding': 'identity', 'if-none-match': gzip })
      expect(other.status).toBe(200)
    }
  })

  test('a route is documented with its examples, answers, headers and other spellings', async () => {
    const document = await read()
    const operation = document.paths['/shop/sample/send']?.post
    expect(operation).toMatchObject({
      operationId: 'samplePostShopSampleSend',
      summary: 'Sends <one> code',
      description: 'Also answers at `/shop/sample/send/`.',
      security: [{ apiKey: [] }],
      parameters: [
        { name: 'dry', in: 'query', required: false, description: 'Sends nothing.' },
        { name: 'x-project-id', in: 'header', required: true },
      ],
      requestBody: {
        content: { 'application/json': { examples: { email: { value: { target: 'ada@example.test' } } } } },
      },
    })
    const responses = operation?.responses ?? {}
    expect(Object.keys(responses)).toEqual(['201', '400', '405', '413', '415', '500', '503'])
    expect(responses['201']?.headers).toHaveProperty('RateLimit-Policy')
    expect(responses['503']?.headers).toHaveProperty('Retry-After')
    expect(responses['500']?.content?.['application/json']?.examples?.fault?.value).toEqual({
      error: 'fault',
      data: 'b6cf1b1ad9a0-1f4',
    })
    expect(Object.keys(responses['400']?.content?.['application/json']?.examples ?? {})).toEqual([
      'invalid',
      'malformed',
      'no',
    ])
  })

  test('every example fits the schema that it stands beside', async () => {
    const answers = readAnswers(await read())
    expect(answers.length).toBeGreaterThan(20)
    expect(answers.filter(({ unfit }) => unfit.length > 0)).toEqual([])
  })

  test('an example is put together from those below it, and a leaf without one is named', () => {
    const name = Type.String({ examples: ['Ada'] })
    const kind = Type.Union([Type.Literal('one'), Type.Null()])
    const list = Type.Object({ people: Type.Array(Type.Object({ name, kind })), next: Type.Null() })
    expect(exampleOf(list, 'GET /people 200')).toEqual({ people: [{ name: 'Ada', kind: 'one' }], next: null })
    const bare = Type.Object({ people: Type.Array(Type.Object({ name: Type.String() })) })
    expect(() => exampleOf(bare, 'GET /people 200')).toThrow('GET /people 200.people.0.name')
  })

  test('operation ids are unique and our own routes are there', async () => {
    const { paths } = await read()
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/healthz', '/readyz', '/metrics', '/.well-known/jwks.json']),
    )
  })

  const sendPage = '/docs/api/sample-at-shop/post-shop-sample-send'

  test('H2: the pages for people have a strict policy, nothing inline, and escape what they show', async () => {
    const { get } = await start()
    for (const path of ['/docs', sendPage, '/docs/nothing']) {
      const page = await get(path)
      const html = await page.text()
      expect([path, page.status]).toEqual([path, path.endsWith('nothing') ? 404 : 200])
      expect(page.headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      )
      expect(page.headers.get('x-content-type-options')).toBe('nosniff')
      expect(html).not.toMatch(
        /<script>|<style|style="|\son\w+="|(src|href|action)="?(https?:|\/\/)(?!\S*(openapi|github|altcha))/,
      )
    }
    const html = await (await get(sendPage)).text()
    expect(html).toContain('Sends &lt;one&gt; code')
    expect(html).toContain('Also answers at <code>/shop/sample/send/</code>.')
  })

  test('production shows no form that sends, and no page at / of its own', async () => {
    const { get } = await start()
    const html = await (await get(sendPage)).text()
    expect(html).not.toMatch(/<form (?!class="search")|Try it/)
    expect(html).toContain('&lt;your_api_key&gt;')
  })

  test('what is below /docs answers GET alone, and says so', async () => {
    const { base } = await start()
    const refused = await fetch(`${base}/docs/operating`, { method: 'POST' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    expect(await refused.json()).toEqual({ statusCode: 405, message: 'Method not allowed' })
  })
})
