import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { findBarriers, openPage, overflowOf, takePicture } from '../harness/open-page.ts'
import type { TestApp } from '../harness/start-test-app.ts'
import { asOperator } from './as-operator.ts'

const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } }

export type LookedAt = { name: string; path: string; ready: (page: Page) => Promise<unknown> }

/** Looks at a page as an operator, in both themes, on a desk and on a phone: nothing may be out of reach, cut off, or complained about. */
export async function lookAt(app: TestApp, browser: Browser, { name, path, ready }: LookedAt): Promise<void> {
  const { page, offences } = await openPage(browser, app.url + path, { prepare: asOperator(app) })
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    await ready(page)
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme })
      await takePicture(page, `${name}-${size}-${theme}`)
      expect([size, theme, await findBarriers(page)]).toEqual([size, theme, []])
      expect([size, theme, (await overflowOf(page)) <= 0]).toEqual([size, theme, true])
    }
  }
  expect(offences).toEqual([])
  await page.context().close()
}
