import { isDevelopment } from '../api/mode.ts'
import { defineWords } from '../language/words.ts'
import type { PageEntry } from './page-entry.ts'

/** Every page, in the order of the rail. A new page is a folder and an entry here. */
const all: readonly PageEntry[] = [
  {
    path: '/overview',
    names: defineWords({ en: 'Overview', fr: 'Vue d’ensemble' }),
    shortNames: defineWords({ en: 'Overview', fr: 'Vue' }),
    icon: 'overview',
    group: 'watch',
    access: 'session',
    load: async () => ({ default: (await import('./overview/overview-page.tsx')).OverviewPage }),
  },
  {
    path: '/verifications',
    names: defineWords({ en: 'Verifications', fr: 'Vérifications' }),
    shortNames: defineWords({ en: 'Codes', fr: 'Codes' }),
    icon: 'verifications',
    group: 'watch',
    access: 'session',
    load: async () => ({
      default: (await import('./verifications/verifications-page.tsx')).VerificationsPage,
    }),
    panels: [
      {
        path: '$projectId/$verificationId',
        load: async () => ({
          default: (await import('./verifications/verification-panel.tsx')).VerificationPanel,
        }),
      },
    ],
    searchedBy: 'search',
  },
  {
    path: '/users',
    names: defineWords({ en: 'Users', fr: 'Utilisateurs' }),
    shortNames: defineWords({ en: 'Users', fr: 'Comptes' }),
    icon: 'users',
    group: 'watch',
    access: 'session',
    load: async () => ({ default: (await import('./users/users-page.tsx')).UsersPage }),
    panels: [
      {
        path: '$userId',
        load: async () => ({ default: (await import('./users/user-panel.tsx')).UserPanel }),
      },
    ],
  },
  {
    path: '/abuse',
    names: defineWords({ en: 'Abuse', fr: 'Abus' }),
    icon: 'abuse',
    group: 'watch',
    access: 'session',
    load: async () => ({ default: (await import('./abuse/abuse-page.tsx')).AbusePage }),
  },
  {
    path: '/audit',
    names: defineWords({ en: 'Audit', fr: 'Audit' }),
    icon: 'docs',
    group: 'watch',
    access: 'session',
    load: async () => ({ default: (await import('./audit/audit-page.tsx')).AuditPage }),
  },
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
