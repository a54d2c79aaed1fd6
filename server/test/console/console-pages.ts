import type { Page } from 'playwright-core'

/** A page as every page is checked: its path, and what is there when it is complete. */
export type CheckedPage = { name: string; path: string; ready: (page: Page) => Promise<unknown> }

const heading = (name: string) => (page: Page) => page.getByRole('heading', { level: 1, name }).waitFor()

/** Every page of the console. A new page is added here. */
export const consolePages: CheckedPage[] = [
  { name: 'start', path: '/console/start', ready: heading('Getting started') },
  {
    name: 'playground',
    path: '/console/playground',
    ready: (page) => page.getByLabel('Body').first().waitFor(),
  },
  {
    name: 'inbox',
    path: '/console/inbox',
    ready: (page) => page.getByRole('list', { name: 'Messages' }).waitFor(),
  },
  { name: 'inbox-empty', path: '/console/inbox?to=nobody', ready: heading('Inbox') },
  { name: 'sign-in', path: '/console/sign-in', ready: heading('Sign in to Watchword') },
  { name: 'parts', path: '/console/parts', ready: heading('Parts') },
  { name: 'missing', path: '/console/no-such-page', ready: heading('There is no such page') },
]

/** The browser reports what is not there; without an operator the session is not, and that is no mistake. */
export const withoutSession = /admin\/v1\/(session|sign-in)/
