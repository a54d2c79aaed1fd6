import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * The pages in a browser. Without an installed browser these tests are skipped, because working on the server must not
 * require one; `.ci/run` installs one, and in CI a missing browser is a failure.
 */

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
)
const canRun = executablePath !== undefined || process.env.CI === 'true'

let app: TestApp
let browser: Browser

describe.runIf(canRun)('in a browser', () => {
  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('there is no Chromium')
    app = await startTestApp()
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
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

  /** Opens a page, and records what our pages must not do. */
  async function open(path: string, width = 1100): Promise<{ page: Page; offences: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 } })
    const offences: string[] = []
    page.on('console', (message) => offences.push(`console: ${message.text()}`))
    page.on('pageerror', (error) => offences.push(`error: ${error.message}`))
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(`${app.url}/`)
      if (!isOurs) offences.push(`request: ${request.url()}`)
    })
    await page.goto(app.url + path, { waitUntil: 'load' })
    return { page, offences }
  }

  describe.each(['/docs', '/dev/inbox'])('%s', (path) => {
    test('renders with its style, asks nobody else for anything, and complains about nothing', async () => {
      const { page, offences } = await open(path)
      // If the policy blocked the style, the page would have the browser's default margin.
      expect(await page.evaluate('getComputedStyle(document.body).paddingTop')).toBe('24px')
      expect(await page.getAttribute('html', 'lang')).toBe('en')
      for (const landmark of ['header', 'nav', 'main', 'h1'])
        expect(await page.locator(landmark).count()).toBe(1)
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
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      )
      expect(overflow).toBeLessThanOrEqual(0)
      await page.close()
    })
  })

  test('every route of /docs opens by keyboard and shows a request to paste', async () => {
    const { page } = await open('/docs')
    const routes = await page.locator('details').count()
    expect(routes).toBeGreaterThanOrEqual(26)
    await page.locator('#servicePostApiV1OtpSend > summary').focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('details[open]').count()).toBe(1)
    const request = page.locator('#servicePostApiV1OtpSend pre').first()
    expect(await request.textContent()).toContain(`/api/v1/otp/send`)
    expect(await request.isVisible()).toBe(true)

    // Tab moves to interactive elements, and the focus is visible.
    await page.locator('nav a').first().focus()
    await page.keyboard.press('Tab')
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth')
    expect(outline).toBe('3px')
    await page.close()
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
