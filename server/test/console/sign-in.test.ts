import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { findBarriers, openPage, startBrowser, takePicture } from '../harness/open-page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * The pages of the sign-in against the answers that docs/operators.md describes. The browser answers them in the place of
 * the server, so that each refusal can be shown.
 */

let app: TestApp
let browser: Browser

type Answer = { status: number; body?: unknown; headers?: Record<string, string> }
type Answers = Record<string, (body: Record<string, string>) => Answer>

const session = (state: string, secondFactor = { passkeys: 0, totp: false, recoveryCodes: 0 }) => ({
  sessionId: 'OPS_0f1e2d3c4b5a',
  state,
  operator: { id: 'OPR_1', email: 'ada@example.test', name: 'Ada', role: 'owner', projects: null },
  secondFactor,
  expiresAt: '2035-01-31T08:00:00.000Z',
})
const forbidden: Answer = { status: 403, body: { statusCode: 403, message: 'Not for this role' } }
const refused: Answer = { status: 401, body: { statusCode: 401, message: 'Refused' } }

/** What other pages ask for is not for this operator; a session there is none. */
const defaultOf = (name: string): Answer => (/ (session|sign-in)/.test(name) ? refused : forbidden)

/** Answers routes of the admin API, and keeps what was asked. */
async function answerWith(page: Page, answers: Answers): Promise<string[]> {
  const asked: string[] = []
  await page.route(/\/admin\/v1\//, async (route) => {
    const request = route.request()
    const name = `${request.method()} ${new URL(request.url()).pathname.replace('/admin/v1/', '')}`
    asked.push(name)
    const answer =
      answers[name]?.((request.postDataJSON() ?? {}) as Record<string, string>) ?? defaultOf(name)
    await route.fulfill({
      status: answer.status,
      headers: { 'content-type': 'application/json', ...answer.headers },
      body: JSON.stringify(answer.body ?? null),
    })
  })
  return asked
}

const ways: Answers = { 'GET sign-in': () => ({ status: 200, body: { code: true, openId: null } }) }
const codeSent: Answers = {
  'POST sign-in/code': () => ({ status: 202, body: { expiresInSeconds: 600, digits: 6 } }),
}

describe.runIf(canBrowse)('in a browser', () => {
  beforeAll(async () => {
    app = await startTestApp()
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
  })

  async function open(path: string, answers: Answers) {
    let asked: string[] = []
    const { page } = await openPage(browser, `${app.url}/console${path}`, {
      prepare: async (opened) => {
        asked = await answerWith(opened, answers)
      },
    })
    return { page, asked }
  }

  test('an operator signs in with a code by e-mail, and comes back to where they wanted to go', async () => {
    const { page } = await open('/sign-in?return=%2Fplayground%3Fapi%3Dmobile', {
      ...ways,
      ...codeSent,
      'POST sign-in/verify': ({ email, code }) =>
        email === 'ada@example.test' && code === '123456'
          ? { status: 200, body: session('signed-in') }
          : refused,
    })
    await page.getByLabel('E-mail address').fill('nobody')
    await page.getByRole('button', { name: 'Send code' }).click()
    await page.getByText('This is no e-mail address').waitFor()
    await takePicture(page, 'sign-in-mistake-desk-light')
    await page.getByLabel('E-mail address').fill('ada@example.test')
    await page.keyboard.press('Enter')
    await page.getByText('If ada@example.test is an operator').waitFor()
    await takePicture(page, 'sign-in-code-desk-light')
    expect(await findBarriers(page)).toEqual([])
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('That is not right, or it has expired.').waitFor()
    expect(await page.getByLabel('Code').inputValue()).toBe('000000')
    await page.getByLabel('Code').fill('123 456')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/console\/playground\?api=mobile$/)
    await page.context().close()
  })

  test('a link signs in once, and its token stays neither in the address nor in the history', async () => {
    const { page, asked } = await open('/sign-in#token=secret-of-the-link', {
      'POST sign-in/link': ({ token }) =>
        token === 'secret-of-the-link' ? { status: 200, body: session('signed-in') } : refused,
    })
    await page.waitForURL(/\/console\/overview$/)
    expect(asked.filter((name) => name === 'POST sign-in/link')).toHaveLength(1)
    await page.goBack().catch(() => {})
    expect(page.url()).not.toContain('secret-of-the-link')
    await page.context().close()
  })

  test('a spent link says so, and offers the code', async () => {
    const { page } = await open('/sign-in#token=spent', ways)
    await page.getByText('This link was used already').waitFor()
    await page.getByLabel('E-mail address').waitFor()
    expect(page.url()).not.toContain('spent')
    await page.context().close()
  })

  test('the second step takes the code of an app or a recovery code', async () => {
    const half = session('second-factor', { passkeys: 0, totp: true, recoveryCodes: 9 })
    const { page } = await open('/sign-in', {
      ...ways,
      'GET session': () => ({ status: 200, body: half }),
      'POST sign-in/second-factor/totp': () => refused,
      'POST sign-in/second-factor/recovery-code': ({ code }) =>
        code === 'abcd-efgh' ? { status: 200, body: session('signed-in') } : refused,
    })
    await page.getByLabel('Code of your authenticator app').fill('123456')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('That is not right').waitFor()
    await takePicture(page, 'sign-in-second-desk-light')
    await page.getByRole('button', { name: 'Use a recovery code instead' }).click()
    await page.getByLabel('Recovery code').fill('abcd-efgh')
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.waitForURL(/\/console\/overview$/)
    await page.context().close()
  })

  test('the second step takes a passkey', async () => {
    const half = session('second-factor', { passkeys: 1, totp: false, recoveryCodes: 9 })
    let given: Record<string, unknown> = {}
    const { page } = await open('/sign-in', {
      ...ways,
      'GET session': () => ({ status: 200, body: half }),
      'POST sign-in/second-factor/passkey/options': () => ({
        status: 200,
        body: { challenge: 'Y2hhbGxlbmdl', allowCredentials: [{ id: 'Y3JlZGVudGlhbA', type: 'public-key' }] },
      }),
      'POST sign-in/second-factor/passkey': (body) => {
        given = body
        return { status: 200, body: session('signed-in') }
      },
    })
    const button = page.getByRole('button', { name: 'Use a passkey' })
    await button.waitFor()
    // A real authenticator needs a host name; what matters here is what the page makes of its answer.
    await page.evaluate(`
      const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer
      navigator.credentials.get = async ({ publicKey }) => Object.assign(Object.create(PublicKeyCredential.prototype, {
        id: { value: 'Y3JlZGVudGlhbA' }, type: { value: 'public-key' },
        response: { value: { clientDataJSON: publicKey.challenge.buffer, authenticatorData: bytes('data'), signature: bytes('~~~?'), userHandle: null } },
      }))`)
    await button.click()
    await page.waitForURL(/\/console\/overview$/)
    expect(given).toMatchObject({
      response: {
        id: 'Y3JlZGVudGlhbA',
        type: 'public-key',
        response: { clientDataJSON: 'Y2hhbGxlbmdl', authenticatorData: 'ZGF0YQ', signature: 'fn5-Pw' },
      },
    })
    await page.context().close()
  })

  test('after the sign-in nobody is led out of the console', async () => {
    for (const elsewhere of ['https://evil.example', '//evil.example', '/\\evil.example']) {
      const { page } = await open(`/sign-in?return=${encodeURIComponent(elsewhere)}`, {
        'GET session': () => ({ status: 200, body: session('signed-in') }),
      })
      await page.waitForURL(/\/console\/overview$/)
      await page.context().close()
    }
  })

  test('too many attempts and a server that does not answer are said in words', async () => {
    let isLimited = true
    const { page } = await open('/sign-in', {
      ...ways,
      'POST sign-in/code': () =>
        isLimited
          ? { status: 429, body: { statusCode: 429, message: 'Too many' }, headers: { 'retry-after': '30' } }
          : {
              status: 500,
              body: { statusCode: 500, message: 'Broken' },
              headers: { 'x-request-id': 'abc-1' },
            },
    })
    await page.getByLabel('E-mail address').fill('ada@example.test')
    await page.getByRole('button', { name: 'Send code' }).click()
    await page.getByText('Try again in 30 seconds').waitFor()
    isLimited = false
    await page.getByRole('button', { name: 'Send code' }).click()
    await page.getByText('abc-1').waitFor()
    await page.context().close()
  })

  test('signing out leaves nothing of the operator, and leads to the sign-in', async () => {
    let isSignedIn = true
    const { page } = await open('/start', {
      ...ways,
      'GET session': () => (isSignedIn ? { status: 200, body: session('signed-in') } : refused),
      'DELETE session': () => {
        isSignedIn = false
        return { status: 200 }
      },
    })
    await page.getByRole('button', { name: 'You and this console' }).click()
    await page.getByText('Signed in as ada@example.test').waitFor()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.waitForURL(/\/console\/sign-in$/)
    await page.getByLabel('E-mail address').waitFor()
    await page.context().close()
  })
})
