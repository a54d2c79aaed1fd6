import { defineWords } from '../language/words.ts'
import type { PageEntry } from './page-entry.ts'

/** The pages that say how codes fare, and for whom. */
export const watchPages: readonly PageEntry[] = [
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
]
