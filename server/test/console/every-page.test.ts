import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { findBarriers, openPage, overflowOf, startBrowser, takePicture } from '../harness/open-page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { consolePages, withoutSession } from './console-pages.ts'

/*
 * What every page of the console owes, in both themes, on a desk and on a phone. With `SCREENSHOTS` each is kept as a picture.
 */

let app: TestApp
let browser: Browser

const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } }

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

  const everyPage = consolePages.flatMap((page) =>
    (['light', 'dark'] as const).flatMap((theme) =>
      (['desk', 'phone'] as const).map((size) => ({ ...page, theme, size })),
    ),
  )

  test.each(everyPage)(
    '$name, $theme, on a $size: nothing is out of reach, nothing is cut off, nothing is complained about',
    async ({ name, path, ready, theme, size }) => {
      const { page, offences } = await openPage(browser, app.url + path, {
        viewport: sizes[size],
        colorScheme: theme,
        expected: withoutSession,
      })
      await ready(page)
      await page.waitForLoadState('networkidle')
      await takePicture(page, `${name}-${size}-${theme}`)
      expect(await findBarriers(page)).toEqual([])
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      expect(offences).toEqual([])
      await page.context().close()
    },
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
