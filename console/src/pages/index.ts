import { isDevelopment } from '../api/mode.ts'
import { defineWords } from '../language/words.ts'
import type { PageEntry } from './page-entry.ts'
import { watchPages } from './watch-pages.ts'

/** Every page, in the order of the rail. A new page is a folder and an entry here. */
const all: readonly PageEntry[] = [
  ...watchPages,
  {
    path: '/start',
    names: defineWords({ en: 'Getting started', fr: 'Premiers pas' }),
    shortNames: defineWords({ en: 'Start', fr: 'Départ' }),
    icon: 'start',
    group: 'try',
    access: 'development',
    load: async () => ({ default: (await import('./start/start-page.tsx')).StartPage }),
  },
  {
    path: '/playground',
    names: defineWords({ en: 'Playground', fr: 'Essais' }),
    icon: 'playground',
    group: 'try',
    access: 'development',
    load: async () => ({ default: (await import('./playground/playground-page.tsx')).PlaygroundPage }),
  },
  {
    path: '/inbox',
    names: defineWords({ en: 'Inbox', fr: 'Boîte de réception' }),
    shortNames: defineWords({ en: 'Inbox', fr: 'Boîte' }),
    icon: 'inbox',
    group: 'try',
    access: 'development',
    load: async () => ({ default: (await import('./inbox/inbox-page.tsx')).InboxPage }),
    searchedBy: 'to',
  },
  {
    path: '/parts',
    names: defineWords({ en: 'Parts of pages', fr: 'Composants des pages' }),
    icon: 'settings',
    group: 'try',
    isUnlisted: true,
    access: 'development',
    load: async () => ({ default: (await import('./parts/parts-page.tsx')).PartsPage }),
    panels: [
      { path: '$id', load: async () => ({ default: (await import('./parts/row-panel.tsx')).RowPanel }) },
    ],
  },
]

/** The pages that this server has. */
export const pages: readonly PageEntry[] = all.filter(({ access }) => access === 'session' || isDevelopment)
