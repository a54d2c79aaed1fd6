import type { Config } from '../config/config.ts'
import { isLoopbackHost } from '../config/loopback.ts'
import { createReadInbox } from '../delivery/texts/read-inbox.ts'
import { createInboxPages } from '../development/inbox-pages.ts'
import { createMailPage } from '../development/mail-page.ts'
import { createTrialsPage, readTrials } from '../development/trials-page.ts'
import { createReadingPages } from '../documentation/reading-pages.ts'
import type { Trial } from '../documentation/render-first-page.ts'
import { createApp } from '../http/app.ts'
import { createConsolePages } from '../http/console-pages.ts'
import type { Mount } from '../http/envelopes.ts'
import { onlyLocally } from '../http/local-hosts.ts'
import type { MetricsAccess } from '../http/own-routes.ts'
import type { Page } from '../http/page.ts'
import { createReceiptRoutes } from '../http/receipt-routes.ts'
import { assertReady } from '../storage/postgres/partitions.ts'
import { createNodeAdmin } from './create-node-admin.ts'
import { findConsole } from './find-console.ts'
import type { Node, NodeAppParts } from './node-app-parts.ts'
import { version } from './version.ts'

/** Everything that a node answers over HTTP. */
export function createNodeApp(config: Config, { mounts, ...node }: NodeAppParts) {
  const { stores, parts, delivery } = node
  const { readPublicUrl } = parts
  const isDevelopment = config.mode === 'development'
  return createApp({
    mounts: [...mounts, { dialect: createNodeAdmin(config, node), prefix: '' }],
    pages: [
      ...node.operators.openIdPages,
      ...createConsole(readPublicUrl, isDevelopment),
      ...(isDevelopment ? createDevelopmentPages(node, mounts) : []),
    ],
    rawRoutes: createReceiptRoutes(delivery.receiptHandler, { readPublicUrl }),
    log: parts.log,
    metrics: parts.metrics,
    trustedProxies: config.trustedProxies,
    exemptLoopback: isDevelopment,
    own: {
      readPublicUrl,
      version,
      ready: () => assertReady(stores.database),
      isEnding: parts.isEnding,
      publicKeys: () => ({ keys: parts.accessTokens.publicKeys() }),
      createReadingPages: createReadingPages({ version, trial: firstTrialOf(node, mounts) }),
      metricsAccess: { openTo: metricsOpenTo(config), token: config.adminToken },
    },
  })
}

/** What newcomers try first: that of the first mounted API that has something to try. */
function firstTrialOf({ parts, access }: Node, mounts: Mount[]): Trial | null {
  const [first = null] = access === null ? [] : readTrials({ manifests: parts.manifests, mounts, access })
  return first
}

/** The console, where it has been built. */
function createConsole(readPublicUrl: () => string, isDevelopment: boolean): Page[] {
  const files = findConsole()
  return files === null ? [] : createConsolePages({ files, readPublicUrl, isDevelopment })
}

/** The inbox and what to try, which show codes and a key and therefore answer only pages of this machine. */
function createDevelopmentPages({ stores, parts, delivery, access }: Node, mounts: Mount[]): Page[] {
  const { revealCode, readPublicUrl, manifests } = parts
  const readInbox = createReadInbox({
    records: stores.records,
    loadTemplates: delivery.loadTemplates,
    revealCode,
  })
  const trials = access === null ? [] : [createTrialsPage({ manifests, mounts, access })]
  return [...createInboxPages(readInbox), createMailPage(readInbox), ...trials].map((page) =>
    onlyLocally(page, readPublicUrl),
  )
}

/** The server speaks HTTP only, so what others call has a proxy in front. */
function metricsOpenTo({ mode, publicUrl, trustedProxies }: Config): MetricsAccess['openTo'] {
  if (mode === 'development') return 'everybody'
  const isInFront = trustedProxies !== 0 || !isLoopbackHost(new URL(publicUrl).hostname)
  return isInFront ? 'nobody' : 'this-machine'
}
