import { createAdminDialect } from '../admin/index.ts'
import type { Config } from '../config/config.ts'
import { isLoopbackHost } from '../config/loopback.ts'
import { createDeliverSample } from '../delivery/queue/test-messages.ts'
import { createReadInbox } from '../delivery/texts/read-inbox.ts'
import { createInboxPages } from '../development/inbox-pages.ts'
import { createMailPage } from '../development/mail-page.ts'
import { createTrialsPage, readTrials } from '../development/trials-page.ts'
import { createReadingPages } from '../documentation/reading-pages.ts'
import type { Trial } from '../documentation/render-first-page.ts'
import { Secret } from '../domain/secret.ts'
import type { Engine } from '../engine/engine.ts'
import { createReadOverview } from '../engine/operations/read-overview.ts'
import { createReadSpending } from '../engine/operations/read-spending.ts'
import { createReadVerifications } from '../engine/operations/read-verifications.ts'
import type { RunImports } from '../engine/operations/run-imports.ts'
import { createWatchState } from '../engine/operations/watch-state.ts'
import { createApp } from '../http/app.ts'
import { createConsolePages } from '../http/console-pages.ts'
import type { Dialect } from '../http/dialect.ts'
import type { Mount } from '../http/envelopes.ts'
import { onlyLocally } from '../http/local-hosts.ts'
import type { MetricsAccess } from '../http/own-routes.ts'
import type { Page } from '../http/page.ts'
import { createReceiptRoutes } from '../http/receipt-routes.ts'
import { parsePasswordHash } from '../passwords/hash-kinds.ts'
import { assertReady } from '../storage/postgres/partitions.ts'
import { createCarrierManagement } from './create-carrier-management.ts'
import type { Delivery } from './create-delivery.ts'
import type { DevelopmentAccess } from './development-access.ts'
import { findConsole } from './find-console.ts'
import type { NodeParts } from './node-parts.ts'
import type { Stores } from './open-stores.ts'
import { version } from './version.ts'

export type NodeAppParts = {
  stores: Stores
  parts: NodeParts
  delivery: Delivery
  /** The public APIs. */
  mounts: Mount[]
  engine: Pick<Engine, 'changeAccount'>
  runImports: RunImports
  access: DevelopmentAccess | null
}

/** Everything that a node answers over HTTP. */
export function createNodeApp(config: Config, { mounts, ...node }: NodeAppParts) {
  const { stores, parts, delivery } = node
  const { readPublicUrl } = parts
  const isDevelopment = config.mode === 'development'
  return createApp({
    mounts: [...mounts, { dialect: createNodeAdmin(config, node), prefix: '' }],
    pages: [
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

type Node = Omit<NodeAppParts, 'mounts'>

function createNodeAdmin(
  config: Config,
  { stores, parts, delivery, engine, runImports, access }: Node,
): Dialect {
  const { projects } = stores
  const { kinds, sealer, readPublicUrl, textTools } = parts
  return createAdminDialect({
    projects,
    keys: stores.keys,
    challenges: stores.challenges,
    accounts: stores.accounts,
    businesses: stores.businesses,
    imports: stores.imports,
    importJobs: stores.importJobs,
    runImports,
    userSessions: stores.userSessions,
    people: stores.people,
    changeAccount: engine.changeAccount,
    texts: stores.texts,
    stoppedPrefixes: stores.stoppedPrefixes,
    optOuts: stores.optOuts,
    events: stores.events,
    webhooks: stores.webhooks,
    routes: stores.routes,
    token: access === null ? config.adminToken : new Secret(access.adminToken),
    hashing: parts.hashing,
    parsePasswordHash,
    commonPasswords: parts.commonPasswords,
    sealer,
    tools: textTools,
    deliverSample: createDeliverSample(delivery.routes, textTools, delivery.loadProjectDelivery),
    carrierChannels: delivery.carrierChannels,
    manageCarriers: createCarrierManagement(config, stores, { kinds, sealer, readPublicUrl }),
    refreshCarriers: delivery.refreshCarriers,
    testCarrier: delivery.testCarrier,
    serverRoutes: config.routeTable,
    currency: config.prices.currency,
    watchState: createWatchState({ liveStates: stores.liveStates, isEnding: parts.isEnding }),
    readOverview: createReadOverview(stores),
    readVerifications: createReadVerifications(stores),
    readSpending: createReadSpending({
      projects,
      spending: stores.spending,
      currency: config.prices.currency,
    }),
  })
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
