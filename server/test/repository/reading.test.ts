import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { findBarriers, openPage, overflowOf, startBrowser } from '../harness/open-page.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * The place to read in a browser: what its script does, and that everybody can use it.
 */

const sendPage = '/docs/api/service/post-api-v1-otp-send'

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

  type Opening = Omit<NonNullable<Parameters<typeof openPage>[2]>, 'viewport'> & { width?: number }
  const open = (path: string, { width = 1280, ...options }: Opening = {}) =>
    openPage(browser, app.url + path, { viewport: { width, height: 900 }, ...options })

  const textOf = (page: Page, selector: string) => page.locator(selector).first().textContent()

  test('the first page sends a code, reads it and checks it, with another address as well', async () => {
    const { page, offences } = await open('/')
    await page.getByLabel('E-mail address').first().fill('newcomer@example.com')
    await page.getByRole('button', { name: 'Send the code' }).click()
    expect(await textOf(page, '.steps > li:nth-child(1) output .status')).toMatch(/^201 /)

    await page.getByRole('button', { name: 'Look into the inbox' }).click()
    const code = await textOf(page, '.big-code')
    expect(code).toBe(await app.inbox.lastCode('newcomer@example.com'))

    await page.getByRole('button', { name: 'Check the code' }).click()
    expect(await textOf(page, '.steps > li:nth-child(3) output code')).toContain('"valid": true')
    expect(offences).toEqual([])
    await page.close()
  })

  test('a route is tried with the key of the demo, and its answer shown with its status', async () => {
    const { page, offences } = await open(sendPage)
    await page.getByText('Try it here').click()
    expect(await page.getByLabel('x-api-key').inputValue()).toBe(app.apiKey)
    await page.getByLabel('Body').fill('{"target": "tried@example.com", "channel": "email"}')
    await page.getByRole('button', { name: 'Send the request' }).click()
    expect(await textOf(page, 'output .status')).toMatch(/^201 /)
    expect(await app.inbox.lastCode('tried@example.com')).toMatch(/^\d{6}$/)

    await page.getByLabel('x-api-key').fill('wrong')
    await page.getByRole('button', { name: 'Send the request' }).click()
    await page.locator('output .status.bad').waitFor()
    expect(await textOf(page, 'output code')).toContain('Invalid API key')
    // The browser itself reports a 401 in its console.
    expect(offences.filter((offence) => !offence.includes('401'))).toEqual([])
    await page.close()
  })

  test('what is asked for in the path and the query of a tried route is sent there', async () => {
    const { page } = await open('/docs/api/service/get-api-v1-otp-records')
    await page.getByText('Try it here').click()
    await page.getByLabel('limit', { exact: true }).fill('0')
    const [request] = await Promise.all([
      page.waitForRequest(/otp\/records/),
      page.getByRole('button', { name: 'Send the request' }).click(),
    ])
    expect(new URL(request.url()).search).toBe('?limit=0')

    await page.goto(`${app.url}/docs/api/admin/get-admin-v1-projects-projectid-users-userid`)
    await page.getByText('Try it here').click()
    await page.getByLabel('userId').fill('a/b')
    const [other] = await Promise.all([
      page.waitForRequest(/\/admin\/v1\//),
      page.getByRole('button', { name: 'Send the request' }).click(),
    ])
    expect(new URL(other.url()).pathname).toBe(`/admin/v1/projects/${app.projects.service}/users/a%2Fb`)
    await page.close()
  })

  test('the language that was chosen once is that of every page', async () => {
    const { page } = await open(sendPage)
    const shown = () => page.locator('.languages .panel:visible figcaption').first().textContent()
    expect(await shown()).toContain('curl')
    await page.getByText('Python', { exact: true }).click()
    expect(await shown()).toContain('Python')
    await page.goto(`${app.url}/docs/api/account/post-auth-login`)
    expect(await shown()).toContain('Python')
    // By keyboard the arrows choose.
    await page.locator('.languages > input:checked').focus()
    await page.keyboard.press('ArrowRight')
    expect(await shown()).toContain('PHP')
    await page.close()
  })

  test('a block is copied whole, and its button says so', async () => {
    const { page } = await open(sendPage, { permissions: ['clipboard-read', 'clipboard-write'] })
    const figure = page.locator('.languages .panel:visible figure').first()
    await figure.getByRole('button').click()
    expect(await figure.getByRole('button').textContent()).toBe('Copied')
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      await figure.locator('code').textContent(),
    )
    await page.close()
  })

  test('the search answers as one types, in guides and reference, and leads there by keyboard alone', async () => {
    const { page, offences } = await open('/docs/service')
    await page.keyboard.press('/')
    await page.keyboard.type('locked addr')
    await page.locator('.results a').first().waitFor()
    expect(await textOf(page, '.results a')).toContain('Locked addresses')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.waitForURL(/docs\/abuse#locked-addresses/)

    await page.keyboard.press('/')
    // What an error says leads to the routes that answer it.
    await page.keyboard.type('idempotency-key was used with a different request')
    await page.locator('.results a').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(new RegExp(sendPage))

    await page.keyboard.press('/')
    await page.keyboard.type('zzzz')
    await page.getByText('Nothing found. Try').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.locator('.results').isVisible()).toBe(false)
    expect(offences).toEqual([])
    await page.close()
  })

  test('request and answers stay in view beside the text, and the text is no wider than it can be read', async () => {
    const { page } = await open(sendPage)
    await page.evaluate('document.querySelector("#errors").scrollIntoView()')
    expect(await page.evaluate('document.querySelector(".examples").getBoundingClientRect().top')).toBe(56)
    // The status in the table of errors shows its answers.
    await page.locator('.errors label', { hasText: '429' }).click()
    expect(await textOf(page, '.answers .panel:visible code')).toContain('429')

    await page.goto(`${app.url}/docs/operating`)
    const widths = await page.evaluate(`[...document.querySelectorAll('main > p')].map((paragraph) => {
      const style = getComputedStyle(paragraph)
      const canvas = document.createElement('canvas').getContext('2d')
      canvas.font = style.font
      return paragraph.clientWidth / canvas.measureText('0').width
    })`)
    expect(Math.max(...(widths as number[]))).toBeLessThan(73)
    await page.close()
  })

  test('on a phone the list of pages opens over the text and closes again', async () => {
    const { page } = await open('/docs/webhooks', { width: 390 })
    const list = page.getByRole('navigation', { name: 'All pages' })
    expect(await list.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Pages' }).click()
    expect(await list.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await list.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Pages' }).click()
    await list.getByRole('link', { name: 'Operating' }).click()
    await page.waitForURL(/docs\/operating$/)
    await page.close()
  })

  test('no guide is wider than a phone', async () => {
    const { page } = await open('/docs', { width: 360 })
    const paths = (await page.evaluate(
      `[...document.querySelectorAll('main a')].map(({ pathname }) => pathname).filter((path) => path.startsWith('/docs'))`,
    )) as string[]
    expect(paths.length).toBeGreaterThan(20)
    const wide = []
    for (const path of ['/docs', ...new Set(paths)]) {
      await page.goto(app.url + path)
      if ((await overflowOf(page)) > 0) wide.push(path)
    }
    expect(wide).toEqual([])
    await page.close()
  })

  test('without script everything can be read: languages and answers change, and nothing is offered that does not work', async () => {
    const { page } = await open(sendPage, { javaScriptEnabled: false })
    await page.locator('.languages label', { hasText: 'Go' }).click()
    expect(await page.locator('.languages .panel:visible').textContent()).toContain('package main')
    await page.locator('.answers label', { hasText: '409' }).click()
    expect(await page.locator('.answers .panel:visible').first().textContent()).toContain('409')
    expect(await page.locator('.search').isVisible()).toBe(false)
    expect(await page.locator('.trial').isVisible()).toBe(false)
    await page.goto(`${app.url}/`)
    expect(await page.locator('button:visible').count()).toBe(0)
    expect(await page.locator('.languages .panel:visible').count()).toBe(2)
    await page.close()
  })

  test('behind a proxy that gives it a path of its own, style, script and links still lead to it', async () => {
    const page = await browser.newPage()
    // As such a proxy does: it takes its own path away.
    await page.route('**/otp/**', (route) =>
      route.continue({ url: route.request().url().replace('/otp/', '/') }),
    )
    await page.goto(`${app.url}/otp/docs/operating`)
    expect(await page.evaluate('getComputedStyle(document.body).display')).toBe('grid')
    await page.getByRole('navigation', { name: 'All pages' }).getByRole('link', { name: 'Audit' }).click()
    await page.waitForURL(/otp\/docs\/audit$/)
    await page.keyboard.press('/')
    await page.keyboard.type('webhook')
    await page.locator('.results a').first().waitFor()
    expect(await page.locator('.results a').first().getAttribute('href')).toContain('/otp/docs/')
    await page.close()
  })

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    test.each([
      ['/', 1280],
      ['/docs', 1280],
      ['/docs/carriers', 1280],
      [sendPage, 1280],
      ['/', 390],
      ['/docs/errors', 390],
      [sendPage, 390],
    ])('%s at %i pixels has nothing that axe reports', async (path, width) => {
      // The page's own policy admits no script of others.
      const { page } = await open(path, { width, colorScheme, bypassCSP: true })
      for (const details of await page.locator('details').all())
        await details.evaluate((element) => element.setAttribute('open', ''))
      expect(await findBarriers(page)).toEqual([])
      await page.close()
    })
  })
})
