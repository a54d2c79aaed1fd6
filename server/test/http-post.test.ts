import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, test, vi } from 'vitest'
import { createHttpPoster } from '../src/delivery/http-post.ts'
import { createSelfSignedCertificate } from './self-signed-certificate.ts'

/** The bounds of H4 on what carriers ask, by a clock that the test moves and over real sockets. */

const request = {
  headers: { 'content-type': 'text/plain' },
  body: 'hello',
  signal: new AbortController().signal,
}
const closing: (() => void)[] = []
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  vi.useRealTimers()
  for (const close of closing.splice(0)) close()
})

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function post(url: string) {
  const poster = createHttpPoster(new URL(url))
  closing.push(poster.close)
  const outcome = poster.post(request)
  let isOver = false
  void outcome.then(() => {
    isOver = true
  })
  return {
    outcome,
    /** Nothing has been decided one millisecond before the time, and everything at it. */
    async endsAfter(milliseconds: number) {
      vi.advanceTimersByTime(milliseconds - 1)
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      assert.equal(isOver, false)
      vi.advanceTimersByTime(1)
      return outcome
    },
  }
}

describe('H4: a request of a carrier', () => {
  test('has five seconds to connect, TLS included, and certainly was not taken then', async () => {
    const port = await listen(createServer(() => {}))
    const { endsAfter } = post(`https://127.0.0.1:${port}`)
    assert.deepEqual(await endsAfter(5_000), { kind: 'unsent', detail: 'no connection in time' })
  })

  test('has ten seconds in all, after which nobody knows', async () => {
    const server = http.createServer(() => {})
    const port = await listen(server)
    const { endsAfter } = post(`http://127.0.0.1:${port}`)
    await once(server, 'request')
    assert.deepEqual(await endsAfter(10_000), { kind: 'unanswered', detail: 'no answer in time' })
  })

  test('does not wait longer for a body that never ends, whose status says all', async () => {
    const server = http.createServer((_, response) => void response.writeHead(200).write('begun'))
    const port = await listen(server)
    const { endsAfter } = post(`http://127.0.0.1:${port}`)
    await once(server, 'request')
    await new Promise((resolve) => setImmediate(resolve))
    const outcome = await endsAfter(10_000)
    assert.equal(outcome.kind, 'answered')
  })

  test('reads a mebibyte of the answer, and hangs up on the rest', async () => {
    let sent = 0
    const server = http.createServer((_, response) => {
      const chunk = Buffer.alloc(65_536, 'x')
      const pump = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length
        sent += chunk.length
      }
      response.writeHead(200).on('drain', pump)
      pump()
    })
    const port = await listen(server)
    const outcome = await post(`http://127.0.0.1:${port}`).outcome
    assert.ok(outcome.kind === 'answered')
    assert.equal(outcome.body.length, 1_048_576)
    assert.ok(sent < 32 * 1_048_576, `${sent} bytes`)
  })

  test('follows no redirect', async () => {
    const paths: unknown[] = []
    const server = http.createServer(({ url }, response) => {
      paths.push(url)
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    })
    const outcome = await post(`http://127.0.0.1:${await listen(server)}/send`).outcome
    assert.ok(outcome.kind === 'answered' && outcome.status === 302)
    assert.deepEqual(paths, ['/send'])
  })

  test('says nothing to a server whose certificate nobody vouches for', async () => {
    let asked = 0
    const server = https.createServer({ ...createSelfSignedCertificate() }, () => {
      asked += 1
    })
    const outcome = await post(`https://localhost:${await listen(server)}`).outcome
    assert.ok(outcome.kind === 'unsent' && /SELF_SIGNED/.test(outcome.detail), JSON.stringify(outcome))
    assert.equal(asked, 0)
  })
})
