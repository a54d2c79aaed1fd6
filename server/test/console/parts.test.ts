import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canBrowse, findBarriers, openPage, startBrowser, takePicture } from '../harness/browser.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { withoutSession } from './console-pages.ts'

/* The parts that pages are made of, on the page that shows each once. */

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

  async function open(path = '/parts', options = {}) {
    const opened = await openPage(browser, `${app.url}/console${path}`, {
      expected: withoutSession,
      ...options,
    })
    await opened.page.getByRole('heading', { level: 1, name: 'Parts' }).waitFor()
    return opened
  }

  test('a table has only the rows near the window in the document, and all of them by scrolling', async () => {
    const { page, offences } = await open()
    const table = page.getByRole('table', { name: 'Five thousand codes' })
    await table.scrollIntoViewIfNeeded()
    expect(await table.getAttribute('aria-rowcount')).toBe('5001')
    expect(await table.getByRole('row').count()).toBeLessThan(80)
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)')
    await table.getByRole('row', { name: /C2081/ }).waitFor()
    await takePicture(page, 'table-end-desk-light')
    expect(offences).toEqual([])
    await page.context().close()
  })

  test('a table sorts by every column in both directions, keeps the order in the URL, and empty cells stand last', async () => {
    const { page } = await open()
    const table = page.getByRole('table', { name: 'Five thousand codes' })
    const cells = (column: number) =>
      table.getByRole('row').nth(1).getByRole('cell').nth(column).textContent()
    await table.getByRole('button', { name: 'Code' }).click()
    await expect.poll(() => cells(0)).toBe('C0000')
    await page.waitForURL(/sort=id/)
    await table.getByRole('button', { name: 'Code' }).click()
    await expect.poll(() => cells(0)).toBe('C4999')
    expect(await table.getByRole('columnheader', { name: 'Code' }).getAttribute('aria-sort')).toBe(
      'descending',
    )
    await page.reload()
    await expect.poll(() => cells(0)).toBe('C4999')
    for (const first of ['0', '59.9']) {
      await table.getByRole('button', { name: 'Seconds' }).click()
      await expect.poll(() => cells(4)).toBe(first)
    }
    await page.context().close()
  })

  test('a table filters its rows and exports what is left, without formulas for a spreadsheet', async () => {
    const { page } = await open()
    await page.getByLabel('Filter these rows').fill('C0007')
    await page.getByText('1 shown').waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe('codes.csv')
    const [head, row, end] = readFileSync(await file.path(), 'utf8').split('\r\n')
    expect(head).toBe('Code,Channel,State,Sent,Seconds')
    expect(row).toMatch(/^C0007,(sms|email|whatsapp),\w+,2030-01-31T\S+Z,[\d.]*$/)
    expect(end).toBe('')
    await page.getByLabel('Filter these rows').fill('no such row')
    await page.getByText('No row matches the filter.').waitFor()
    await page.context().close()
  })

  test('a panel has a URL of its own, and the list keeps its place and its order behind it', async () => {
    const { page } = await open('/parts?sort=id')
    await page.getByRole('link', { name: 'C0003' }).scrollIntoViewIfNeeded()
    const before = await page.evaluate('window.scrollY')
    await page.getByRole('link', { name: 'C0003' }).click()
    await page.waitForURL(/\/parts\/C0003/)
    const panel = page.getByRole('dialog', { name: 'Code C0003' })
    await panel.waitFor()
    await takePicture(page, 'panel-desk-light')
    expect(await findBarriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await page.waitForURL(/\/parts\?sort=id/)
    expect(await page.evaluate('window.scrollY')).toBe(before)
    await page.reload()
    await page.goto(`${app.url}/console/parts/C0003`)
    await panel.waitFor()
    await page.context().close()
  })

  test('a dialog keeps the focus, says the mistake beside its field, and gives the focus back', async () => {
    const { page, offences } = await open()
    await page.getByRole('button', { name: 'Open dialog' }).click()
    const dialog = page.getByRole('dialog', { name: 'Rename project' })
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Enter a name.').waitFor()
    expect(await page.evaluate('document.activeElement.name')).toBe('name')
    await takePicture(page, 'dialog-desk-light')
    expect(await findBarriers(page)).toEqual([])
    for (let presses = 0; presses < 5; presses++) await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.closest("[role=dialog]") !== null')).toBe(true)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Open dialog')
    expect(offences).toEqual([])
    await page.context().close()
  })

  test('what destroys something asks for its name, and says that it is done', async () => {
    const { page } = await open()
    await page.getByRole('button', { name: 'Revoke key' }).click()
    const dialog = page.getByRole('dialog', { name: 'Revoke key' })
    await dialog.getByRole('button', { name: 'Revoke key' }).click()
    await dialog.getByText('Type exactly mobile app.').waitFor()
    await dialog.getByLabel('Type mobile app to confirm').fill('mobile app')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Settings saved').first().waitFor()
    await takePicture(page, 'toast-desk-light')
    await page.context().close()
  })

  test('a chart is drawn in both themes, and has its numbers as a table', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, offences } = await open('/parts', { colorScheme })
      await page.locator('canvas').scrollIntoViewIfNeeded()
      await takePicture(page, `chart-desk-${colorScheme}`)
      const inks = await page.evaluate(`(() => {
        const canvas = document.querySelector('canvas')
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        return new Set(Array.from({ length: data.length / 4 }, (_, index) => data.slice(index * 4, index * 4 + 3).join())).size
      })()`)
      expect(inks).toBeGreaterThan(3)
      await page.getByText('Show as a table').click()
      await page.getByRole('region', { name: 'Codes by hour' }).getByRole('row').nth(48).waitFor()
      expect(offences).toEqual([])
      await page.context().close()
    }
  })
})
