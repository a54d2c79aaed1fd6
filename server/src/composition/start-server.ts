import { type DestinationStream, type Logger, pino } from 'pino'
import { createAdminDialect } from '../admin/index.ts'
import type { Config } from '../config/config.ts'
import { judgeProjects } from '../config/judge-projects.ts'
import { ConfigurationError } from '../config/mistake.ts'
import { createDeliverSample, createTestCarrier } from '../delivery/queue/test-messages.ts'
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
import { createManageCarriers } from '../engine/operations/manage-carriers.ts'
import { resealWebhooks } from '../engine/operations/manage-webhooks.ts'
import { createReadSpending } from '../engine/operations/read-spending.ts'
import { createSealer } from '../engine/operations/sealing.ts'
import { createApp } from '../http/app.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { createMetrics } from '../http/metrics.ts'
import { createReceiptInlets } from '../http/receipt-inlets.ts'
import { loadCommonPasswords } from '../passwords/common-passwords.ts'
import { createPasswordHashing, parsePasswordHash } from '../passwords/password-hashing.ts'
import { startUpkeep } from '../storage/postgres/upkeep.ts'
import { startRecordingExpiry } from '../storage/stores/record-expiry.ts'
import { createWebhookOutbox } from '../storage/stores/webhook-outbox.ts'
import { createAccessTokens } from '../tokens/access-tokens.ts'
import { startWebhookDispatcher } from '../webhooks/webhook-dispatcher.ts'
import { createCarrierTools } from './carrier-tools.ts'
import { carrierChannels } from './create-configured-routes.ts'
import { createDelivery } from './create-delivery.ts'
import { createDialects } from './create-dialects.ts'
import { createDisposableDomains } from './disposable-domains.ts'
import { openStores, type Stores } from './open-stores.ts'
import { purposesOf } from './purposes.ts'
import { renderCause } from './render-cause.ts'
import { version } from './version.ts'

/*
 * The composition root: it knows every part, and puts them together. Nothing is decided here but who gets what.
 */

/** A node that serves. */
export type RunningServer = {
  /** Where it listens. */
  url: string
  /** Where callers reach it: `PUBLIC_URL`, or without one where it listens. */
  publicUrl: string
  /** How to get into development; null in production. */
  access: DevelopmentAccess | null
  /** Ends what is under way, within bounds, then everything else. */
  stop(): Promise<void>
}

export type DevelopmentAccess = Omit<DevFile, 'url'>

/** A log of named events on standard error, so that what a command prints stays clean. */
export const createLog = (
  level: Config['logLevel'],
  destination: DestinationStream = pino.destination({ fd: process.stderr.fd, sync: false }),
): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: renderCause } },
    destination,
  )

type Closers = (() => Promise<unknown>)[]

export type StartOptions = {
  log?: Logger
  /** The dialects that the configuration was read for. */
  manifests?: readonly DialectManifest[]
}

/** Starts a node and listens. What was opened is closed again when a later step fails. */
export async function startServer(
  config: Config,
  { log = createLog(config.logLevel), manifests = dialects }: StartOptions = {},
): Promise<RunningServer> {
  const closers: Closers = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const stores = await openStores(config, log)
    closers.push(stores.close)
    if (config.mode === 'production') refuseUnsafe(await stores.projects.list())
    return { ...(await serve(config, stores, { log, manifests, closers })), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the environment and the file say was judged when they were read; this is what only the database knows. */
function refuseUnsafe(projects: Project[]): void {
  const mistakes = judgeProjects(projects)
  if (mistakes.length > 0) throw new ConfigurationError(mistakes)
}

/** Puts the parts together on open stores, and listens. What must be closed goes to `closers`, in the order of opening. */
async function serve(
  config: Config,
  stores: Stores,
  { log, manifests, closers }: Required<StartOptions> & { closers: Closers },
): Promise<Omit<RunningServer, 'stop'>> {
  for (const warning of config.warnings) log.warn({ event: 'configuration' }, warning)
  const isDevelopment = config.mode === 'development'
  const secrets = { current: config.secret, previous: config.secretPrevious }
  const purposes = purposesOf(manifests)
  const keyring = createCodeKeyring(secrets, purposes)
  const textTools = createTextTools(purposes)
  const sealer = createSealer(secrets)
  const reveal = (challenge: Challenge): Secret => revealCode(keyring, challenge)
  const passwords = createPasswordHashing()
  const onFault = (fault: unknown) =>
    log.error({ event: 'background-fault', error: fault }, 'background work failed')
  let publicUrl = config.publicUrl
  const readPublicUrl = (): string => publicUrl
  if (isDevelopment)
    await ensureDemos(
      manifests.map(({ demo }) => demo),
      { ...stores, passwords },
    )
  const resealed = await resealWebhooks({ ...stores, sealer })
  if (resealed > 0) log.info({ event: 'webhooks-resealed', webhooks: resealed }, 'webhooks sealed anew')

  const metrics = createMetrics()
  const delivery = await createDelivery(config, stores, {
    sealer,
    revealCode: reveal,
    readPublicUrl,
    metrics,
    log,
    onFault,
  })
  const { dispatcher, routes, loadWording, loadProjectDelivery } = delivery
  const accessTokens = createAccessTokens({
    secrets,
    readIssuer: readPublicUrl,
    algorithm: config.tokenAlgorithm,
  })
  const commonPasswords = await loadCommonPasswords()
  const engine = createEngine({
    ...stores,
    dispatcher,
    keyring,
    accessTokens,
    passwords,
    commonPasswords,
    onFault,
    puzzleParts: { secrets, readClock: stores.readClock },
    disposableDomains: createDisposableDomains(),
    onStop: (stop) => log.warn({ event: 'destination-stopped', ...stop }, 'sends to a prefix were stopped'),
    count: { send: metrics.countSend, check: metrics.countCheck },
  })

  // Before anything runs: a mount may name a project that there is not.
  const mounts = await createDialects(config, stores, { ...engine, revealCode: reveal, manifests })

  closers.push(
    startUpkeep({ database: stores.database, retention: config.retention, onFault }),
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

  const access = isDevelopment ? await ensureDevelopment(config, { ...stores, ...engine }, manifests) : null
  const admin = createAdminDialect({
    ...stores,
    token: access === null ? config.adminToken : new Secret(access.adminToken),
    passwords,
    parsePasswordHash,
    commonPasswords,
    sealer,
    tools: textTools,
    deliverSample: createDeliverSample(routes, textTools, loadProjectDelivery),
    carrierChannels: delivery.carrierChannels,
    manageCarriers: createManageCarriers({
      ...stores,
      sealer,
      tools: createCarrierTools(config, { readPublicUrl }),
      configured: { channels: carrierChannels(config), file: config.carriers },
    }),
    refreshCarriers: delivery.refreshCarriers,
    testCarrier: createTestCarrier(routes.carrierNamed),
    serverRoutes: config.routeTable,
    readSpending: createReadSpending({ ...stores, currency: config.prices.currency }),
  })
  const app = createApp({
    mounts: [...mounts, { dialect: admin, prefix: '' }],
    pages: isDevelopment
      ? createInboxPages(createReadInbox({ ...stores, loadWording, revealCode: reveal }))
      : [],
    inlets: createReceiptInlets(delivery.receiptDesk),
    log,
    metrics,
    trustedProxies: config.trustedProxies,
    exemptLoopback: isDevelopment,
    own: {
      readPublicUrl,
      version,
      ready: () => stores.database.query('ready', 'select 1'),
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

/** Listens. A `HOST` that no name server knows is told as such: by its code it could as well be that of the database. */
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

/** With `PORT=0` the system chooses the port, which the default `PUBLIC_URL` cannot name before. */
const withBoundPort = (publicUrl: string, url: string): string =>
  publicUrl.replace(/:0$/, `:${new URL(url).port}`)

/** How people and programs get into development: with a key, into the project of the first dialect that asks for one. */
async function ensureDevelopment(
  config: Config,
  parts: Stores & Engine,
  manifests: readonly DialectManifest[],
): Promise<DevelopmentAccess | null> {
  const keyed = manifests.find(({ projectNamedIn }) => projectNamedIn !== null)
  if (keyed === undefined) return null
  const { projectId } = keyed.demo
  const { dataDirectory, secret, adminToken } = config
  return {
    projectId,
    ...(await ensureDevAccess(dataDirectory, projectId, { ...parts, secret })),
    ...(adminToken === null ? {} : { adminToken: adminToken.reveal() }),
  }
}
