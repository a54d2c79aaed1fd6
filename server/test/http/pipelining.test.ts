import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

test('the documentation goes compressed to who takes it, and plain to others', async () => {
  for (const path of ['/openapi.json', '/docs']) {
    const answers = await Promise.all(
      ['gzip, br', 'identity', 'gzip;q=0'].map((encoding) =>
        fetch(new URL(path, app.url), { headers: { 'accept-encoding': encoding } }),
      ),
    )
    expect(answers.map(({ headers }) => headers.get('content-encoding'))).toEqual(['gzip', null, null])
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(new Set(texts).size).toBe(1)
  }
})

test('pipelined requests for the documentation, whose answers nobody reads, keep no other request waiting for seconds', async () => {
  await app.get('/openapi.json')
  const { hostname, port } = new URL(app.url)
  const request = `GET /openapi.json HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`
  const sockets = Array.from({ length: 20 }, () => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.pause()
    socket.write(request.repeat(Math.floor(65_000 / request.length)))
    return socket
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const startedAt = performance.now()
  expect((await app.get('/healthz')).status).toBe(200)
  const milliseconds = performance.now() - startedAt
  for (const socket of sockets) socket.destroy()
  expect(milliseconds).toBeLessThan(1_500)
})
