import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { demoOwner, ensureDemos } from '../development/demo.ts'
import { takeDevFile } from '../development/dev-file.ts'
import { dialects } from '../dialects/index.ts'
import type { Secret } from '../domain/secret.ts'
import { createRunImports } from '../engine/operations/run-imports.ts'
import { resealWebhooks } from '../engine/operations/manage-webhooks.ts'
import { makeFirstLink } from '../engine/operators/first-link.ts'
import { resealTotp } from '../engine/totp/totp.ts'
import type { DialectManifest } from '../http/dialect-manifest.ts'
import { readCapacity } from '../storage/postgres/capacity.ts'
import { readWaitingWork } from '../storage/stores/waiting-work.ts'
import { admitNode } from './admit-node.ts'
import { createDelivery } from './create-delivery.ts'
import { createDialects } from './create-dialects.ts'
import { createImportText } from './create-import-text.ts'
import { createLog } from './create-log.ts'
import { createNodeApp } from './create-node-app.ts'
import { createNodeMetrics } from './create-node-metrics.ts'
import { createNodeEngine } from './create-node-engine.ts'
import { createOperators } from './create-operators.ts'
import { type DevelopmentAccess, ensureDevelopmentAccess } from './development-access.ts'
import { listen, withBoundPort } from './listen.ts'
import { createNodeParts, type NodeOptions, type NodeParts } from './node-parts.ts'
import { openStores, type Stores } from './open-stores.ts'
import { startBackgroundWork } from './start-background-work.ts'
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
  /** Where browsers find the console. */
  consoleUrl: string
  /** Signs in the owner of development, while nobody is signed in. */
  signInLink: Secret | null
  /** Serves on for `DRAIN_SECONDS`, then ends current work, within bounds, and everything else. */
  stop(): Promise<void>
}

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
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  const stop = async (): Promise<void> => {
    await closeAll()
    log.info({ event: 'stopped' }, 'ended')
  }
  try {
    const waitSeconds = config.mode === 'production' ? databaseWaitSeconds : 0
    const connectionsMax = config.databaseConnections
    const stores = await openStores(config, log, { waitSeconds, connectionsMax, ...(signal && { signal }) })
    closers.push(stores.close)
    await admitNode(config, stores, { manifests, withProjects })
    await warnOfRoom(config, stores, log)
    return { ...(await serve(config, stores, { log, manifests, closers })), stop }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** A node can work with fewer connections than it may open, but under load its requests fail. */
async function warnOfRoom({ databaseConnections }: Config, { database }: Stores, log: Logger): Promise<void> {
  const { nodes, text, remedy } = await readCapacity(database, databaseConnections)
  if (nodes === 0) log.warn({ event: 'database-room', remedy }, text)
}

/** Puts the parts together on open stores, and listens. What must be closed goes to `closers`, in the order of opening. */
async function serve(
  config: Config,
  stores: Stores,
  { closers, ...options }: NodeOptions & { closers: Closers },
): Promise<Omit<RunningServer, 'stop'>> {
  const { log, manifests } = options
  for (const warning of config.warnings) log.warn({ event: 'configuration' }, warning)
  const parts = await createNodeParts(config, options)
  await prepareData(config, stores, parts)
  const { database } = stores
  createNodeMetrics(parts.metrics.registry, {
    pools: database.pools,
    readWaiting: () => readWaitingWork(database),
  })

  const delivery = await createDelivery(config, stores, parts)
  const engine = createNodeEngine(stores, parts, delivery.dispatcher)
  const mounts = await createDialects(config, stores, {
    ...engine,
    revealCode: parts.revealCode,
    manifests,
  })

  closers.push(
    ...startBackgroundWork(config, stores, { ...parts, openBreakers: delivery.openBreakers }),
    () => delivery.stop(),
  )
  delivery.start()

  const access = await ensureDevelopmentAccess(config, stores, { ...engine, manifests })
  const runImports = createRunImports({
    importJobs: stores.importJobs,
    importText: createImportText((actor) => stores.actingAs(actor).imports, parts),
    nodeId: parts.node.id,
    isEnding: parts.isEnding,
    onFault: parts.onFault,
  })
  closers.push(runImports.stop)
  const operators = createOperators(config, stores, { parts, delivery, engine })
  const app = createNodeApp(config, {
    stores,
    parts,
    delivery,
    engine,
    runImports,
    mounts,
    operators,
    access,
  })
  closers.push(() => app.close())
  const url = await listen(app, config)
  const publicUrl = withBoundPort(config.publicUrl, url)
  parts.setPublicUrl(publicUrl)
  if (access !== null) closers.push(await takeDevFile(config.dataDirectory, { url, ...access }))
  closers.push(() => drain(config, parts))
  const link =
    config.mode === 'development' ? await makeFirstLink({ ...stores, ...operators }, demoOwner) : null
  log.info({ event: 'listening', url, publicUrl, mode: config.mode, version }, 'ready')
  return { url, publicUrl, access, consoleUrl: operators.readConsoleUrl(), signInLink: link?.link ?? null }
}

/** Answers requests until whoever distributes them has seen at `/readyz` that this node ends. */
async function drain({ drainSeconds }: Config, { beginEnding, log }: NodeParts): Promise<void> {
  log.info({ event: 'stopping', drainSeconds }, 'asked to end')
  beginEnding()
  await sleep(drainSeconds * 1000)
}

/** Brings what is stored to what this node works with: the demo of development, and secrets sealed with the current key. */
async function prepareData(
  { mode }: Config,
  { projects, accounts, businesses, imports, webhooks, authenticators }: Stores,
  { manifests, hashing, sealer, log }: NodeParts,
): Promise<void> {
  await projects.ensureServer('Watchword')
  if (mode === 'development')
    await ensureDemos(
      manifests.map(({ demo }) => demo),
      { projects, accounts, businesses, imports, hashing },
    )
  const resealedTotp = await resealTotp({ authenticators, sealer })
  if (resealedTotp > 0)
    log.info(
      { event: 'totp-resealed', authenticators: resealedTotp },
      'authenticator apps encrypted with the current secret',
    )
  const resealed = await resealWebhooks({ webhooks, sealer })
  if (resealed > 0)
    log.info({ event: 'webhooks-resealed', webhooks: resealed }, 'webhooks encrypted with the current secret')
}
