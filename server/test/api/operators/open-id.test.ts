import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type OperatorBrowser } from '../../harness/operator-browser.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { clientId, clientSecret, passProvider, startOpenIdHost } from '../../providers/open-id-host.ts'

/* Operators sign in with a provider of OpenID Connect: `oidc-provider`, which knows nothing of us. */

let app: TestApp
let host: Awaited<ReturnType<typeof startOpenIdHost>>
let callback: string
beforeAll(async () => {
  host = await startOpenIdHost()
  app = await startTestApp({
    env: {
      OPEN_ID_ISSUER: host.issuer,
      OPEN_ID_CLIENT_ID: clientId,
      OPEN_ID_CLIENT_SECRET: clientSecret,
      OPEN_ID_NAME: 'Example Ltd',
    },
  })
  callback = `${app.url.replace('127.0.0.1', 'localhost')}/admin/v1/sign-in/open-id/callback`
  host.serve(callback, {
    ada: { email: 'Ada@example.test', email_verified: true },
    renamed: { email: 'ada@example.test', email_verified: true },
    unverified: { email: 'ben@example.test', email_verified: false },
    silent: {},
    stranger: { email: 'stranger@example.test', email_verified: true },
  })
  for (const email of ['ada@example.test', 'ben@example.test'])
    await app.post(
      '/admin/v1/operators',
      { email, role: 'viewer' },
      { authorization: `Bearer ${app.adminToken}` },
    )
})
afterAll(async () => {
  await app.stop()
  await host.stop()
})

/** Goes to the provider and comes back; returns the query of the answer. */
async function visitProvider(browser: OperatorBrowser, subject: string): Promise<string> {
  const { status, headers } = await browser.get('/sign-in/open-id')
  expect(status).toBe(303)
  const back = await passProvider(headers.get('location') ?? '', subject, callback)
  return new URL(back).search
}

async function signInAs(subject: string) {
  const browser = openBrowser(app)
  const answer = await browser.get(`/sign-in/open-id/callback${await visitProvider(browser, subject)}`)
  return { browser, place: answer.headers.get('location') }
}

const consoleUrl = () => `${app.url.replace('127.0.0.1', 'localhost')}/console`

test('the ways to sign in name the provider, and the request to it is bound by PKCE, state and nonce', async () => {
  const { openId } = (await app.get('/admin/v1/sign-in')).body
  expect(openId).toEqual({ name: 'Example Ltd', url: '/admin/v1/sign-in/open-id' })
  const { headers } = await openBrowser(app).get('/sign-in/open-id')
  const asked = new URL(headers.get('location') ?? '')
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    code_challenge_method: 'S256',
    state: expect.stringMatching(/.{20}/),
    nonce: expect.stringMatching(/.{20}/),
  })
  expect(headers.get('set-cookie')).toMatch(/Secure; HttpOnly; SameSite=Lax$/)
})

test('an operator whose address the provider vouches for is signed in, and known by the subject from then on', async () => {
  const { browser, place } = await signInAs('ada')
  expect(place).toBe(consoleUrl())
  expect((await browser.get('/session')).body).toMatchObject({
    state: 'signed-in',
    operator: { email: 'ada@example.test' },
  })
  expect((await browser.get('/session/all')).body.sessions[0].method).toBe('open-id')
  expect([...browser.cookies.keys()]).toEqual(['__Host-watchword'])
  expect((await signInAs('ada')).place).toBe(consoleUrl())
  // Whoever gets the address at the provider later is somebody else.
  expect((await signInAs('renamed')).place).toBe(`${consoleUrl()}/sign-in#error=refused`)
})

test.each(['unverified', 'silent', 'stranger'])('%s signs nobody in', async (subject) => {
  const { browser, place } = await signInAs(subject)
  expect(place).toBe(`${consoleUrl()}/sign-in#error=refused`)
  expect((await browser.get('/session')).status).toBe(401)
})

test('an answer of another browser, of another attempt, changed or used signs nobody in', async () => {
  const browser = openBrowser(app)
  const search = await visitProvider(browser, 'ada')
  const refusedAt = async (who: OperatorBrowser, query: string) => {
    const { headers } = await who.get(`/sign-in/open-id/callback${query}`)
    expect(headers.get('location')).toBe(`${consoleUrl()}/sign-in#error=refused`)
  }
  await refusedAt(openBrowser(app), search)

  const other = openBrowser(app)
  await other.get('/sign-in/open-id')
  await refusedAt(other, search)

  const changed = openBrowser(app)
  const answer = await visitProvider(changed, 'ada')
  await refusedAt(changed, answer.replace(/code=[^&]*/, 'code=another'))

  const twice = openBrowser(app)
  const used = await visitProvider(twice, 'ada')
  const cookie = { cookie: twice.cookieHeader() }
  expect((await twice.get(`/sign-in/open-id/callback${used}`)).headers.get('location')).toBe(consoleUrl())
  const again = await twice.request('GET', `/sign-in/open-id/callback${used}`, { headers: cookie })
  expect(again.headers.get('location')).toBe(`${consoleUrl()}/sign-in#error=refused`)

  await refusedAt(openBrowser(app), '')
  await refusedAt(openBrowser(app), '?error=access_denied')
})

test('without a provider there is no such way', async () => {
  const plain = await startTestApp()
  expect((await plain.get('/admin/v1/sign-in/open-id')).status).toBe(404)
  expect((await plain.get('/admin/v1/sign-in/open-id/callback?code=x')).status).toBe(404)
  await plain.stop()
})
