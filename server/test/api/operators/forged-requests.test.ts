import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OperatorBrowser, openBrowser, ownerEmail, signIn } from '../../harness/operator-browser.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/* Pages of other origins, which the browser of an operator may have open as well. */

let app: TestApp
let browser: OperatorBrowser
beforeAll(async () => {
  app = await startTestApp()
  browser = await signIn(app)
})
afterAll(() => app.stop())

const json = { 'content-type': 'application/json' }
const ask = (method: string, path: string, headers: Record<string, string>, body?: object) =>
  app.request(method, `/admin/v1${path}`, {
    headers: { cookie: browser.cookieHeader(), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

const own = () => new URL(app.url).host

const changes = [
  ['POST', '/projects', { name: 'Shop' }],
  ['PATCH', '/session', { name: 'Mallory' }],
  ['DELETE', '/session', undefined],
  ['POST', '/session/totp', undefined],
  ['POST', '/operators', { email: 'mallory@example.test', role: 'owner' }],
] as const

describe.each(changes)('%s %s', (method, path, body) => {
  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sibling of this host', { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['another origin, by an old browser', { origin: 'https://evil.example' }],
    ['an origin that is hidden', { origin: 'null' }],
    ['nobody', {}],
  ] as [string, Record<string, string>][])('with the cookie from %s is refused', async (_, headers) => {
    const { status, body: answer } = await ask(method, path, { ...json, ...headers }, body)
    expect({ status, answer }).toEqual({
      status: 403,
      answer: { statusCode: 403, message: 'This is only for pages of the server itself' },
    })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', ''])(
    'with the cookie and a body of type %j is refused',
    async (type) => {
      const headers = { 'sec-fetch-site': 'same-origin', ...(type === '' ? {} : { 'content-type': type }) }
      const answer = await fetch(`${app.url}/admin/v1${path}`, {
        method,
        headers: { cookie: browser.cookieHeader(), ...headers },
      })
      expect(answer.status).toBe(415)
    },
  )
})

test('an origin that is this host is enough for an old browser', async () => {
  const { status } = await ask('PATCH', '/session', { ...json, origin: `http://${own()}` }, { name: 'Owner' })
  expect(status).toBe(200)
})

test('another site cannot sign a browser in, as nobody and as somebody else', async () => {
  for (const [path, body] of [
    ['/sign-in/link', { token: 'wwl_example' }],
    ['/sign-in/code', { email: ownerEmail }],
    ['/sign-in/verify', { email: ownerEmail, code: '123456' }],
  ] as const) {
    const headers = { ...json, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await app.request('POST', `/admin/v1${path}`, { headers, body })).status).toBe(403)
  }
})

test('a program with the token needs no origin, and the token decides where both are sent', async () => {
  const bearer = { authorization: `Bearer ${app.adminToken}` }
  expect((await app.post('/admin/v1/projects', { name: 'Shop' }, bearer)).status).toBe(201)
  const wrong = { authorization: 'Bearer wrong', cookie: browser.cookieHeader() }
  expect((await app.get('/admin/v1/projects', wrong)).status).toBe(401)
})

test('T5: no other secret passes for the session of an operator, nor that one for another', async () => {
  const token = browser.cookies.get('__Host-watchword') ?? ''
  for (const value of [app.adminToken, app.apiKey, `wwr_${'A'.repeat(43)}`, `${token}x`, '', `"${token}"`])
    expect((await app.get('/admin/v1/session', { cookie: `__Host-watchword=${value}` })).status).toBe(401)
  expect((await app.get('/admin/v1/projects', { authorization: `Bearer ${token}` })).status).toBe(401)
  expect((await app.get('/admin/v1/session', { cookie: `watchword=${token}` })).status).toBe(401)
  expect(await openBrowser(app).post('/sign-in/link', { token })).toMatchObject({ status: 401 })
})
