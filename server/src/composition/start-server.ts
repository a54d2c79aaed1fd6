import { type DestinationStream, type Logger, pino } from 'pino'
import { createAdminDialect } from '../admin/index.ts'
import type { Config } from '../config/config.ts'
import { ConfigurationError } from '../config/configuration-error.ts'
import { validateProjects } from '../config/validate-projects.ts'
import { createDeliverSample } from '../delivery/queue/test-messages.ts'
import { createReadInbox } from '../delivery/texts/read-inbox.ts'
import { createTextTools } from '../delivery/texts/text-tools.ts'
import { ensureDemos } from '../development/demo.ts'
import { type DevFile, ensureDevAccess, takeDevFile } from '../development/dev-file.ts'
import { createInboxPages } from '../development/inbox-pages.ts'
import { dialects } from '../dialects/index.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { Project } from '../domain/project.ts'
import { Secret } from '../domain/secret.ts'
import { createCodeKeyring, revealCode } from '../engine/codes/code-keys.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import { resealWebhooks } from '../engine/operations/manage-webhooks.ts'
import { createReadSpending } from '../engine/operations/read-spending.ts'
import { createSealer } from '../engine/operations/sealing.ts'
import { createApp } from '../http/app.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { onlyLocally } from '../http/local-hosts.ts'
import { createMetrics } from '../http/metrics.ts'
import { createReceiptRoutes } from '../http/receipt-routes.ts'
import { loadCommonPasswords } from '../passwords/common-passwords.ts'
import { parsePasswordHash } from '../passwords/hash-kinds.ts'
import { createPasswordHashing } from '../passwords/password-hashing.ts'
import { startRecordingRefusals } from '../storage/batches/repeated-refusals.ts'
import { startMaintenance } from '../storage/postgres/maintenance.ts'
import { assertReady } from '../storage/postgres/partitions.ts'
import { startErasingProjects } from '../storage/stores/erase-projects.ts'
import { startRecordingExpiry } from '../storage/stores/record-expiry.ts'
import { createWebhookOutbox } from '../storage/stores/webhook-outbox.ts'
import { createAccessTokens } from '../tokens/access-tokens.ts'
import { startWebhookDispatcher } from '../webhooks/webhook-dispatcher.ts'
import { admitNode } from './admit-node.ts'
import { kindSettingsWith } from './carrier-kinds.ts'
import { createCarrierManagement } from './create-carrier-management.ts'
import { createDelivery } from './create-delivery.ts'
import { createDialects } from './create-dialects.ts'
import { createDisposableDomains } from './disposable-domains.ts'
import { lifeByMount } from './life-by-mount.ts'
import { openStores, type Stores } from './open-stores.ts'
import { purposesOf } from './purposes.ts'
import { renderCause } from './render-cause.ts'
import { version } from './version.ts'

/*
 * The composition root: it knows every part and puts them together. It decides nothing except which part gets what.
 */

/** A node that serves. */
export type RunningServer = {
  /** Where it listens. */
  url: string
  /** Where callers reach it: `PUBLIC_URL`, or without one where it listens. */
  publicUrl: string
  /** How to access development; null in production. */
  access: DevelopmentAccess | null
  /** Ends current work, within bounds, then everything else. */
  stop(): Promise<void>
}

export type DevelopmentAccess = Omit<DevFile, 'url'>

/** A log of named events on standard error, so that the output of a command stays clean. */
export const createLog = (
  level: Config['logLevel'],
  destination: DestinationStream = pino.destination({ fd: process.stderr.fd, sync: false }),
): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: renderCause } },
    destination,
  )

/** A node and its PostgreSQL are often started together. */
const databaseWaitSeconds = 60

type Closers = (() => Promise<unknown>)[]

export type StartOptions = {
  log?: Logger
  /** The dialects that the configuration was read for. */
  manifests?: readonly DialectManifest[]
  /** Development works on a database that holds projects of others too. */
  withProjects?: boolean
  /** Ends the waiting for a database that is not there yet. */
  signal?: AbortSignal
}

/** Starts a node and listens. If a later step fails, everything that was opened is closed again. */
export async function startServer(
  config: Config,
  { log = createLog(config.logLevel), manifests = dialects, withProjects = false, signal }: StartOptions = {},
): Promise<RunningServer> {
  const closers: Closers = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const waitSeconds = config.mode === 'production' ? databaseWaitSeconds : 0
    const stores = await openStores(config, log, { waitSeconds, ...(signal && { signal }) })
    closers.push(stores.close)
    await admitNode(config, stores, { manifests, withProjects })
    if (config.mode === 'production') refuseUnsafe(await stores.projects.list())
    return { ...(await serve(config, stores, { log, manifests, closers })), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The environment and the file were checked when they were read; this checks what only the database knows. */
function refuseUnsafe(projects: Project[]): void {
  const issues = validateProjects(projects)
  if (issues.length > 0) throw new ConfigurationError(issues)
}

/** Puts the parts together on open stores, and listens. What must be closed goes to `closers`, in the order of opening. */
async function serve(
  config: Config,
  stores: Stores,
  { log, manifests, closers }: Required<Pick<StartOptions, 'log' | 'manifests'>> & { closers: Closers },
): Promise<Omit<RunningServer, 'stop'>> {
  for (const warning of config.warnings) log.warn({ event: 'configuration' }, warning)
  const isDevelopment = config.mode === 'development'
  const secrets = { current: config.secret, previous: config.secretPrevious }
  const purposes = purposesOf(manifests)
  const keyring = createCodeKeyring(secrets)
  const textTools = createTextTools(purposes)
  const sealer = createSealer(secrets)
  const reveal = (challenge: Challenge): Secret => revealCode(keyring, challenge)
  const hashing = createPasswordHashing()
  const onFault = (fault: unknown) =>
    log.error({ event: 'background-fault', error: fault }, 'background work failed')
  let publicUrl = config.publicUrl
  const readPublicUrl = (): string => publicUrl
  const { challenges, projects, keys, accounts, businesses, imports, webhooks } = stores
  if (isDevelopment)
    await ensureDemos(
      manifests.map(({ demo }) => demo),
      { projects, accounts, businesses, imports, hashing },
    )
  const resealed = await resealWebhooks({ webhooks, sealer })
  if (resealed > 0)
    log.info({ event: 'webhooks-resealed', webhooks: resealed }, 'webhooks encrypted with the current secret')

  const metrics = createMetrics()
  const kinds = kindSettingsWith(manifests)
  const delivery = await createDelivery(config, stores, {
    kinds,
    sealer,
    revealCode: reveal,
    readPublicUrl,
    metrics,
    log,
    onFault,
  })
  const { dispatcher, routes, loadTemplates, loadProjectDelivery } = delivery
  const accessTokens = createAccessTokens({
    secrets,
    readIssuer: readPublicUrl,
    algorithm: config.tokenAlgorithm,
  })
  const commonPasswords = await loadCommonPasswords()
  const engine = createEngine({
    challenges,
    records: stores.records,
    projects,
    keys,
    accounts,
    registrations: stores.registrations,
    passwords: stores.passwords,
    businesses,
    sessions: stores.sessions,
    proofs: stores.proofs,
    dispatcher,
    keyring,
    accessTokens,
    lifeOf: lifeByMount(config),
    hashing,
    commonPasswords,
    onFault,
    proofOfWorkParts: { secrets, readClock: stores.readClock },
    disposableDomains: createDisposableDomains(),
    onStop: (stop) => log.warn({ event: 'destination-stopped', ...stop }, 'sends to a prefix were stopped'),
    count: { send: metrics.countSend, check: metrics.countCheck },
  })

  // Before anything runs, because a mount may name a project that does not exist.
  const mounts = await createDialects(config, stores, { ...engine, revealCode: reveal, manifests })

  closers.push(
    startMaintenance({ database: stores.database, retention: config.retention, onFault }),
    startErasingProjects({ database: stores.database, onFault }),
    startRecordingRefusals({ database: stores.database, refusals: stores.refusals, onFault }),
    startRecordingExpiry({ database: stores.database, onFault }),
    startWebhookDispatcher({
      outbox: createWebhookOutbox(stores.database),
      sealer,
      networks: config.webhookNetworks,
      log,
    }),
    () => delivery.stop(),
  )
  delivery.start()

  const access = isDevelopment
    ? await ensureDevelopment(config, { projects, keys, authorizeKey: engine.authorizeKey }, manifests)
    : null
  const admin = createAdminDialect({
    projects,
    keys,
    challenges,
    accounts,
    businesses,
    imports,
    texts: stores.texts,
    stoppedPrefixes: stores.stoppedPrefixes,
    events: stores.events,
    webhooks,
    routes: stores.routes,
    token: access === null ? config.adminToken : new Secret(access.adminToken),
    hashing,
    parsePasswordHash,
    commonPasswords,
    sealer,
    tools: textTools,
    deliverSample: createDeliverSample(routes, textTools, loadProjectDelivery),
    carrierChannels: delivery.carrierChannels,
    manageCarriers: createCarrierManagement(config, stores, { kinds, sealer, readPublicUrl }),
    refreshCarriers: delivery.refreshCarriers,
    testCarrier: delivery.testCarrier,
    serverRoutes: config.routeTable,
    readSpending: createReadSpending({
      projects,
      spending: stores.spending,
      currency: config.prices.currency,
    }),
  })
  const app = createApp({
    mounts: [...mounts, { dialect: admin, prefix: '' }],
    pages: isDevelopment
      ? createInboxPages(createReadInbox({ records: stores.records, loadTemplates, revealCode: reveal })).map(
          (page) => onlyLocally(page, readPublicUrl),
        )
      : [],
    rawRoutes: createReceiptRoutes(delivery.receiptHandler, { readPublicUrl }),
    log,
    metrics,
    trustedProxies: config.trustedProxies,
    exemptLoopback: isDevelopment,
    own: {
      readPublicUrl,
      version,
      ready: () => assertReady(stores.database),
      publicKeys: () => ({ keys: accessTokens.publicKeys() }),
      metricsAccess: { isOpen: isDevelopment, token: config.adminToken },
    },
  })
  closers.push(() => app.close())
  const url = await listen(app, config)
  publicUrl = withBoundPort(config.publicUrl, url)
  if (access !== null) closers.push(await takeDevFile(config.dataDirectory, { url, ...access }))
  log.info({ event: 'listening', url, mode: config.mode, version }, 'ready')
  return { url, publicUrl, access }
}

/** Listens. An unknown `HOST` is reported as such: by its error code it could as well be the host of the database. */
async function listen(app: ReturnType<typeof createApp>, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTFOUND' && code !== 'EAI_AGAIN') throw error
    const remedy = 'Name an address of this machine: 0.0.0.0 stands for all of them.'
    const expected = 'an IP address, or a host name that is known here'
    throw new ConfigurationError([
      { where: 'HOST', read: JSON.stringify(host), expected, example: 'HOST=0.0.0.0', remedy },
    ])
  }
}

/** With `PORT=0` the system chooses the port, so the default `PUBLIC_URL` cannot name it earlier. */
const withBoundPort = (publicUrl: string, url: string): string =>
  publicUrl.replace(/:0$/, `:${new URL(url).port}`)

/** How people and programs access development: with a key for the project of the first dialect that requires one. */
async function ensureDevelopment(
  config: Config,
  { projects, keys, authorizeKey }: Pick<Stores, 'projects' | 'keys'> & Pick<Engine, 'authorizeKey'>,
  manifests: readonly DialectManifest[],
): Promise<DevelopmentAccess | null> {
  const keyed = manifests.find(({ projectNamedIn }) => projectNamedIn !== null)
  if (keyed === undefined) return null
  const { projectId } = keyed.demo
  const { dataDirectory, secret, adminToken } = config
  return {
    projectId,
    ...(await ensureDevAccess(dataDirectory, projectId, { projects, keys, authorizeKey, secret })),
    ...(adminToken === null ? {} : { adminToken: adminToken.reveal() }),
  }
}
