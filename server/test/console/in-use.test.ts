import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { openPage, startBrowser, takePicture } from '../harness/open-page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { withoutSession } from './console-pages.ts'

/* The console as somebody uses it: the frame, the inbox, the playground and the checklist. */

let app: TestApp
let browser: Browser

describe.runIf(canBrowse)('in a browser', () => {
  beforeAll(async () => {
    app = await startTestApp()
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
  })

  const open = (path: string, options = {}) =>
    openPage(browser, `${app.url}/console${path}`, { expected: withoutSession, ...options })
  const send = (target: string) =>
    app.post('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
  const focusedOf = (page: Page) =>
    page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent')

  describe('the frame', () => {
    test('is reached by keyboard: the content, the search, every page by its name', async () => {
      const { page, offences } = await open('/start')
      await page.getByRole('heading', { name: 'Getting started' }).waitFor()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      expect(await focusedOf(page)).toBe('Getting started')

      await page.keyboard.press('/')
      expect(await focusedOf(page)).toBe('Search')
      await page.keyboard.type('a/b')
      expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('a/b')

      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').waitFor()
      await takePicture(page, 'palette-desk-light')
      await page.keyboard.type('play')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/console\/playground$/)
      await page.getByRole('heading', { level: 1, name: 'Playground' }).waitFor()
      await expect.poll(() => focusedOf(page)).toBe('Playground')
      expect(offences).toEqual([])
      await page.context().close()
    })

    test('keeps the theme and the language that were chosen', async () => {
      const { page } = await open('/start', { colorScheme: 'light' })
      await page.getByRole('button', { name: 'You and this console' }).click()
      await takePicture(page, 'menu-desk-light')
      await page.getByRole('menuitemradio', { name: 'Dark' }).click()
      const paper = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
      expect(await paper()).toBe('rgb(16, 18, 21)')
      await page.getByRole('button', { name: 'You and this console' }).click()
      await page.getByRole('menuitemradio', { name: 'Français' }).click()
      await page.getByRole('heading', { name: 'Premiers pas' }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'Premiers pas' }).waitFor()
      expect(await paper()).toBe('rgb(16, 18, 21)')
      await page.context().close()
    })

    test('says that it is offline, and goes on when it is not', async () => {
      const { page } = await open('/inbox', { expected: /ERR_INTERNET_DISCONNECTED|admin\/v1/ })
      await page.getByRole('heading', { name: 'Inbox' }).waitFor()
      await page.context().setOffline(true)
      await page.getByText('This browser is offline').waitFor()
      await page.context().setOffline(false)
      await page.getByText('This browser is offline').waitFor({ state: 'detached' })
      await page.context().close()
    })

    test('collapses to symbols, and stays so', async () => {
      const { page } = await open('/start')
      await page.getByRole('button', { name: 'Show symbols only' }).click()
      await page.reload()
      const rail = page.getByRole('navigation', { name: 'Pages' }).first()
      await rail.waitFor()
      expect((await rail.boundingBox())?.width).toBeLessThan(80)
      await page.getByRole('link', { name: 'Playground', exact: true }).click()
      await page.waitForURL(/playground/)
      await page.context().close()
    })
  })

  describe('the inbox', () => {
    test('shows a message a moment after it was sent, as its reader sees it, and copies its code', async () => {
      const { page, offences } = await open('/inbox', { permissions: ['clipboard-read', 'clipboard-write'] })
      await page.getByText('No message yet').waitFor()
      await takePicture(page, 'inbox-none-desk-light')
      await send('ada@example.test')
      const code = await app.inbox.lastCode('ada@example.test')
      await page.getByRole('article').getByText(code, { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Copy code' }).click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(code)

      // The style of a mail applies in its frame, and only there.
      const mail = page.frameLocator('iframe')
      await mail.getByText(code).first().waitFor()
      await page.getByRole('tab', { name: 'Text' }).click()
      await page.getByRole('tabpanel').getByText('Never share it').waitFor()
      await page.getByRole('tab', { name: 'Source' }).click()
      await page.getByRole('tabpanel').getByText('<!doctype html>').waitFor()
      expect(offences).toEqual([])
      await page.context().close()
    })

    test('finds a number in its national spelling, and an address from the search in the head', async () => {
      await app.post('/otp', { type: 'create', phoneNumber: '9876543210' })
      await send('eve@example.test')
      const { page } = await open('/inbox')
      const entries = page.getByRole('list', { name: 'Messages' }).getByRole('listitem')
      await page
        .getByRole('searchbox', { name: 'Search an address, a code or a text' })
        .fill('98 76 54 32 10')
      await expect.poll(() => entries.allTextContents()).toEqual([expect.stringContaining('+2259876543210')])
      await takePicture(page, 'inbox-sms-desk-light')
      await page.reload()
      await expect.poll(() => entries.count()).toBe(1)

      await page.keyboard.press('/')
      await page.keyboard.type('eve@')
      await page.keyboard.press('Enter')
      await page.waitForURL(/to=eve/)
      await expect
        .poll(() => entries.allTextContents())
        .toEqual([expect.stringContaining('eve@example.test')])
      await page.context().close()
    })

    test('is cleared in this browser, and shows what arrives afterwards', async () => {
      await send('ada@example.test')
      const { page } = await open('/inbox')
      await page.getByRole('button', { name: 'Clear' }).click()
      await page.getByText('No message yet').waitFor()
      await send('new@example.test')
      const entries = page.getByRole('list', { name: 'Messages' }).getByRole('listitem')
      await expect.poll(() => entries.count(), { timeout: 10_000 }).toBe(1)
      await page.getByRole('button', { name: 'Show cleared messages' }).click()
      await expect.poll(() => entries.count()).toBeGreaterThan(1)
      await page.context().close()
    })

    test('on a phone opens a message in the place of the list, and goes back', async () => {
      await send('ada@example.test')
      const { page } = await open('/inbox', { viewport: { width: 390, height: 844 } })
      await page.getByRole('list', { name: 'Messages' }).getByRole('button').first().click()
      await page.getByRole('button', { name: 'Copy code' }).waitFor()
      await takePicture(page, 'inbox-message-phone-light')
      await page.getByRole('button', { name: 'All messages' }).click()
      await page.getByRole('list', { name: 'Messages' }).waitFor()
      await page.context().close()
    })
  })

  describe('the playground', () => {
    test('sends and checks a code through every API, with the real answers', async () => {
      const { trials } = (await app.get('/dev/trials')).body
      const { page, offences } = await open('/playground')
      for (const { name, to } of trials) {
        await page.getByLabel('API').selectOption(name)
        // Another test may have used the address of the example.
        if (to.includes('@')) await page.getByLabel('Address').fill(`${name}@example.test`)
        await page.getByRole('button', { name: 'Send code' }).click()
        const sendStep = page.getByRole('region', { name: '1 · Send a code' })
        await sendStep
          .getByRole('status')
          .getByText(/^20[01]$/)
          .waitFor()
        const checkStep = page.getByRole('region', { name: '2 · Check the code' })
        await checkStep.getByText('From the inbox').waitFor()
        await checkStep.getByRole('button', { name: 'Check code' }).click()
        await checkStep
          .getByRole('status')
          .getByText(/^20[01]$/)
          .waitFor()
      }
      await page.getByRole('tab', { name: 'curl' }).first().click()
      await takePicture(page, 'playground-done-desk-light')
      expect(offences).toEqual([])
      await page.context().close()
    })

    test('shows a refusal as it is, and what is not JSON beside the field', async () => {
      const { page } = await open('/playground', { expected: /400|admin\/v1/ })
      const step = page.getByRole('region', { name: '1 · Send a code' })
      await step.getByLabel('Body').fill('{"target": "nobody"}')
      await step.getByRole('button', { name: 'Send code' }).click()
      await step.getByRole('status').getByText('400', { exact: true }).waitFor()
      await step.getByLabel('Body').fill('{')
      await step.getByText('This is not JSON').waitFor()
      await step.getByRole('button', { name: 'Reset body' }).click()
      expect(await step.getByLabel('Body').inputValue()).toContain('user@example.com')
      await page.context().close()
    })

    test('writes the request in six languages with the demo key, and remembers the language', async () => {
      const { page } = await open('/playground')
      const example = page.getByRole('tabpanel').first()
      for (const language of ['curl', 'TypeScript', 'Python', 'PHP', 'Go', 'Java']) {
        await page.getByRole('tab', { name: language }).first().click()
        await expect.poll(() => example.textContent()).toContain(app.apiKey)
        expect(await example.textContent()).toContain(`${app.url}/api/v1/otp/send`)
      }
      await page.reload()
      await example.getByText('HttpRequest.newBuilder').waitFor()
      await page.context().close()
    })
  })

  test('the checklist ticks what was done', async () => {
    const { page } = await open('/start')
    const step = (name: string) => page.getByRole('listitem').filter({ hasText: name })
    await step('Make a key').getByText('Done', { exact: true }).waitFor()
    await step('Check the first code').getByText('Done', { exact: true }).waitFor()
    await step('Restore a backup once').getByText('To do').waitFor()
    await page.getByRole('button', { name: 'Mark as done' }).click()
    await step('Restore a backup once').getByText('Done', { exact: true }).waitFor()
    await page.reload()
    await step('Restore a backup once').getByText('Done', { exact: true }).waitFor()
    await page.context().close()
  })
})
