import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, test, vi } from 'vitest'
import { createSelfSignedCertificate } from '../../../test/harness/self-signed-certificate.ts'
import { createEgressPolicy, type EgressPolicy } from '../../webhooks/egress-policy.ts'
import { createPostEvent } from '../../webhooks/post-event.ts'
import { createHttpPoster } from './http-post.ts'

/** The bounds of H4 on requests to carriers and webhooks, with a clock that the test moves and over real sockets. */

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

/** Watches a request until it ends. */
function watchEnd<Outcome>(outcome: Promise<Outcome>) {
  let isOver = false
  void outcome.then(() => {
    isOver = true
  })
  return {
    outcome,
    /** The request is still open one millisecond before the time, and ends at it. */
    async endsAfter(milliseconds: number) {
      vi.advanceTimersByTime(milliseconds - 1)
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      assert.equal(isOver, false)
      vi.advanceTimersByTime(1)
      return outcome
    },
  }
}

function post(url: string) {
  const poster = createHttpPoster(new URL(url))
  closing.push(poster.close)
  return watchEnd(poster.post(request))
}

const thisMachine = createEgressPolicy([{ address: '127.0.0.0', prefix: 8, family: 'ipv4' }])

function startPost(url: string, egress: EgressPolicy = thisMachine) {
  const poster = createPostEvent(egress, { signal: new AbortController().signal })
  closing.push(poster.close)
  return watchEnd(poster.post(url, request.headers, request.body))
}

/** A server whose answer never ends; `sent` is how much of it was sent. */
function pourOut() {
  const poured = { sent: 0 }
  const server = http.createServer((_, response) => {
    const chunk = Buffer.alloc(65_536, 'x')
    const pump = () => {
      while (!response.destroyed && response.write(chunk)) poured.sent += chunk.length
      poured.sent += chunk.length
    }
    response.writeHead(200).on('drain', pump)
    pump()
  })
  return { server, poured }
}

/** A server that redirects to the cloud's metadata service; `paths` are the requested paths. */
function sendOn() {
  const paths: unknown[] = []
  const server = http.createServer(({ url }, response) => {
    paths.push(url)
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
  })
  return { server, paths }
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
    const { server, poured } = pourOut()
    const port = await listen(server)
    const outcome = await post(`http://127.0.0.1:${port}`).outcome
    assert.ok(outcome.kind === 'answered')
    assert.equal(outcome.body.length, 1_048_576)
    assert.ok(poured.sent < 32 * 1_048_576, `${poured.sent} bytes`)
  })

  test('follows no redirect', async () => {
    const { server, paths } = sendOn()
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

describe('H4: what a webhook is told', () => {
  const failed = (detail: string) => ({ status: null, retryAfterSeconds: null, detail })

  test('has five seconds to connect, TLS included, and ten in all', async () => {
    const mute = await listen(createServer(() => {}))
    assert.deepEqual(
      await startPost(`https://127.0.0.1:${mute}`).endsAfter(5_000),
      failed('no connection in time'),
    )
    const server = http.createServer(() => {})
    const port = await listen(server)
    const { endsAfter } = startPost(`http://127.0.0.1:${port}`)
    await once(server, 'request')
    assert.deepEqual(await endsAfter(10_000), failed('no answer in time'))
  })

  test('waits no longer for an answer that never ends, and reads a mebibyte of it at most', async () => {
    const server = http.createServer((_, response) => void response.writeHead(200).write('begun'))
    const port = await listen(server)
    const { endsAfter } = startPost(`http://127.0.0.1:${port}`)
    await once(server, 'request')
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(await endsAfter(10_000), failed('no answer in time'))

    const { server: endless, poured } = pourOut()
    assert.equal((await startPost(`http://127.0.0.1:${await listen(endless)}`).outcome).status, 200)
    assert.ok(poured.sent < 32 * 1_048_576, `${poured.sent} bytes`)
  })

  test('follows no redirect', async () => {
    const { server, paths } = sendOn()
    const { status, detail } = await startPost(`http://127.0.0.1:${await listen(server)}/hooks`).outcome
    assert.deepEqual([status, detail, paths], [302, 'answered 302', ['/hooks']])
  })

  test('goes over plain http to named networks alone, and to no server that nobody vouches for', async () => {
    let asked = 0
    const count = () => {
      asked += 1
    }
    const internet = { isAllowed: () => true, isNamed: () => false }
    const plain = await startPost(`http://127.0.0.1:${await listen(http.createServer(count))}`, internet)
      .outcome
    assert.deepEqual(plain, failed('http is for named networks only'))
    const own = https.createServer({ ...createSelfSignedCertificate() }, count)
    const { detail } = await startPost(`https://localhost:${await listen(own)}`).outcome
    assert.match(String(detail), /SELF_SIGNED/)
    assert.equal(asked, 0)
  })
})
