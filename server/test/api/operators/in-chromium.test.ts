import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenOf } from '../../harness/operator-browser.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * Signing in as a browser sees it: which cookies it takes and sends by itself, and its passkeys. Without an installed browser these
 * tests do not run, as those of the pages.
 */

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)
const canRun = executablePath !== undefined || process.env.CI === 'true'

describe.runIf(canRun)('in Chromium', () => {
  let app: TestApp
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('there is no Chromium')
    app = await startTestApp()
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
    context = await browser.newContext()
    page = await context.newPage()
    await page.goto(`${home()}/healthz`)
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
  })

  const home = () => app.url.replace('127.0.0.1', 'localhost')

  /** Asks as a page of ours does. */
  const ask = (method: string, path: string, body?: object) =>
    page.evaluate(
      async ([how, where, sent]) => {
        const answer = await fetch(`/admin/v1${where}`, {
          method: how,
          ...(how === 'GET' ? {} : { headers: { 'content-type': 'application/json' } }),
          ...(sent === undefined ? {} : { body: sent }),
        })
        const text = await answer.text()
        return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
      },
      [method, path, body === undefined ? undefined : JSON.stringify(body)] as [string, string, string?],
    )

  test('the link of the first start signs in on this machine, and no script sees the cookie', async () => {
    const signedIn = await ask('POST', '/sign-in/link', { token: tokenOf(app.signInLink ?? '') })
    expect(signedIn).toMatchObject({ status: 200, body: { state: 'signed-in' } })
    expect(await context.cookies()).toEqual([
      expect.objectContaining({
        name: '__Host-watchword',
        domain: 'localhost',
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'Strict',
      }),
    ])
    expect(await page.evaluate('document.cookie')).toBe('')
    expect((await ask('GET', '/session')).status).toBe(200)
    expect((await ask('PATCH', '/session', { name: 'Ada' })).status).toBe(200)
  })

  test('a page of another host changes nothing, whatever it sends', async () => {
    const other = await context.newPage()
    await other.goto(`${app.url}/healthz`)
    const tried = await other.evaluate(async (url) => {
      const send = (init: RequestInit) =>
        fetch(url, { credentials: 'include', ...init }).then(
          ({ status, type }) => `${type} ${status}`,
          () => 'blocked',
        )
      return [
        await send({ method: 'DELETE' }),
        await send({ method: 'PATCH', body: '{"name": "Mallory"}' }),
        await send({ method: 'GET' }),
        await send({ method: 'POST', mode: 'no-cors', body: '{"name": "Mallory"}' }),
      ]
    }, `${home()}/admin/v1/session`)
    expect(tried).toEqual(['blocked', 'blocked', 'blocked', 'opaque 0'])
    await other.close()
    expect((await ask('GET', '/session')).body.operator.name).toBe('Ada')
  })

  test('a passkey of the browser is added, and signs in as the second step', async () => {
    const client = await context.newCDPSession(page)
    await client.send('WebAuthn.enable')
    await client.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    /** Has the browser answer what the server asks. */
    const answer = (kind: 'create' | 'get', options: object) =>
      page.evaluate(
        `(async () => {
          const publicKey = PublicKeyCredential.parse${kind === 'create' ? 'Creation' : 'Request'}OptionsFromJSON(${JSON.stringify(options)})
          return (await navigator.credentials.${kind}({ publicKey })).toJSON()
        })()`,
      )

    const asked = (await ask('POST', '/session/passkeys/options')).body
    const added = await ask('POST', '/session/passkeys', {
      name: 'Chromium',
      response: await answer('create', asked),
    })
    expect(added).toMatchObject({ status: 201, body: { name: 'Chromium' } })
    expect((await ask('DELETE', '/session')).status).toBe(204)
    expect(await context.cookies()).toEqual([])

    await ask('POST', '/sign-in/code', { email: 'owner@example.com' })
    const code = await app.inbox.lastCode('owner@example.com')
    const first = await ask('POST', '/sign-in/verify', { email: 'owner@example.com', code })
    expect(first.body.state).toBe('second-factor')
    const question = (await ask('POST', '/sign-in/second-factor/passkey/options')).body
    const response = await answer('get', question)
    const done = await ask('POST', '/sign-in/second-factor/passkey', { response })
    expect(done).toMatchObject({ status: 200, body: { state: 'signed-in' } })
    expect((await ask('GET', '/projects')).status).toBe(200)
  })
})
