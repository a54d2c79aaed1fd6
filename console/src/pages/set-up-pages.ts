import { defineWords } from '../language/words.ts'
import type { PageEntry } from './page-entry.ts'

/** The pages on which a server and its projects are set up. */
export const setUpPages: readonly PageEntry[] = [
  {
    path: '/projects',
    names: defineWords({ en: 'Projects', fr: 'Projets' }),
    icon: 'project',
    group: 'set-up',
    access: 'session',
    load: async () => ({ default: (await import('./projects/projects-page.tsx')).ProjectsPage }),
    panels: [
      {
        path: 'new',
        load: async () => ({ default: (await import('./projects/new-project-panel.tsx')).NewProjectPanel }),
      },
      {
        path: '$projectId',
        load: async () => ({ default: (await import('./projects/project-panel.tsx')).ProjectPanel }),
      },
    ],
  },
  {
    path: '/texts',
    names: defineWords({ en: 'Texts', fr: 'Textes' }),
    icon: 'texts',
    group: 'set-up',
    access: 'session',
    load: async () => ({ default: (await import('./texts/texts-page.tsx')).TextsPage }),
  },
  {
    path: '/carriers',
    names: defineWords({ en: 'Carriers & routes', fr: 'Opérateurs d’envoi' }),
    icon: 'carriers',
    group: 'set-up',
    access: 'session',
    load: async () => ({ default: (await import('./carriers/carriers-page.tsx')).CarriersPage }),
    panels: [
      {
        path: 'new',
        load: async () => ({ default: (await import('./carriers/set-carrier-panel.tsx')).NewCarrierPanel }),
      },
      {
        path: '$name',
        load: async () => ({ default: (await import('./carriers/carrier-panel.tsx')).CarrierPanel }),
      },
      {
        path: '$name/change',
        load: async () => ({
          default: (await import('./carriers/set-carrier-panel.tsx')).ChangeCarrierPanel,
        }),
      },
    ],
  },
  {
    path: '/webhooks',
    names: defineWords({ en: 'Webhooks', fr: 'Webhooks' }),
    icon: 'webhooks',
    group: 'set-up',
    access: 'session',
    load: async () => ({ default: (await import('./webhooks/webhooks-page.tsx')).WebhooksPage }),
    panels: [
      {
        path: 'new',
        load: async () => ({ default: (await import('./webhooks/new-webhook-panel.tsx')).NewWebhookPanel }),
      },
      {
        path: '$webhookId',
        load: async () => ({ default: (await import('./webhooks/webhook-panel.tsx')).WebhookPanel }),
      },
    ],
  },
  {
    path: '/settings',
    names: defineWords({ en: 'Settings', fr: 'Réglages' }),
    icon: 'settings',
    group: 'set-up',
    access: 'session',
    load: async () => ({ default: (await import('./settings/settings-page.tsx')).SettingsPage }),
  },
  {
    path: '/operators',
    names: defineWords({ en: 'Operators', fr: 'Administrateurs' }),
    icon: 'users',
    group: 'set-up',
    access: 'session',
    load: async () => ({ default: (await import('./operators/operators-page.tsx')).OperatorsPage }),
    panels: [
      {
        path: 'new',
        load: async () => ({ default: (await import('./operators/invite-panel.tsx')).InvitePanel }),
      },
      {
        path: '$operatorId',
        load: async () => ({ default: (await import('./operators/operator-panel.tsx')).OperatorPanel }),
      },
    ],
  },
  {
    path: '/you',
    names: defineWords({ en: 'You', fr: 'Vous' }),
    icon: 'person',
    group: 'set-up',
    access: 'session',
    load: async () => ({ default: (await import('./you/you-page.tsx')).YouPage }),
  },
]
