import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../../src/composition/create-log.ts'
import { createApp, type Limits } from '../../src/http/app.ts'
import { createMetrics } from '../../src/http/metrics.ts'
import type { Page } from '../../src/http/page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'

/*
 * What one connection may ask for before it has read the answers, and how many connections there may be.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

const openAnswersMax = 32

function open(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => {})
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`

/** Reads until the server closes. */
function readAll(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  socket.resume()
  return new Promise((resolve) => socket.on('close', () => resolve(text)))
}

const answersIn = (text: string) => text.split('HTTP/1.1 200 ').length - 1

/** A server with a page of four megabytes, which is more than the buffers of a connection take. */
async function startLargePage(limits: Partial<Limits> = {}) {
  const text = Buffer.alloc(4_000_000, 'x')
  let asked = 0
  const page: Page = {
    path: '/large',
    async respond() {
      asked += 1
      return { status: 200, contentType: 'text/plain', text }
    },
  }
  const logged: Record<string, unknown>[] = []
  const log = createLog('warn', { write: (line) => void logged.push(JSON.parse(line)) })
  const large = createApp({
    mounts: [],
    pages: [page],
    log,
    metrics: createMetrics({ collectProcess: false }),
    limits,
  })
  const port = Number(new URL(await large.listen({ host: '127.0.0.1', port: 0 })).port)
  return {
    port,
    asked: () => asked,
    logged,
    connections: () =>
      new Promise<number>((resolve, reject) =>
        large.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    close: () => large.close(),
  }
}

test('D5: of a thousand requests in one write those are answered that may be open, and the last says that it is the last', async () => {
  const port = Number(new URL(app.url).port)
  for (const path of ['/openapi.json', '/healthz', '/nowhere', '/%zz']) {
    const socket = open(port)
    const answers = readAll(socket)
    socket.write(get(path).repeat(1_000))
    const heads = (await answers).split('HTTP/1.1 ').slice(1)
    expect(heads).toHaveLength(openAnswersMax)
    const closing = heads.map((head) => /^connection: close/im.test(head))
    expect(closing).toEqual([...new Array<boolean>(openAnswersMax - 1).fill(false), true])
  }
})

test('D5: who goes on sending and reads nothing has as many answers prepared as may be open', async () => {
  const large = await startLargePage()
  const socket = open(large.port)
  socket.pause()
  for (let round = 0; round < 20; round += 1) {
    socket.write(get('/large').repeat(50))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await until(async () => large.asked() >= openAnswersMax)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(large.asked()).toBe(openAnswersMax)
  const text = await readAll(socket)
  expect(answersIn(text)).toBe(openAnswersMax)
  expect(large.asked()).toBe(openAnswersMax)
  await large.close()
})

test('D5: who reads nothing loses the connection', async () => {
  const large = await startLargePage({ silenceSeconds: 1 })
  const socket = open(large.port)
  socket.pause()
  socket.write(get('/large').repeat(3))
  await until(async () => large.asked() === 3)
  await until(async () => (await large.connections()) === 0)
  socket.destroy()
  await large.close()
})

test('a client that pipelines a few requests at a time is answered in order for as long as it asks', async () => {
  const depth = 16
  const large = await startLargePage()
  const socket = open(large.port).setEncoding('latin1')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  for (let round = 1; round <= 10; round += 1) {
    text = ''
    const requests = Array.from({ length: depth }, (_, nth) => get(`/path-${round}-${nth}`))
    socket.write(requests.join(''))
    await until(async () => text.split('"message"').length - 1 === depth)
    expect(text).not.toMatch(/^connection: close/im)
  }
  socket.destroy()
  await large.close()
})

test('connections beyond the bound are refused, and the log says so once a minute', async () => {
  const large = await startLargePage({ connectionsMax: 3 })
  const sockets = Array.from({ length: 3 }, () => open(large.port))
  await until(async () => (await large.connections()) === 3)
  for (let more = 0; more < 5; more += 1) {
    const refused = open(large.port)
    refused.write(get('/large'))
    expect(await readAll(refused)).toBe('')
  }
  expect(large.logged).toMatchObject([{ event: 'connections-refused', bound: 'all', refused: 1 }])
  for (const socket of sockets) socket.destroy()
  await until(async () => (await large.connections()) === 0)
  const again = open(large.port)
  again.write(get('/nowhere').replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'))
  expect(await readAll(again)).toMatch(/^HTTP\/1\.1 404 /)
  await large.close()
})
