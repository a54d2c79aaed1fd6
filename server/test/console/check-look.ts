import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { findBarriers, openPage, overflowOf, takePicture } from '../harness/open-page.ts'
import type { TestApp } from '../harness/start-test-app.ts'
import { asOperator } from './as-operator.ts'

const sizes = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } }

/** Every way in which a page is looked at. */
export const looks = (['light', 'dark'] as const).flatMap((theme) =>
  (['desk', 'phone'] as const).map((size) => ({ theme, size })),
)

export type Look = (typeof looks)[number] & {
  name: string
  path: string
  ready: (page: Page) => Promise<unknown>
}

/** Opens a page as an operator: nothing may be out of reach, cut off, or complained about. */
export async function checkLook(
  app: TestApp,
  browser: Browser,
  { name, path, ready, theme, size }: Look,
): Promise<void> {
  const { page, offences } = await openPage(browser, app.url + path, {
    viewport: sizes[size],
    colorScheme: theme,
    prepare: asOperator(app),
  })
  await ready(page)
  await takePicture(page, `${name}-${size}-${theme}`)
  expect(await findBarriers(page)).toEqual([])
  expect(await overflowOf(page)).toBeLessThanOrEqual(0)
  expect(offences).toEqual([])
  await page.context().close()
}
