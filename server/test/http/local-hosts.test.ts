import http from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ env: { PUBLIC_URL: 'https://tunnel.example.test' } })
})
afterAll(() => app?.stop())

const statusFor = (path: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    http
      .get(new URL(path, app.url), { headers: { host }, agent: false }, (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
      .once('error', reject)
  })

test.each([
  '/',
  '/dev/inbox',
  '/dev/inbox?to=ada@example.test',
  '/dev/trials',
  '/metrics',
  '/docs',
  '/docs/service',
])('development shows %s to no page of another name', async (path) => {
  for (const host of [
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '10.0.0.7',
  ])
    expect([host, await statusFor(path, host)]).toEqual([host, 421])
  const { port } = new URL(app.url)
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    'LOCALHOST',
    `[::1]:${port}`,
    'tunnel.example.test',
  ])
    expect([host, await statusFor(path, host)]).toEqual([host, 200])
})
