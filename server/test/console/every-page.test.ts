import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { openPage, startBrowser } from '../harness/open-page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { consolePages, withoutSession } from './console-pages.ts'
import { lookAt } from './look-at.ts'

/*
 * What every page of the console owes, in both themes, on a desk and on a phone. With `SCREENSHOTS` each is kept as a picture.
 */

let app: TestApp
let browser: Browser

describe.runIf(canBrowse)('in a browser', () => {
  beforeAll(async () => {
    app = await startTestApp()
    browser = await startBrowser()
    const send = (target: string) =>
      app.post('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
    await send('ada@example.test')
    await app.post('/otp', { type: 'create', phoneNumber: '0123456789' })
    await send('eve@example.test')
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
  })

  test.each(consolePages)(
    '$name, in both themes, on a desk and on a phone: nothing is out of reach, cut off, or complained about',
    ({ path, ready, name }) =>
      lookAt(browser, {
        name,
        url: app.url + path,
        expected: withoutSession,
        async ready(page) {
          await ready(page)
          await page.waitForLoadState('networkidle')
        },
      }),
  )

  test('every page is written in French as well', async () => {
    for (const { path } of consolePages) {
      const { page } = await openPage(browser, app.url + path, { locale: 'fr-FR' })
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect([path, await page.getAttribute('html', 'lang')]).toEqual([path, 'fr'])
      const title = await page.getByRole('heading', { level: 1 }).textContent()
      expect([
        'Getting started',
        'Playground',
        'Inbox',
        'Sign in to Watchword',
        'There is no such page',
      ]).not.toContain(title)
      await page.context().close()
    }
  })
})
