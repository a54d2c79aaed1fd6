import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawPost, startSampleApp } from '../harness/sample-app.ts'

let app: Awaited<ReturnType<typeof startSampleApp>>
beforeAll(async () => {
  app = await startSampleApp()
})
afterAll(() => app.close())

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
    expect((await app.sendRaw(bytes)).slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    expect((await app.postJson('/sample/send', { target: 'a' })).status).toBe(200)
  })

  test('H1: chunks over the limit are 413 before they have all come', async () => {
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`
    const answer = await app.sendRaw(rawPost(chunk.repeat(5), 'Transfer-Encoding: chunked\r\n'))
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*"sample":"too-large"/)
  })

  test('H1: a body that never ends, and a head that never ends, are cut', async () => {
    const body = app.sendRaw(rawPost('{"ta', 'Content-Length: 50\r\n'))
    const head = app.sendRaw('GET /sample/records HTTP/1.1\r\nHost: x\r\n')
    expect(await head).toMatch(/^HTTP\/1\.1 408 /)
    expect(await body).toMatch(/^(HTTP\/1\.1 408 |$)/)
  })

  test('H1: a caller who hangs up within a body is no fault', async () => {
    const faults = app.logged.length
    const socket = connect(app.port, '127.0.0.1')
    socket.write(rawPost('{"ta', 'Content-Length: 50\r\n'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.resetAndDestroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(app.logged.length).toBe(faults)
  })
})

test('H1: whatever is sent as body, query or content type, the answer is none of ours breaking', async () => {
  const types = fc.constantFrom(
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/json; x',
  )
  const bodies = fc.oneof(
    fc.json({ maxDepth: 5 }),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify({ target: text, channel: text })),
    fc.string({ unit: 'binary' }),
    fc
      .record({ target: fc.anything(), channel: fc.anything(), tags: fc.anything() })
      .map((body) => render(body)),
  )
  const requests = fc.record({
    path: fc.constantFrom('/sample/send', '/sample/guarded', '/x'),
    type: types,
    body: bodies,
    query: fc.webQueryParameters(),
  })
  // Twenty-five at a time, because one after the other each waits for its answer.
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 25, maxLength: 25 }), async (together) => {
      const answers = await Promise.all(
        together.map(({ path, type, body, query }) =>
          app.postJson(`${path}?${query}`, body, { 'content-type': type }),
        ),
      )
      for (const { status, body } of answers) {
        expect(status).toBeLessThan(500)
        expect(body).toBeTypeOf('object')
      }
    }),
    { numRuns: 40 },
  )
  expect(app.logged).toEqual([])
})

const render = (body: unknown): string => {
  try {
    return JSON.stringify(body, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  } catch {
    return '{'
  }
}
