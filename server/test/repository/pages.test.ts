import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { openPage, overflowOf, startBrowser } from '../harness/open-page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * The pages in a browser. Without an installed browser these tests are skipped, because working on the server must not
 * require one; `.ci/run` installs one, and in CI a missing browser is a failure.
 */

const sendPage = '/docs/api/service/post-api-v1-otp-send'

let app: TestApp
let browser: Browser

describe.runIf(canBrowse)('in a browser', () => {
  beforeAll(async () => {
    app = await startTestApp()
    browser = await startBrowser()
    await send('ada@example.test')
    await send('eve@example.test')
    await app.post('/otp', { type: 'create', phoneNumber: '0123456789' })
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
  })

  const send = (target: string) =>
    app.post('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)

  const open = (path: string, width = 1100) =>
    openPage(browser, app.url + path, { viewport: { width, height: 900 } })

  describe.each(['/', '/docs', '/docs/service', sendPage, '/dev/inbox'])('%s', (path) => {
    test('renders with its style, asks nobody else for anything, and complains about nothing', async () => {
      const { page, offences } = await open(path)
      // If the policy blocked the style, the page would have the browser's default font.
      expect(await page.evaluate('getComputedStyle(document.body).fontFamily')).toContain('system-ui')
      expect(await page.getAttribute('html', 'lang')).toBe('en')
      for (const landmark of ['header', 'main', 'h1']) expect(await page.locator(landmark).count()).toBe(1)
      expect(await page.locator('nav').count()).toBeGreaterThan(0)
      expect(offences).toEqual([])
      await page.close()
    })

    test('H2: its policy stops a script that got into it', async () => {
      const { page, offences } = await open(path)
      await page.evaluate(`
        const script = document.createElement('script')
        script.textContent = 'document.title = "taken over"'
        document.body.append(script)
        const image = document.createElement('img')
        image.src = 'https://elsewhere.example/pixel.png'
        document.body.append(image)`)
      expect(await page.title()).not.toBe('taken over')
      expect(offences.filter((offence) => /Content Security Policy/.test(offence)).length).toBeGreaterThan(0)
      await page.close()
    })

    test('fits a phone without scrolling sideways', async () => {
      const { page } = await open(path, 360)
      for (const details of await page.locator('details').all())
        await details.evaluate((element) => element.setAttribute('open', ''))
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      await page.close()
    })
  })

  test('the inbox shows the newest code first, and one address when asked by keyboard', async () => {
    const { page, offences } = await open('/dev/inbox')
    expect(await page.locator('li h2').allTextContents()).toEqual([
      '+2250123456789',
      'eve@example.test',
      'ada@example.test',
    ])
    await page.getByLabel('E-mail or phone').focus()
    await page.keyboard.type('ada@example.test')
    await page.keyboard.press('Enter')
    await page.waitForURL(/to=ada/)
    expect(await page.locator('li').count()).toBe(1)
    expect(await page.locator('.code').textContent()).toBe(await app.inbox.lastCode('ada@example.test'))

    await page.locator('summary').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('details pre').isVisible()).toBe(true)
    await page.getByRole('link', { name: 'All messages' }).click()
    expect(await page.locator('li').count()).toBe(3)
    expect(offences).toEqual([])
    await page.close()
  })

  test('the inbox of nobody says so, and what stands in its address is text', async () => {
    const { page, offences } = await open(
      `/dev/inbox?to=${encodeURIComponent('"><script>alert(1)</script>')}`,
    )
    expect(await page.locator('main').textContent()).toContain('No message to this address')
    expect(await page.getByLabel('E-mail or phone').inputValue()).toBe('"><script>alert(1)</script>')
    expect(offences).toEqual([])
    await page.close()
  })
})
