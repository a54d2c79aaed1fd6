import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import pino from 'pino'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Unavailable } from '../src/engine/faults.ts'
import { createApp } from '../src/http/app.ts'
import { type Call, type Dialect, defineRoute } from '../src/http/dialect.ts'
import { createMetrics } from '../src/http/metrics.ts'

const calls: Call[] = []
const logged: Record<string, unknown>[] = []

const post = (path: string) => ({ method: 'POST' as const, path, access: 'public' as const, summary: path })
const done = { 200: { description: 'Done.', schema: Type.Object({ id: Type.String() }) } }

const sample: Dialect = {
  name: 'sample',
  basePath: '/sample',
  routes: [
    defineRoute({
      ...post('/sample/send'),
      aliases: ['/sample/send/'],
      body: Type.Object({
        target: Type.String({ minLength: 1 }),
        channel: Type.Optional(Type.Union([Type.Literal('email'), Type.Literal('sms')])),
        tags: Type.Optional(Type.Array(Type.Object({ name: Type.String() }))),
      }),
      answers: done,
      async handle(call) {
        calls.push(call)
        return { status: 200, body: { id: call.body.target, secret: 'never declared' } }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/sample/records',
      access: 'public',
      summary: 'Reads',
      query: Type.Object({ page: Type.Optional(Type.String({ pattern: '^[0-9]+$' })) }),
      answers: done,
      handle: async ({ query }) => ({ status: 200, body: { id: query.page ?? 'none' } }),
    }),
    {
      ...post('/sample/guarded'),
      access: 'api-key',
      body: Type.Object({ target: Type.String() }),
      answers: { ...done, 401: { description: 'No key.', schema: Type.Object({ error: Type.String() }) } },
      admit: async ({ headers }) =>
        headers['x-api-key'] === 'k' ? null : { status: 401, body: { error: 'key' } },
      handle: async () => ({ status: 200, body: { id: 'in' } }),
    },
    {
      ...post('/sample/fault'),
      answers: done,
      handle: async () => {
        throw new Error('relation "secret_table" does not exist', { cause: new Error('deep') })
      },
    },
    {
      ...post('/sample/away'),
      answers: done,
      handle: async () => {
        throw new Unavailable('database is away', { retryAfterSeconds: 3 })
      },
    },
    { ...post('/sample/bent'), answers: done, handle: async () => ({ status: 200, body: { id: null } }) },
    { ...post('/sample/undeclared'), answers: done, handle: async () => ({ status: 418, body: {} }) },
    {
      method: 'GET',
      path: '/sample/things/:id',
      access: 'public',
      summary: 'One thing',
      answers: done,
      handle: async ({ params }) => ({ status: 200, body: { id: params.id } }),
    },
  ],
  renderProblem: (problem, { path, locale }) => ({ sample: problem.kind, path, locale, problem }),
}

const log = pino({ level: 'error' }, { write: (line: string) => logged.push(JSON.parse(line)) })
const app = createApp({
  mounts: [
    { dialect: sample, prefix: '' },
    { dialect: { ...sample, name: 'second' }, prefix: '/shop' },
  ],
  log,
  metrics: createMetrics({ collectProcess: false }),
  limits: { headSeconds: 1, requestSeconds: 2 },
})
let base = ''
let port = 0

beforeAll(async () => {
  base = await app.listen({ host: '127.0.0.1', port: 0 })
  port = Number(new URL(base).port)
})
afterAll(() => app.close())

type Sent = {
  status: number
  headers: Headers
  body: Record<string, unknown> & { problem: Record<string, unknown> }
}

async function send(path: string, init: RequestInit = {}): Promise<Sent> {
  const response = await fetch(base + path, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

const postJson = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body:
      typeof body === 'string' || body instanceof Uint8Array
        ? (body as Uint8Array<ArrayBuffer>)
        : JSON.stringify(body),
  })

/** Writes bytes as they are and reads until the server closes. */
function sendRaw(...pieces: string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => resolve(text)).on('error', () => {})
    for (const piece of pieces) socket.write(piece)
  })
}

const rawPost = (body: string, headers = `Content-Length: ${Buffer.byteLength(body)}\r\n`) =>
  `POST /sample/send HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n${headers}\r\n${body}`

describe('what every answer carries', () => {
  test('H2: no-store, nosniff, a reference, and no server or version header', async () => {
    for (const { headers } of [
      await postJson('/sample/send', { target: 'a' }),
      await postJson('/sample/send', {}),
      await send('/nowhere'),
      await postJson('/sample/fault', {}),
    ]) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/)
      expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  test('H1: a field that the schema does not declare is stripped from an answer', async () => {
    const { status, body } = await postJson('/sample/send', { target: 'a' })
    expect([status, body]).toEqual([200, { id: 'a' }])
  })

  test('H1: an answer that does not fit its schema is a fault, as is a status that is not declared', async () => {
    for (const path of ['/sample/bent', '/sample/undeclared']) {
      const { status, body } = await postJson(path, {})
      expect([status, body.sample]).toEqual([500, 'fault'])
    }
  })
})

describe('bodies', () => {
  test('H1: nothing is coerced and every mistake is listed with its field', async () => {
    const { status, body } = await postJson('/sample/send', {
      target: 5,
      channel: 'pigeon',
      tags: [{}, { name: 1 }],
    })
    expect(status).toBe(400)
    expect(body.problem.issues).toEqual([
      expect.objectContaining({ where: 'body', field: 'target', keyword: 'type' }),
      expect.objectContaining({ where: 'body', field: 'channel', keyword: 'enum' }),
      expect.objectContaining({ where: 'body', field: 'tags.0.name', keyword: 'required' }),
      expect.objectContaining({ where: 'body', field: 'tags.1.name', keyword: 'type' }),
    ])
  })

  test('H1: unknown fields are ignored', async () => {
    expect((await postJson('/sample/send', { target: 'a', code: '123456' })).status).toBe(200)
  })

  test('H1: no body is an empty object, so that the missing fields are named', async () => {
    for (const sent of [await send('/sample/send', { method: 'POST' }), await postJson('/sample/send', '')]) {
      expect([sent.status, sent.body.problem.issues]).toEqual([
        400,
        [{ where: 'body', field: 'target', keyword: 'required', message: 'is required' }],
      ])
    }
  })

  test.each(['[]', '"text"', '12', 'null', 'true'])('H1: the JSON body %s is invalid', async (body) => {
    const sent = await postJson('/sample/send', body)
    expect([sent.status, sent.body.sample]).toEqual([400, 'invalid'])
  })

  test.each(['{', '{"a":}', '{"target":"a"} x', '\u0000', '{"a":"\n"}', '\ufeff{}'])(
    'H1: the text %j is malformed',
    async (body) => {
      const sent = await postJson('/sample/send', body)
      expect([sent.status, sent.body.sample]).toEqual([400, 'malformed'])
    },
  )

  test('H1: bytes that are no UTF-8 are malformed', async () => {
    const bytes = Buffer.concat([Buffer.from('{"target":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])
    expect((await postJson('/sample/send', bytes)).body.sample).toBe('malformed')
  })

  test.each([
    ['{"target":"a\\u0000b"}', 'target'],
    ['{"target":"a","other":{"deep":["\\ud800"]}}', 'other.deep.0'],
    ['{"target":"a","\\udc00":1}', ''],
  ])('H1: %s holds what PostgreSQL cannot store and is invalid', async (body, field) => {
    const sent = await postJson('/sample/send', body)
    expect(sent.status).toBe(400)
    expect(sent.body.problem.issues).toEqual([expect.objectContaining({ field, keyword: 'format' })])
  })

  test('H1: a whole surrogate pair in escapes is text like any other', async () => {
    expect((await postJson('/sample/send', '{"target":"\\ud83d\\ude00"}')).body).toEqual({ id: '😀' })
  })

  test('H1: __proto__ and constructor members pollute nothing', async () => {
    const poison = '{"target":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    for (const body of [poison, poison.replace('__proto__', '\\u005f_proto__')]) {
      expect((await postJson('/sample/send', body)).status).toBe(200)
      const received = calls.at(-1)?.body as Record<string, unknown>
      expect(Object.hasOwn(received, '__proto__')).toBe(false)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    }
    const bare = await postJson('/sample/send', '{"__proto__":{"target":"a"}}')
    expect(bare.body.problem.issues).toEqual([
      expect.objectContaining({ field: 'target', keyword: 'required' }),
    ])
  })

  test('H1: of a duplicate key the last one counts, as in every JSON parser', async () => {
    expect((await postJson('/sample/send', '{"target":"a","target":"b"}')).body).toEqual({ id: 'b' })
  })

  test('H1: 16 KiB of nesting is judged like any body', async () => {
    const nested = (open: string, close: string) => open.repeat(7000) + close.repeat(7000)
    expect((await postJson('/sample/send', `{"target":"a","x":${nested('[', ']')}}`)).status).toBe(200)
    const suspicious = `{"target":"a","__proto__":1,"x":${nested('[', ']')}}`
    expect((await postJson('/sample/send', suspicious)).status).toBe(200)
    expect((await postJson('/sample/send', nested('[', ']'))).body.sample).toBe('invalid')
  })

  test('H1: 16 KiB pass, one byte more is too large', async () => {
    const padded = (size: number) => `{"target":"a","x":"${'x'.repeat(size - 21)}"}`.padEnd(size)
    expect(padded(16384)).toHaveLength(16384)
    expect((await postJson('/sample/send', padded(16384))).status).toBe(200)
    const sent = await postJson('/sample/send', padded(16385))
    expect([sent.status, sent.body.sample]).toEqual([413, 'too-large'])
    expect(sent.headers.get('connection')).toBe('close')
  })
})

describe('content types', () => {
  test.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'Application/JSON; charset=us-ascii',
  ])('H1: %s is taken', async (type) => {
    expect((await postJson('/sample/send', { target: 'a' }, { 'content-type': type })).status).toBe(200)
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-16',
    'application/jsonp',
    'application/vnd.api+json',
    'nonsense',
  ])('H1: %s is 415', async (type) => {
    const sent = await postJson('/sample/send', { target: 'a' }, { 'content-type': type })
    expect([sent.status, sent.body.sample]).toEqual([415, 'unsupported-media-type'])
  })

  test('H1: a body without a type and a compressed body are 415', async () => {
    const untyped = await send('/sample/send', { method: 'POST', body: new Uint8Array([123, 125]) })
    expect(untyped.status).toBe(415)
    const zipped = gzipSync('{"target":"a"}')
    expect((await postJson('/sample/send', zipped, { 'content-encoding': 'gzip' })).status).toBe(415)
  })
})

describe('queries', () => {
  test('H1: an unknown parameter is ignored, a wrong or repeated one is invalid', async () => {
    expect((await send('/sample/records?page=2&x=1&x=2')).body).toEqual({ id: '2' })
    for (const query of [
      'page=two',
      'page=1&page=2',
      'page=',
      'page[]=1&page=x',
      'page=%00',
      'x=%00',
      '%00=x',
    ]) {
      const sent = await send(`/sample/records?${query}`)
      expect([query, sent.status, sent.body.sample]).toEqual([query, 400, 'invalid'])
    }
  })

  test('H1: nothing in a query makes a fault', async () => {
    for (const query of [
      '__proto__=1',
      'constructor=1',
      '%',
      '%zz=%',
      '%ED%A0%80=%ED%A0%80',
      '&&&==&',
      '?',
      'toString=1',
    ]) {
      expect([query, (await send(`/sample/records?${query}`)).status]).toEqual([query, 200])
    }
  })
})

describe('routes', () => {
  test('an alias answers the same, any other spelling is unknown', async () => {
    expect((await postJson('/sample/send/', { target: 'a' })).status).toBe(200)
    expect((await postJson('/sample/send//', { target: 'a' })).status).toBe(404)
    expect((await postJson('/Sample/send', { target: 'a' })).status).toBe(404)
    expect((await postJson('/sample/guarded/', { target: 'a' })).status).toBe(404)
  })

  test('a problem on an alias or below a prefix names the path as the route writes it', async () => {
    expect((await postJson('/sample/send/', {})).body.path).toBe('/sample/send')
    expect((await postJson('/shop/sample/send/', {})).body.path).toBe('/sample/send')
    expect((await postJson('/shop/sample/other', {})).body).toMatchObject({
      sample: 'not-found',
      path: '/sample/other',
    })
  })

  test('an unknown path answers in the envelope of its dialect, and in ours where there is none', async () => {
    expect((await send('/sample/nothing')).body).toMatchObject({ sample: 'not-found' })
    const outside = await send('/samples')
    expect([outside.status, outside.body]).toEqual([404, { statusCode: 404, message: 'Not found' }])
  })

  test('a wrong method is 405 with Allow, OPTIONS lists, HEAD has no body', async () => {
    const wrong = await send('/sample/send', { method: 'DELETE' })
    expect([wrong.status, wrong.headers.get('allow'), wrong.body.sample]).toEqual([
      405,
      'POST, OPTIONS',
      'method-not-allowed',
    ])
    const parametric = await send('/sample/things/4', { method: 'PUT' })
    expect([parametric.status, parametric.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    const options = await send('/sample/records', { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow'), options.body]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      null,
    ])
    expect((await send('/nothing', { method: 'OPTIONS' })).status).toBe(404)
    const head = await send('/sample/records', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, null])
  })

  test('parameters of a path are decoded; a path that cannot be is malformed', async () => {
    expect((await send('/sample/things/a%20b')).body).toEqual({ id: 'a b' })
    expect(await sendRaw('GET /sample/things/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*"sample":"malformed"/,
    )
  })

  test('a key is asked for before the body is read or judged', async () => {
    const shut = await postJson('/sample/guarded', '{broken')
    expect([shut.status, shut.body]).toEqual([401, { error: 'key' }])
    expect((await postJson('/sample/guarded', '{broken', { 'x-api-key': 'k' })).body.sample).toBe('malformed')
    expect((await postJson('/sample/guarded', { target: 'a' }, { 'x-api-key': 'k' })).body).toEqual({
      id: 'in',
    })
  })

  test('H1: who is refused before a long body is read gets no chance to send it', async () => {
    const head = 'POST /sample/guarded HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
    for (const length of ['Content-Length: 1000000000', 'Transfer-Encoding: chunked']) {
      expect(await sendRaw(`${head}${length}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 [\s\S]*connection: close/i)
    }
  })

  test('two mounts of one path are refused at the start', () => {
    const mounts = [
      { dialect: sample, prefix: '' },
      { dialect: sample, prefix: '' },
    ]
    expect(() => createApp({ mounts, log, metrics: createMetrics({ collectProcess: false }) })).toThrow(
      'POST /sample/send is mounted twice; give one of the mounts another prefix',
    )
  })

  test('the language is read from Accept-Language', async () => {
    expect((await postJson('/sample/send', {}, { 'accept-language': 'fr-CA, en;q=0.5' })).body.locale).toBe(
      'fr',
    )
    expect((await postJson('/sample/send', {}, { 'accept-language': 'de' })).body.locale).toBeNull()
  })
})

describe('faults', () => {
  test('H1: a fault tells a reference that the log carries too, and nothing technical', async () => {
    const { status, body, headers } = await postJson('/sample/fault', { target: 'a' })
    expect([status, body.sample]).toEqual([500, 'fault'])
    expect(JSON.stringify(body)).not.toContain('secret_table')
    const { reference } = body.problem
    expect(headers.get('x-request-id')).toBe(reference)
    const entry = logged.find((line) => line.event === 'fault' && line.reference === reference)
    expect(entry).toMatchObject({ route: '/sample/fault', error: { cause: { message: 'deep' } } })
  })

  test('I9: what is away for a while is 503 with Retry-After', async () => {
    const { status, body, headers } = await postJson('/sample/away', {})
    expect([status, body.sample, headers.get('retry-after')]).toEqual([503, 'unavailable', '3'])
  })
})

describe('broken HTTP', () => {
  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a method nobody knows', 'STEAL / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two lengths', rawPost('{}', 'Content-Length: 2\r\nContent-Length: 3\r\n'), 400],
    ['a length and chunks', rawPost('0\r\n\r\n', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n'), 400],
    ['a negative length', rawPost('', 'Content-Length: -1\r\n'), 400],
    ['a broken chunk', rawPost('zz\r\n{}\r\n', 'Transfer-Encoding: chunked\r\n'), 400],
    ['a NUL in a header', rawPost('{}', 'X-Bad: a\0b\r\nContent-Length: 2\r\n'), 400],
    ['a head of 64 KiB', rawPost('{}', `X-Long: ${'x'.repeat(65536)}\r\n`), 431],
    ['thousands of headers', rawPost('{}', 'A: b\r\n'.repeat(5000)), 400],
    ['an absolute target', rawPost('{"target":"a"}').replace('/sample', 'http://x/sample'), 200],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 404],
    ['WebDAV', 'PROPFIND /sample/send HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
  ])('H1: %s is answered and the server lives on', async (_, bytes, status) => {
    expect((await sendRaw(bytes)).slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    expect((await postJson('/sample/send', { target: 'a' })).status).toBe(200)
  })

  test('H1: chunks over the limit are 413 before they have all come', async () => {
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`
    const answer = await sendRaw(rawPost(chunk.repeat(5), 'Transfer-Encoding: chunked\r\n'))
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*"sample":"too-large"/)
  })

  test('H1: a body that never ends, and a head that never ends, are cut', async () => {
    const body = sendRaw(rawPost('{"ta', 'Content-Length: 50\r\n'))
    const head = sendRaw('GET /sample/records HTTP/1.1\r\nHost: x\r\n')
    expect(await head).toMatch(/^HTTP\/1\.1 408 /)
    expect(await body).toMatch(/^(HTTP\/1\.1 408 |$)/)
  })

  test('H1: a caller who hangs up within a body is no fault', async () => {
    const faults = logged.length
    const socket = connect(port, '127.0.0.1')
    socket.write(rawPost('{"ta', 'Content-Length: 50\r\n'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.resetAndDestroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(logged.length).toBe(faults)
  })
})
