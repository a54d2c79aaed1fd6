import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse } from '../harness/find-browser.ts'
import { openPage, startBrowser } from '../harness/open-page.ts'
import { asOperator } from './as-operator.ts'
import { lookAt } from './look-at.ts'
import { startWatchedWorld, type WatchedWorld } from './watched-world.ts'

/*
 * Whether codes arrive, and what became of one: the overview, the list of verifications and the timeline.
 */

let watched: WatchedWorld
let browser: Browser

const open = async (path: string, role: 'operator' | 'viewer' = 'operator') =>
  (
    await openPage(browser, `${watched.world.app.url}/console/${path}`, {
      prepare: asOperator(watched.world.app, role),
    })
  ).page
const ofProject = (path: string) => `${path}${path.includes('?') ? '&' : '?'}project=${watched.project.id}`
const rowsOf = (page: Page) => page.locator('tbody tr[data-index]')

describe.runIf(canBrowse)('in a browser', () => {
  beforeAll(async () => {
    watched = await startWatchedWorld()
    browser = await startBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await watched?.world.stop()
  })

  describe('both themes, on a desk and on a phone', () => {
    const pages = [
      {
        name: 'overview',
        path: () => ofProject('overview?by=country'),
        ready: (page: Page) => page.getByRole('cell', { name: 'Tanzania' }).waitFor(),
      },
      {
        name: 'overview-all',
        path: () => 'overview',
        ready: (page: Page) => page.getByRole('cell', { name: 'Kikapu' }).first().waitFor(),
      },
      {
        name: 'verifications',
        path: () => ofProject('verifications'),
        ready: (page: Page) => page.getByRole('link', { name: '+255***78' }).waitFor(),
      },
      {
        name: 'verifications-none',
        path: () => ofProject('verifications?search=nobody'),
        ready: (page: Page) => page.getByText('Nothing matches').waitFor(),
      },
      {
        name: 'timeline',
        path: () => ofProject(`verifications/${watched.project.id}/${watched.verifiedId}`),
        ready: (page: Page) => page.getByText('Handed to north').waitFor(),
      },
    ]
    test.each(pages)(
      '$name: nothing is out of reach, cut off, or complained about',
      async ({ name, path, ready }) => {
        const { app } = watched.world
        await lookAt(browser, { name, url: `${app.url}/console/${path()}`, ready, prepare: asOperator(app) })
      },
    )
  })

  test('the overview says how many codes arrived, were verified and how fast, and narrows to a channel', async () => {
    const page = await open(ofProject('overview?by=channel'))
    await page.getByText('No outage is known.').waitFor()
    await page
      .getByText(/40\s?% of 5 codes of the last 24 hours arrived, 40\s?% were verified, median/)
      .waitFor()
    await page.getByRole('link', { name: 'E-mail' }).click()
    await page.getByText(/2 codes of the last 24 hours arrived, 50\s?% were verified/).waitFor()
    expect(new URL(page.url()).searchParams.get('channel')).toBe('email')
    await page.reload()
    await page.getByText(/2 codes of the last 24 hours/).waitFor()
    await page.getByRole('link', { name: 'Show these verifications' }).click()
    await page.getByText('Linus').or(page.getByText('l***@example.test')).first().waitFor()
    await expect.poll(() => rowsOf(page).count()).toBe(2)
    await page.context().close()
  })

  test('what goes wrong stands on the overview at once, with what to do', async () => {
    const page = await open(ofProject('overview'))
    await page.getByText(/codes of the last 24 hours/).waitFor()
    const { tokens } = (await watched.world.admin('GET', watched.project.path)).body
    const granted = tokens.used + 1
    await watched.world.admin('PATCH', watched.project.path, { tokens: granted })
    await watched.project.send('last@example.test')
    await page.getByText(`All ${granted} tokens are used: every send is refused.`).waitFor()
    await page.getByText('Grant more tokens to the project.').waitFor()
    await watched.world.admin('PATCH', watched.project.path, { tokens: null })
    await page.getByText(/All \d+ tokens are used/).waitFor({ state: 'detached' })
    await page.context().close()
  })

  test('an address in its national spelling leads from every page to its code and everything that happened to it', async () => {
    const page = await open(ofProject('overview'))
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('0712 345 678')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: '+255***78' }).click()
    const panel = page.getByRole('dialog')
    await panel.getByText('Verified after').waitFor()
    const steps = await panel.getByRole('listitem').allTextContents()
    expect(steps.map((step) => step.replace(/^[\d:.]+/, '').slice(0, 14))).toEqual([
      expect.stringMatching(/^Requested/),
      expect.stringMatching(/^Handed to nort/),
      expect.stringMatching(/^Wrong attempt/),
      expect.stringMatching(/^Delivered/),
      expect.stringMatching(/^Verified/),
    ])
    expect(steps[1]).toMatch(/accepted in .*0\.02.*north-1/s)
    expect(steps[2]).toContain('1 of 5 · another code was entered')
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    expect(new URL(page.url()).searchParams.get('search')).toBe('0712 345 678')
    await expect.poll(() => rowsOf(page).count()).toBe(1)
    await page.context().close()
  })

  test('a search without a project finds the code in whichever project it is', async () => {
    const page = await open('verifications?search=order_1')
    await page.getByRole('link', { name: '+255***78' }).waitFor()
    await expect.poll(() => rowsOf(page).count()).toBe(1)
    await page.getByRole('cell', { name: 'Kikapu' }).waitFor()
    await page.context().close()
  })

  test('an address is shown in full for a reason, which the audit keeps, and not to a viewer', async () => {
    const path = ofProject(`verifications/${watched.project.id}/${watched.verifiedId}`)
    const page = await open(path)
    await page.getByRole('button', { name: 'Show the address' }).click()
    await page.keyboard.type('ticket')
    await page.keyboard.press('Enter')
    await page.getByText('Say why in 10 to 500 characters.').waitFor()
    await page.keyboard.type(' 4711: no code came')
    await page.keyboard.press('Enter')
    await page.getByText('+255712345678').waitFor()
    const { body } = await watched.world.admin('GET', `${watched.project.path}/events?limit=1000`)
    expect(
      body.events.findLast(({ type }: { type: string }) => type === 'address.revealed').details,
    ).toMatchObject({
      reason: 'ticket 4711: no code came',
    })
    await page.context().close()

    const viewed = await open(path, 'viewer')
    await viewed.getByText('Only operators and owners').waitFor()
    expect(await viewed.getByRole('button', { name: 'Show the address' }).count()).toBe(0)
    await viewed.context().close()
  })

  test('filters are part of the address of the page, and the rows are exported as they are shown', async () => {
    const page = await open(ofProject('verifications'))
    await rowsOf(page).first().waitFor()
    await page.getByLabel('Outcome').selectOption('Failed')
    await page.getByRole('link', { name: '+255***79' }).waitFor()
    await expect.poll(() => rowsOf(page).count()).toBe(1)
    await page.reload()
    await page.getByRole('link', { name: '+255***79' }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ])
    expect(readFileSync(await download.path(), 'utf8')).toMatch(
      /^Address,Outcome,.*\r\n\+?'?\+255\*\*\*79,Failed,/,
    )
    await page.context().close()
  })

  test('both pages are written in French as well', async () => {
    for (const [path, title] of [
      ['overview', 'Vue d’ensemble'],
      ['verifications', 'Vérifications'],
    ] as const) {
      const { page } = await openPage(browser, `${watched.world.app.url}/console/${path}`, {
        locale: 'fr-FR',
        prepare: asOperator(watched.world.app),
      })
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      await page.context().close()
    }
  })
})
