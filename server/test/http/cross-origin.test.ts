import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * Pages of other origins. The second half runs them in a browser; see pages.test.ts for why it may be skipped.
 */

const listed = 'https://app.example.com'
const unlisted = 'https://app.example.com.evil.example'
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)
const canRun = executablePath !== undefined || process.env.CI === 'true'

let directory: string
let app: TestApp
/** Two sites of somebody else, which serve an empty page each; only the first is listed. */
let sites: { server: Server; origin: string }[]

beforeAll(async () => {
  sites = await Promise.all([startSite(), startSite()])
  directory = mkdtempSync(join(tmpdir(), 'watchword-origins-'))
  const file = join(directory, 'watchword.yaml')
  const origins = `origins: ["${listed}", "capacitor://localhost", "${sites[0]?.origin}"]`
  const named = ['service', 'account', 'mobile', 'kikapu'].map(
    (dialect) => `{dialect: ${dialect}, ${origins}}`,
  )
  writeFileSync(file, `mounts: [${named.join(', ')}, {dialect: citizen}]`)
  app = await startTestApp({ env: { WATCHWORD_CONFIG: file } })
})
afterAll(async () => {
  await app?.stop()
  for (const { server } of sites ?? []) server.close()
  rmSync(directory, { recursive: true, force: true })
})

async function startSite() {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>site</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** A preflight as a browser sends it before a request. */
const preflight = (path: string, origin: string, method = 'POST') =>
  app.request('OPTIONS', path, {
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type',
    },
  })

const grantOf = ({ headers }: { headers: Headers }) => headers.get('access-control-allow-origin')
const listOf = ({ headers }: { headers: Headers }, name: string) =>
  (headers.get(`access-control-${name}`) ?? '').toLowerCase().split(', ')

describe('a preflight', () => {
  test.each([
    ['service', '/api/v1/otp/send', ['content-type', 'x-api-key', 'x-project-id', 'idempotency-key']],
    ['account', '/auth/login', ['content-type', 'authorization', 'x-altcha']],
    ['mobile', '/api/auth/otp/signup/', ['content-type', 'x-verification-token', 'x-altcha']],
    ['kikapu', '/auth/api/verify-otp', ['content-type', 'x-altcha']],
    ['the proof of work of account', '/auth/altcha', ['content-type']],
  ])('of a listed origin is told what %s reads', async (_, path, headers) => {
    const answer = await preflight(path, listed)
    expect(answer.status).toBe(204)
    expect(grantOf(answer)).toBe(listed)
    expect(answer.headers.get('vary')).toBe('Origin')
    expect(listOf(answer, 'allow-headers')).toEqual(expect.arrayContaining(headers))
    expect(answer.headers.get('access-control-max-age')).toBe('7200')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('allows the methods of the mount, and so lets a page read what another path or method is answered', async () => {
    for (const path of ['/api/v1/otp/records', '/api/v1/otp/nothing']) {
      const answer = await preflight(path, listed)
      expect(answer.status).toBe(204)
      expect(listOf(answer, 'allow-methods')).toEqual(expect.arrayContaining(['get', 'post']))
    }
  })

  test.each([
    unlisted,
    'https://APP.example.com',
    'http://app.example.com',
    'null',
    '*',
    'https://app.example.com/',
  ])('of %s is told nothing', async (origin) => {
    const answer = await preflight('/auth/login', origin)
    expect(grantOf(answer)).toBeNull()
    expect(answer.headers.get('access-control-allow-methods')).toBeNull()
    expect(answer.headers.get('vary')).toBe('Origin')
  })

  test.each(['/otp', '/admin/v1/projects', '/healthz', '/dev/inbox', '/.well-known/jwks.json'])(
    'of a listed origin is told nothing at %s, which has no origins',
    async (path) => {
      const answer = await preflight(path, listed, 'GET')
      expect(grantOf(answer)).toBeNull()
      expect(answer.headers.get('vary')).toBeNull()
    },
  )
})

describe('every answer of the mount', () => {
  const statuses: [number, string, string, unknown, Record<string, string>?][] = [
    [200, 'POST', '/auth/login/otp/generate', { email: 'cors@example.com' }],
    [400, 'POST', '/auth/login', { email: 'no address', password: 'x' }],
    [400, 'POST', '/auth/login', '{'],
    [401, 'GET', '/auth/me', undefined],
    [401, 'POST', '/api/v1/otp/send', {}],
    [404, 'GET', '/auth/nothing', undefined],
    [405, 'GET', '/auth/login', undefined],
    [413, 'POST', '/auth/login', { email: 'a'.repeat(17_000) }],
    [415, 'POST', '/auth/login', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }],
  ]
  test.each(statuses)(
    'is readable by a listed origin alone: %i to %s %s',
    async (status, method, path, body, more) => {
      const answerTo = (origin?: string) =>
        app.request(method, path, { body, headers: { ...more, ...(origin === undefined ? {} : { origin }) } })
      const answer = await answerTo(listed)
      expect(answer.status).toBe(status)
      expect(grantOf(answer)).toBe(listed)
      expect(listOf(answer, 'expose-headers')).toEqual(
        expect.arrayContaining(['x-request-id', 'retry-after']),
      )
      for (const other of [await answerTo(unlisted), await answerTo()]) {
        expect(grantOf(other)).toBeNull()
        expect(other.headers.get('access-control-expose-headers')).toBeNull()
        expect(other.headers.get('vary')).toBe('Origin')
      }
    },
  )

  test('429 too, with its Retry-After and the rate limit', async () => {
    const send = () =>
      app.post('/auth/login/otp/generate', { email: 'limit@example.com' }, { origin: listed })
    let answer = await send()
    for (let sends = 0; sends < 6 && answer.status === 200; sends += 1) answer = await send()
    expect(answer.status).toBe(429)
    expect(grantOf(answer)).toBe(listed)
    const info = await app.get('/api/v1/otp/token-info', {
      ...app.serviceHeaders,
      origin: 'capacitor://localhost',
    })
    expect(grantOf(info)).toBe('capacitor://localhost')
    expect(listOf(info, 'expose-headers')).toEqual(expect.arrayContaining(['ratelimit', 'ratelimit-policy']))
  })

  test('and an origin sees no code of citizen, whatever the mount says', async () => {
    const answer = await app.post('/otp', { type: 'create', phoneNumber: '0123456789' }, { origin: listed })
    expect(answer.status).toBe(201)
    expect(grantOf(answer)).toBeNull()
    expect(answer.body.data.otp).toMatch(/^\*+$/)
  })
})

describe.runIf(canRun)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('there is no Chromium')
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    })
  })
  afterAll(() => browser?.close())

  /** What a page of the site reads of the answers to a few calls. */
  async function callFrom(origin: string): Promise<unknown> {
    const page = await browser.newPage()
    try {
      await page.goto(origin)
      return await page.evaluate(`(async () => {
        const call = async (path, body, headers = {}) => {
          try {
            const answer = await fetch('${app.url}' + path, {
              method: body === undefined ? 'GET' : 'POST',
              headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
              ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            })
            const text = await answer.text()
            return [answer.status, JSON.parse(text) !== null, answer.headers.get('x-request-id') !== null]
          } catch (error) {
            return error.name
          }
        }
        return [
          await call('/auth/login/otp/generate', { email: 'page@example.com' }, { 'accept-language': 'en' }),
          await call('/auth/me', undefined, { authorization: 'Bearer none' }),
          await call('/api/v1/otp/token-info', undefined, ${JSON.stringify(app.serviceHeaders)}),
          await call('/auth/nothing', {}),
          await call('/auth/altcha'),
          await call('/admin/v1/projects', undefined, { authorization: 'Bearer ${app.adminToken}' }),
        ]
      })()`)
    } finally {
      await page.close()
    }
  }

  test('a page of a listed origin calls the APIs and reads the answers, and not the admin API', async () => {
    expect(await callFrom(sites[0]?.origin ?? '')).toEqual([
      [200, true, true],
      [401, true, true],
      [200, true, true],
      [404, true, true],
      [200, true, true],
      'TypeError',
    ])
  })

  test('a page of any other origin gets no answer', async () => {
    expect(await callFrom(sites[1]?.origin ?? '')).toEqual(new Array(6).fill('TypeError'))
  })
})
