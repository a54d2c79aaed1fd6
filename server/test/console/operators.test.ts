import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { totpAt, totpStep } from '../../src/domain/totp.ts'
import { canBrowse } from '../harness/find-browser.ts'
import { openPage, startBrowser, takePicture } from '../harness/open-page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { look } from './look-at.ts'

/*
 * The pages of operators and of one's own sign-in, by somebody who has signed in with the link of the first start.
 */

let app: TestApp
let browser: Browser
let page: Page
let offences: string[]

describe.runIf(canBrowse)('in a browser', () => {
  beforeAll(async () => {
    app = await startTestApp()
    browser = await startBrowser()
    const opened = await openPage(browser, (app.signInLink ?? '').replace('127.0.0.1', 'localhost'), {
      expected: /admin\/v1\/(session|sign-in)/,
    })
    page = opened.page
    offences = opened.offences
    await page.waitForURL((url) => !url.pathname.includes('sign-in'))
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
  })

  const go = (path: string) => page.goto(new URL(`/console${path}`, page.url()).href)

  test('an operator is invited by a link that is shown once, gets another role, and is removed by the address', async () => {
    await go('/operators/new')
    await page.getByRole('button', { name: 'Invite operator' }).click()
    await page.getByText('Enter an e-mail address.').waitFor()
    await page.getByLabel('E-mail address').fill('grace@example.test')
    await page.getByLabel('Role').selectOption('viewer')
    await page.getByRole('button', { name: 'Invite operator' }).click()
    const link = await page.getByText(/#token=/).innerText()
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'I have kept it' }).click()

    const invited = await openPage(browser, link.replace('127.0.0.1', 'localhost'), { expected: /admin\/v1/ })
    await invited.page.waitForURL((url) => !url.pathname.includes('sign-in'))
    await invited.page.context().close()

    await page.getByRole('link', { name: 'grace@example.test' }).click()
    await page.getByLabel('Role').selectOption('operator')
    await page.getByRole('button', { name: 'Save operator' }).click()
    await page.getByText('It holds from the next request on.').first().waitFor()
    await page.getByRole('button', { name: 'Remove operator' }).click()
    const dialog = page.getByRole('dialog', { name: 'Remove operator' })
    await dialog.getByRole('textbox').fill('grace@example.test')
    await dialog.getByRole('button', { name: 'Remove operator' }).click()
    await page.getByRole('link', { name: 'grace@example.test' }).waitFor({ state: 'detached' })
    expect(offences).toEqual([])
  })

  test('one sets up an app by its QR code and its first code, a passkey, and recovery codes', async () => {
    await go('/you')
    await page.getByRole('button', { name: 'Set up an app' }).click()
    await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
    await takePicture(page, 'you-totp-desk-light')
    const secret = (await page.getByText(/^([A-Z2-7]{4} )+[A-Z2-7]+/).innerText()).replace(/\s/g, '')
    const key = decodeBase32(secret)
    await page.getByLabel('Code of the app').fill(totpAt(key, totpStep(new Date())).reveal())
    await page.getByRole('button', { name: 'Confirm app' }).click()
    await page.getByText('Your app is set up').waitFor()

    const client = await page.context().newCDPSession(page)
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
    await page.getByLabel('Name of the passkey').fill('Laptop')
    await page.getByRole('button', { name: 'Add passkey' }).click()
    await page.getByRole('button', { name: 'Remove passkey Laptop' }).waitFor()

    await page.getByRole('button', { name: 'Make recovery codes' }).click()
    await page.getByText('Each stands in for a lost factor once.').waitFor()
    await page.getByRole('button', { name: 'Copy' }).first().click()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByText('10 of your codes are left.').waitFor()
    await page.getByRole('button', { name: 'Remove passkey Laptop' }).click()
    await page.getByRole('button', { name: 'Remove passkey Laptop' }).waitFor({ state: 'detached' })
    expect(offences).toEqual([])
  })

  test.each(['/operators', '/operators/new', '/you'])(
    '%s, in both themes, on a desk and on a phone: nothing is out of reach, cut off, or complained about',
    async (path) => {
      await go(path)
      await look(page, {
        name: path.slice(1).replace('/', '-'),
        ready: () => page.waitForLoadState('networkidle'),
      })
      expect(offences).toEqual([])
    },
  )
})

/** As an authenticator app reads the secret that is typed into it. */
function decodeBase32(text: string): Buffer {
  const bits = [...text].map((sign) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'),
  )
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}
