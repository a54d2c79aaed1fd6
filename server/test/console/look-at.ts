import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { findBarriers, type OpenOptions, openPage, overflowOf, takePicture } from '../harness/open-page.ts'

const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } }

/** A page of the console: `ready` resolves when what it shows is there. */
export type LookedAt = Pick<OpenOptions, 'prepare' | 'expected'> & {
  name: string
  url: string
  ready: (page: Page) => Promise<unknown>
}

/** Looks at a page in both themes, on a desk and on a phone: nothing may be out of reach, cut off, or complained about. */
export async function lookAt(browser: Browser, { name, url, ready, ...options }: LookedAt): Promise<void> {
  const { page, offences } = await openPage(browser, url, options)
  await look(page, { name, ready })
  expect(offences).toEqual([])
  await page.context().close()
}

/** The same for a page that is open already. */
export async function look(page: Page, { name, ready }: Pick<LookedAt, 'name' | 'ready'>): Promise<void> {
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
}
