import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import { createSampleDialect, startSampleApp } from '../harness/sample-app.ts'

let app: Awaited<ReturnType<typeof startSampleApp>>
beforeAll(async () => {
  app = await startSampleApp()
})
afterAll(() => app.close())

describe('what every answer carries', () => {
  test('H2: no-store, nosniff, a reference, and no server or version header', async () => {
    for (const { headers } of [
      await app.postJson('/sample/send', { target: 'a' }),
      await app.postJson('/sample/send', {}),
      await app.send('/nowhere'),
      await app.postJson('/sample/fault', {}),
    ]) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/)
      expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  test('H1: a field that the schema does not declare is stripped from an answer', async () => {
    const { status, body } = await app.postJson('/sample/send', { target: 'a' })
    expect([status, body]).toEqual([200, { id: 'a' }])
  })

  test('H1: an answer that does not fit its schema is a fault, as is a status that is not declared', async () => {
    for (const path of ['/sample/bent', '/sample/undeclared']) {
      const { status, body } = await app.postJson(path, {})
      expect([status, body.sample]).toEqual([500, 'fault'])
    }
  })
})

describe('routes', () => {
  test('an alias answers the same, any other spelling is unknown', async () => {
    expect((await app.postJson('/sample/send/', { target: 'a' })).status).toBe(200)
    expect((await app.postJson('/sample/send//', { target: 'a' })).status).toBe(404)
    expect((await app.postJson('/Sample/send', { target: 'a' })).status).toBe(404)
    expect((await app.postJson('/sample/guarded/', { target: 'a' })).status).toBe(404)
  })

  test('a problem on an alias or below a prefix names the path as the route writes it', async () => {
    expect((await app.postJson('/sample/send/', {})).body.path).toBe('/sample/send')
    expect((await app.postJson('/shop/sample/send/', {})).body.path).toBe('/sample/send')
    expect((await app.postJson('/shop/sample/other', {})).body).toMatchObject({
      sample: 'not-found',
      path: '/sample/other',
    })
  })

  test('an unknown path answers in the envelope of its dialect, and in ours where there is none', async () => {
    expect((await app.send('/sample/nothing')).body).toMatchObject({ sample: 'not-found' })
    const outside = await app.send('/samples')
    expect([outside.status, outside.body]).toEqual([404, { statusCode: 404, message: 'Not found' }])
  })

  test('a wrong method is 405 with Allow, OPTIONS lists, HEAD has no body', async () => {
    const wrong = await app.send('/sample/send', { method: 'DELETE' })
    expect([wrong.status, wrong.headers.get('allow'), wrong.body.sample]).toEqual([
      405,
      'POST, OPTIONS',
      'method-not-allowed',
    ])
    const parametric = await app.send('/sample/things/4', { method: 'PUT' })
    expect([parametric.status, parametric.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    const options = await app.send('/sample/records', { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow'), options.body]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      null,
    ])
    expect((await app.send('/nothing', { method: 'OPTIONS' })).status).toBe(404)
    const head = await app.send('/sample/records', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, null])
  })

  test('H1: a wrong method and an unknown path are told as such, whatever body comes along', async () => {
    const bodies = [{}, { headers: { 'content-type': 'a/b;;' }, body: '{' }, { body: 'x'.repeat(20_000) }]
    for (const method of ['QUERY', 'PROPFIND', 'DELETE']) {
      for (const body of bodies) {
        const { status, headers } = await app.send('/sample/send', { method, ...body })
        expect([method, status, headers.get('allow')]).toEqual([method, 405, 'POST, OPTIONS'])
        expect([method, (await app.send('/nothing', { method, ...body })).status]).toEqual([method, 404])
      }
    }
  })

  test('parameters of a path are decoded; a path that cannot be names nothing', async () => {
    expect((await app.send('/sample/things/a%20b')).body).toEqual({ id: 'a b' })
    expect(
      await app.sendRaw('GET /sample/things/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 404 [\s\S]*"sample":"not-found"/)
  })

  test('a key is asked for before the body is read or judged', async () => {
    const shut = await app.postJson('/sample/guarded', '{broken')
    expect([shut.status, shut.body]).toEqual([401, { error: 'key' }])
    expect((await app.postJson('/sample/guarded', '{broken', { 'x-api-key': 'k' })).body.sample).toBe(
      'malformed',
    )
    expect((await app.postJson('/sample/guarded', { target: 'a' }, { 'x-api-key': 'k' })).body).toEqual({
      id: 'in',
    })
  })

  test('H1: who is refused before a long body is read gets no chance to send it', async () => {
    const head = 'POST /sample/guarded HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
    for (const length of ['Content-Length: 1000000000', 'Transfer-Encoding: chunked']) {
      expect(await app.sendRaw(`${head}${length}\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 401 [\s\S]*connection: close/i,
      )
    }
  })

  test('two mounts of one path are refused at the start', () => {
    const dialect = createSampleDialect([])
    const mounts = [
      { dialect, prefix: '' },
      { dialect, prefix: '' },
    ]
    const parts = { log: pino({ level: 'silent' }), metrics: createMetrics({ collectProcess: false }) }
    expect(() => createApp({ mounts, ...parts })).toThrow(
      'POST /sample/send is mounted twice; give one of the mounts another prefix',
    )
  })

  test('the language is read from Accept-Language', async () => {
    expect(
      (await app.postJson('/sample/send', {}, { 'accept-language': 'fr-CA, en;q=0.5' })).body.locale,
    ).toBe('fr')
    expect((await app.postJson('/sample/send', {}, { 'accept-language': 'de' })).body.locale).toBeNull()
  })
})

describe('faults', () => {
  test('H1: a fault tells a reference that the log carries too, and nothing technical', async () => {
    const { status, body, headers } = await app.postJson('/sample/fault', { target: 'a' })
    expect([status, body.sample]).toEqual([500, 'fault'])
    expect(JSON.stringify(body)).not.toContain('secret_table')
    const { reference } = body.problem
    expect(headers.get('x-request-id')).toBe(reference)
    const entry = app.logged.find((line) => line.event === 'fault' && line.reference === reference)
    expect(entry).toMatchObject({ route: '/sample/fault', error: { cause: { message: 'deep' } } })
  })

  test('I9: what is away for a while is 503 with Retry-After', async () => {
    const { status, body, headers } = await app.postJson('/sample/away', {})
    expect([status, body.sample, headers.get('retry-after')]).toEqual([503, 'unavailable', '3'])
  })
})
