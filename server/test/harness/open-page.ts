import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { browserPath } from './find-browser.ts'

/* Our pages in a browser, and what they owe to whoever looks at them. */

/** Starts the browser. It asks nobody but the server under test for anything. */
export function startBrowser(): Promise<Browser> {
  if (browserPath === undefined) throw new Error('there is no Chromium')
  return chromium.launch({
    executablePath: browserPath,
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
}

export type Opened = { page: Page; offences: string[] }

export type OpenOptions = BrowserContextOptions & {
  /** Runs before the first request. */
  prepare?: (page: Page) => Promise<void>
  /** Messages that belong to what is tested. */
  expected?: RegExp
}

/** Opens a page in a context of its own, and records what our pages must not do. */
export async function openPage(
  browser: Browser,
  url: string,
  { prepare, expected, ...options }: OpenOptions = {},
): Promise<Opened> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const offences: string[] = []
  const note = (offence: string) => {
    if (expected?.test(offence) !== true) offences.push(offence)
  }
  page.on('console', (message) => note(`console: ${message.text()} ${message.location().url}`))
  page.on('pageerror', (error) => note(`error: ${error.message}`))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) note(`request: ${request.url()}`)
  })
  await prepare?.(page)
  await page.goto(url, { waitUntil: 'load' })
  return { page, offences }
}

/** What axe finds wrong, one line each. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }).then(
    ({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ' ' + failureSummary)))`)
}

/** How far the page scrolls sideways, in pixels. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

/** Keeps a picture of the page in the directory that `SCREENSHOTS` names; without it nothing happens. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const directory = process.env.SCREENSHOTS
  if (directory === undefined) return
  mkdirSync(directory, { recursive: true })
  await page.screenshot({ path: join(directory, `${name}.png`) })
}
