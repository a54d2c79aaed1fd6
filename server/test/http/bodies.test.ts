import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSampleApp } from '../harness/sample-app.ts'

let app: Awaited<ReturnType<typeof startSampleApp>>
beforeAll(async () => {
  app = await startSampleApp()
})
afterAll(() => app.close())

describe('bodies', () => {
  test('H1: nothing is coerced and every mistake is listed with its field', async () => {
    const { status, body } = await app.postJson('/sample/send', {
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
    expect((await app.postJson('/sample/send', { target: 'a', code: '123456' })).status).toBe(200)
  })

  test('H1: no body is an empty object, so that the missing fields are named', async () => {
    for (const sent of [
      await app.send('/sample/send', { method: 'POST' }),
      await app.postJson('/sample/send', ''),
    ]) {
      expect([sent.status, sent.body.problem.issues]).toEqual([
        400,
        [{ where: 'body', field: 'target', keyword: 'required', message: 'is required' }],
      ])
    }
  })

  test.each(['[]', '"text"', '12', 'null', 'true'])('H1: the JSON body %s is invalid', async (body) => {
    const sent = await app.postJson('/sample/send', body)
    expect([sent.status, sent.body.sample]).toEqual([400, 'invalid'])
  })

  test('H1: a byte order mark before the JSON says nothing, and no other mark is ignored', async () => {
    expect((await app.postJson('/sample/send', '\ufeff{"target":"a"}')).body).toEqual({ id: 'a' })
    for (const text of ['\ufeff', '\ufeff\ufeff{"target":"a"}', '{"target":"a"}\ufeff'])
      expect((await app.postJson('/sample/send', text)).body.sample).toBe('malformed')
  })

  test.each(['{', '{"a":}', '{"target":"a"} x', '\u0000', '{"a":"\n"}'])(
    'H1: the text %j is malformed',
    async (body) => {
      const sent = await app.postJson('/sample/send', body)
      expect([sent.status, sent.body.sample]).toEqual([400, 'malformed'])
    },
  )

  test('H1: bytes that are no UTF-8 are malformed', async () => {
    const bytes = Buffer.concat([Buffer.from('{"target":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])
    expect((await app.postJson('/sample/send', bytes)).body.sample).toBe('malformed')
  })

  test.each([
    ['{"target":"a\\u0000b"}', 'target'],
    ['{"target":"a","other":{"deep":["\\ud800"]}}', 'other.deep.0'],
    ['{"target":"a","\\udc00":1}', ''],
  ])('H1: %s holds what PostgreSQL cannot store and is invalid', async (body, field) => {
    const sent = await app.postJson('/sample/send', body)
    expect(sent.status).toBe(400)
    expect(sent.body.problem.issues).toEqual([expect.objectContaining({ field, keyword: 'format' })])
  })

  test('H1: a whole surrogate pair in escapes is text like any other', async () => {
    expect((await app.postJson('/sample/send', '{"target":"\\ud83d\\ude00"}')).body).toEqual({ id: '😀' })
  })

  test('H1: __proto__ and constructor members pollute nothing', async () => {
    const poison = '{"target":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    for (const body of [poison, poison.replace('__proto__', '\\u005f_proto__')]) {
      expect((await app.postJson('/sample/send', body)).status).toBe(200)
      const received = app.calls.at(-1)?.body as Record<string, unknown>
      expect(Object.hasOwn(received, '__proto__')).toBe(false)
      expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    }
    const bare = await app.postJson('/sample/send', '{"__proto__":{"target":"a"}}')
    expect(bare.body.problem.issues).toEqual([
      expect.objectContaining({ field: 'target', keyword: 'required' }),
    ])
  })

  test('H1: of a duplicate key the last one counts, as in every JSON parser', async () => {
    expect((await app.postJson('/sample/send', '{"target":"a","target":"b"}')).body).toEqual({ id: 'b' })
  })

  test('H1: 16 KiB of nesting is judged like any body', async () => {
    const nested = (open: string, close: string) => open.repeat(7000) + close.repeat(7000)
    expect((await app.postJson('/sample/send', `{"target":"a","x":${nested('[', ']')}}`)).status).toBe(200)
    const suspicious = `{"target":"a","__proto__":1,"x":${nested('[', ']')}}`
    expect((await app.postJson('/sample/send', suspicious)).status).toBe(200)
    expect((await app.postJson('/sample/send', nested('[', ']'))).body.sample).toBe('invalid')
  })

  test('H1: 16 KiB pass, one byte more is too large', async () => {
    const padded = (size: number) => `{"target":"a","x":"${'x'.repeat(size - 21)}"}`.padEnd(size)
    expect(padded(16384)).toHaveLength(16384)
    expect((await app.postJson('/sample/send', padded(16384))).status).toBe(200)
    const sent = await app.postJson('/sample/send', padded(16385))
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
    expect((await app.postJson('/sample/send', { target: 'a' }, { 'content-type': type })).status).toBe(200)
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
    const sent = await app.postJson('/sample/send', { target: 'a' }, { 'content-type': type })
    expect([sent.status, sent.body.sample]).toEqual([415, 'unsupported-media-type'])
  })

  test('H1: a body without a type and a compressed body are 415', async () => {
    const untyped = await app.send('/sample/send', { method: 'POST', body: new Uint8Array([123, 125]) })
    expect(untyped.status).toBe(415)
    const zipped = gzipSync('{"target":"a"}')
    expect((await app.postJson('/sample/send', zipped, { 'content-encoding': 'gzip' })).status).toBe(415)
  })
})

describe('queries', () => {
  test('H1: an unknown parameter is ignored, a wrong or repeated one is invalid', async () => {
    expect((await app.send('/sample/records?page=2&x=1&x=2')).body).toEqual({ id: '2' })
    for (const query of [
      'page=two',
      'page=1&page=2',
      'page=',
      'page[]=1&page=x',
      'page=%00',
      'x=%00',
      '%00=x',
    ]) {
      const sent = await app.send(`/sample/records?${query}`)
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
      expect([query, (await app.send(`/sample/records?${query}`)).status]).toEqual([query, 200])
    }
  })
})
