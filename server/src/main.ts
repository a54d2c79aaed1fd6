import { type Logger, pino } from 'pino'
import { createAdminDialect } from './admin/index.ts'
import { createCarrierTools } from './carrier-tools.ts'
import type { Config } from './config/config.ts'
import type { MountConfig } from './config/config-file.ts'
import { judgeProjects } from './config/judge-projects.ts'
import { ConfigurationError } from './config/mistake.ts'
import { carrierChannels, createConfiguredRoutes } from './create-configured-routes.ts'
import { createReceipts } from './create-receipts.ts'
import { createDeliverSample } from './delivery/deliver-sample.ts'
import { createDeliveryMetrics } from './delivery/delivery-metrics.ts'
import { createDemotions } from './delivery/demotions.ts'
import { createDispatcher, type DispatcherParts, type RunningDispatcher } from './delivery/dispatcher.ts'
import { createCarrierHealth } from './delivery/health.ts'
import { createReadInbox } from './delivery/inbox.ts'
import { createLoadProjectDelivery } from './delivery/project-delivery.ts'
import { createReceiptMetrics } from './delivery/receipts/receipt-metrics.ts'
import { createReserveSpending } from './delivery/reserve-spending.ts'
import { createTestCarrier } from './delivery/test-carrier.ts'
import { createLoadWording } from './delivery/texts/project-wording.ts'
import { refuseBrokenTexts } from './delivery/texts/refuse-broken-texts.ts'
import { textTools } from './delivery/texts/text-tools.ts'
import { startTellingWebhooks } from './delivery/webhooks/tell-webhooks.ts'
import { demoProjects, ensureDemo } from './development/demo.ts'
import { type DevFile, ensureDevAccess, writeDevFile } from './development/dev-file.ts'
import { createInboxPages } from './development/inbox-pages.ts'
import { createAccountDialect } from './dialects/account/index.ts'
import { createCitizenDialect } from './dialects/citizen/index.ts'
import { createKikapuDialect } from './dialects/kikapu/index.ts'
import { createMobileDialect } from './dialects/mobile/index.ts'
import { createServiceDialect } from './dialects/service/index.ts'
import { createDisposableDomains } from './disposable-domains.ts'
import type { Challenge } from './domain/challenge.ts'
import type { Project, ProjectId } from './domain/project.ts'
import { Secret } from './domain/secret.ts'
import { createManageCarriers } from './engine/carriers.ts'
import { createCodeKeyring, revealCode } from './engine/code-keys.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { refuseBrokenRoutes } from './engine/manage-routes.ts'
import { createReadSpending } from './engine/read-spending.ts'
import { createSealer } from './engine/sealing.ts'
import { resealWebhooks } from './engine/webhooks.ts'
import { createApp } from './http/app.ts'
import type { Dialect } from './http/dialect.ts'
import type { Mount } from './http/envelopes.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import { createPuzzleDialect } from './http/puzzle-route.ts'
import { createReceiptInlets } from './http/receipt-inlets.ts'
import { openStores, type Stores } from './open-stores.ts'
import { loadCommonPasswords } from './passwords/common-passwords.ts'
import { createPasswordHashing, parsePasswordHash } from './passwords/password-hashing.ts'
import { startRecordingExpiry } from './storage/record-expiry.ts'
import { startUpkeep } from './storage/upkeep.ts'
import { createWebhookOutbox } from './storage/webhook-outbox.ts'
import { createStoredCarriers } from './stored-carriers.ts'
import { createAccessTokens } from './tokens/access-tokens.ts'
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
  /** How to get into the `service` project of development; null in production. */
  access: DevelopmentAccess | null
  /** Ends what is under way, within bounds, then everything else. */
  stop(): Promise<void>
}

export type DevelopmentAccess = Omit<DevFile, 'url'>

/** A log of named events on standard error, so that what a command prints stays clean. */
export const createLog = (level: Config['logLevel']): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: process.stderr.fd, sync: false }),
  )

type Closers = (() => Promise<unknown>)[]

/** Starts a node and listens. What was opened is closed again when a later step fails. */
export async function startServer(
  config: Config,
  log: Logger = createLog(config.logLevel),
): Promise<RunningServer> {
  const closers: Closers = []
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    const stores = await openStores(config, log)
    closers.push(stores.close)
    if (config.mode === 'production') refuseUnsafe(await stores.projects.list())
    return { ...(await serve(config, stores, { log, closers })), stop }
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
  { log, closers }: { log: Logger; closers: Closers },
): Promise<Omit<RunningServer, 'stop'>> {
  for (const warning of config.warnings) log.warn({ event: 'configuration' }, warning)
  const isDevelopment = config.mode === 'development'
  const secrets = { current: config.secret, previous: config.secretPrevious }
  const keyring = createCodeKeyring(secrets)
  const sealer = createSealer(secrets)
  const reveal = (challenge: Challenge): Secret => revealCode(keyring, challenge)
  const passwords = createPasswordHashing()
  const onFault = (fault: unknown) =>
    log.error({ event: 'background-fault', err: fault }, 'background work failed')
  let publicUrl = config.publicUrl
  const readPublicUrl = (): string => publicUrl
  if (isDevelopment) await ensureDemo({ ...stores, passwords })
  const resealed = await resealWebhooks({ ...stores, sealer })
  if (resealed > 0) log.info({ event: 'webhooks-resealed', webhooks: resealed }, 'webhooks sealed anew')

  const metrics = createMetrics()
  const receipts = createReceipts({
    config,
    readPublicUrl,
    store: stores.receipts,
    log,
    onChange: createReceiptMetrics(metrics.registry).count,
    onFault,
    storedReaderOf: (name) => storedCarriers.readerOf(name),
  })
  const storedCarriers = createStoredCarriers({
    store: stores.carriers,
    sealer,
    isConfigured: (name) => Object.hasOwn(carrierChannels(config), name),
    partsOf: receipts.partsOf,
    log,
    onFault,
  })
  await storedCarriers.refresh()
  const allCarriers = () => ({ ...storedCarriers.channels(), ...carrierChannels(config) })
  const demotions = createDemotions({ ...stores, log, onFault })
  const routes = createConfiguredRoutes(config, { ...receipts, ...demotions, stored: storedCarriers })
  await refuseBrokenTexts(stores.texts)
  await refuseBrokenRoutes(stores.routes, allCarriers())
  const loadWording = createLoadWording({ ...stores, log })
  const loadProjectDelivery = createLoadProjectDelivery(stores)
  const dispatcher = createDelivery(config, stores, {
    routes,
    loadWording,
    loadProjectDelivery,
    revealCode: reveal,
    metrics,
    log,
  })
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

  closers.push(
    () => demotions.stop(),
    () => receipts.writer.stop(),
    () => routes.close(),
    () => storedCarriers.stop(),
    startUpkeep({ database: stores.database, retention: config.retention, onFault }),
    startRecordingExpiry({ database: stores.database, onFault }),
    startTellingWebhooks({
      outbox: createWebhookOutbox(stores.database),
      sealer,
      networks: config.webhookNetworks,
      log,
    }),
    () => dispatcher.stop(),
  )
  dispatcher.start()
  receipts.writer.start()
  storedCarriers.start()
  demotions.start()

  const access = isDevelopment ? await ensureDevelopment(config, stores, engine) : null
  const admin = createAdminDialect({
    ...stores,
    token: access === null ? config.adminToken : new Secret(access.adminToken),
    passwords,
    parsePasswordHash,
    commonPasswords,
    sealer,
    tools: textTools,
    deliverSample: createDeliverSample(routes, loadProjectDelivery),
    carrierChannels: allCarriers,
    manageCarriers: createManageCarriers({
      ...stores,
      sealer,
      tools: createCarrierTools(config, { readPublicUrl }),
      configured: { channels: carrierChannels(config), file: config.carriers },
    }),
    refreshCarriers: storedCarriers.refresh,
    testCarrier: createTestCarrier(routes.carrierNamed),
    serverRoutes: config.routeTable,
    readSpending: createReadSpending({ ...stores, currency: config.prices.currency }),
  })
  const mounts = await createMounts(config, stores, { engine, revealCode: reveal })
  const app = createApp({
    mounts: [...mounts, { dialect: admin, prefix: '' }],
    pages: isDevelopment
      ? createInboxPages(createReadInbox({ ...stores, loadWording, revealCode: reveal }))
      : [],
    inlets: createReceiptInlets(receipts.desk),
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
  if (access !== null) await writeDevFile(config.dataDirectory, { url, ...access })
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

/** The dispatcher with everything that it judges carriers and money by. */
function createDelivery(
  { prices }: Config,
  { outbox, spending }: Stores,
  {
    metrics,
    log,
    ...parts
  }: Pick<DispatcherParts, 'routes' | 'loadWording' | 'loadProjectDelivery' | 'revealCode'> & {
    metrics: Metrics
    log: Logger
  },
): RunningDispatcher {
  const health = createCarrierHealth({
    onChange: (subject, state) =>
      log[state === 'closed' ? 'info' : 'warn']({ ...subject, state }, 'delivery.carrier-state'),
  })
  const observeTry = createDeliveryMetrics(metrics.registry, health)
  const reserveSpending = createReserveSpending(spending)
  return createDispatcher({ ...parts, outbox, log, prices, health, observeTry, reserveSpending })
}

/** How people and programs get into the `service` project of development. */
const ensureDevelopment = async (
  config: Config,
  stores: Stores,
  engine: Engine,
): Promise<DevelopmentAccess> => ({
  projectId: demoProjects.service,
  ...(await ensureDevAccess(config.dataDirectory, demoProjects.service, {
    ...stores,
    ...engine,
    secret: config.secret,
  })),
  ...(config.adminToken === null ? {} : { adminToken: config.adminToken.reveal() }),
})

type DialectParts = { engine: Engine; revealCode: (challenge: Challenge) => Secret }

/** Makes the dialect of each mount. Adding a dialect is its folder and a line here. */
async function createMounts(
  config: Config,
  stores: Stores,
  { engine, revealCode }: DialectParts,
): Promise<Mount[]> {
  const projectIdOf = createProjectChooser(config, stores)
  const keylessDialect = (
    mount: MountConfig,
    name: Exclude<MountConfig['dialect'], 'service'>,
    projectId: ProjectId,
  ): Dialect => {
    switch (name) {
      case 'citizen':
        return createCitizenDialect({
          ...engine,
          projectId,
          codesFor: mount.codesFor ?? { who: 'nobody' },
          revealCode,
        })
      case 'account':
        return createAccountDialect({ ...engine, projectId })
      case 'kikapu':
        return createKikapuDialect({ ...engine, projectId })
      case 'mobile':
        return createMobileDialect({ ...engine, projectId })
    }
  }
  // Senders without a key may be asked for a proof of work, so their mounts have one route of ours more.
  const mountOf = async (mount: MountConfig): Promise<{ api: Mount; puzzles: Mount[] }> => {
    const { dialect: name, prefix } = mount
    if (name === 'service') return { api: { dialect: createServiceDialect(engine), prefix }, puzzles: [] }
    const projectId = await projectIdOf(mount)
    const dialect = keylessDialect(mount, name, projectId)
    const issuePuzzle = async () => engine.issuePuzzle(await engine.loadProject(projectId))
    return {
      api: { dialect, prefix },
      puzzles: [{ dialect: createPuzzleDialect(dialect, issuePuzzle), prefix }],
    }
  }
  const mounted = await Promise.all(config.mounts.map(mountOf))
  // The documentation shows them in this order: what was mounted, then what we add.
  return [...mounted.map(({ api }) => api), ...mounted.flatMap(({ puzzles }) => puzzles)]
}

/** The project of a mount: the one it names, in development the demo's, else the only one there is. */
const createProjectChooser =
  ({ mode }: Config, { projects }: Stores) =>
  async ({ dialect, project }: MountConfig): Promise<ProjectId> => {
    if (project === null && mode === 'development') return demoProjects[dialect]
    const all = await projects.list()
    const chosen = all.find(({ id }) => id === (project ?? all[0]?.id))
    if (chosen !== undefined && (project !== null || all.length === 1)) return chosen.id
    const known =
      all.length === 0 ? 'There is no project yet' : `There are ${all.map(({ id }) => id).join(', ')}`
    throw new Error(
      project === null
        ? `The mount of ${dialect} names no project. ${known}; write "project: …" into its mount, or create one with "watchword projects create NAME".`
        : `The mount of ${dialect} names the project ${project}, which does not exist. ${known}.`,
    )
  }
