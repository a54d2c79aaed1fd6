import type { Config } from '../config/config.ts'
import { ConfigurationError } from '../config/configuration-error.ts'
import type { Actor } from '../domain/operator.ts'
import { createRepeatedRefusals } from '../storage/batches/repeated-refusals.ts'
import { awaitDatabase } from '../storage/postgres/await-database.ts'
import { readClock } from '../storage/postgres/database-time.ts'
import { migrate } from '../storage/postgres/migrate.ts'
import { openDatabase } from '../storage/postgres/open-database.ts'
import { createChallengeStore } from '../storage/stores/challenges.ts'
import { createImportJobStore } from '../storage/stores/import-jobs.ts'
import { createInstallationStore } from '../storage/stores/installation.ts'
import { createLiveStateStore } from '../storage/stores/live-states.ts'
import { createNodeStore } from '../storage/stores/nodes.ts'
import { createOutbox } from '../storage/stores/outbox.ts'
import { createOverviewStore } from '../storage/stores/overview.ts'
import { createPasswordStore } from '../storage/stores/passwords.ts'
import { createProofStore } from '../storage/stores/proofs.ts'
import { createReceiptStore } from '../storage/stores/receipts.ts'
import { createRecordStore } from '../storage/stores/records.ts'
import { createRegistrationStore } from '../storage/stores/registrations.ts'
import { createSessionStore } from '../storage/stores/sessions.ts'
import { createSpendingStore } from '../storage/stores/spending.ts'
import { createVerificationStore } from '../storage/stores/verifications.ts'
import { createActingStores } from './acting-stores.ts'
import { judgeConnections } from './judge-connections.ts'

/*
 * The part of the composition that needs no server. Separate from `start-server.ts`, so that a command that needs only
 * the database does not load Fastify and the rest of the server: half a second of processor time.
 */

/** The stores on an open, migrated database: what the command line needs, beside a running server too. */
export type Stores = Awaited<ReturnType<typeof openStores>>

/** Where changes to the database are logged. */
export type StoresLog = { info: (fields: object, message: string) => void }

export type OpenStoresOptions = {
  /** How long a PostgreSQL that is not there yet is waited for. */
  waitSeconds?: number
  /** Connections for everything but the batches. */
  connectionsMax?: number
  /** Ends the waiting. */
  signal?: AbortSignal
  /** Who does what is recorded. */
  actor?: Actor
}

/** Opens the database, brings its schema up to date, and makes the stores. */
export async function openStores(
  { databaseUrl, dataDirectory }: Pick<Config, 'databaseUrl' | 'dataDirectory'>,
  log: StoresLog,
  {
    waitSeconds = 0,
    connectionsMax,
    signal = new AbortController().signal,
    actor = 'server',
  }: OpenStoresOptions = {},
) {
  const database = await openDatabase({
    databaseUrl: databaseUrl?.reveal() ?? null,
    dataDirectory,
    ...(connectionsMax !== undefined && { connectionsMax }),
    log: (line) => log.info({ event: 'database' }, line),
  })
  try {
    await awaitDatabase(database, {
      seconds: waitSeconds,
      signal,
      onWait: ({ cause }) => {
        const reason =
          (cause as { code?: string; message?: string } | undefined)?.message ?? 'no reason given'
        log.info({ event: 'database-awaited', reason }, 'the database is not there yet; trying again')
      },
    })
    const issues = databaseUrl === null ? [] : await judgeConnections(databaseUrl)
    if (issues.length > 0) throw new ConfigurationError(issues)
    const applied = await migrate(database)
    if (applied.length > 0) log.info({ event: 'migrated', applied }, 'the schema was brought up to date')
    const refusals = createRepeatedRefusals()
    const receipts = createReceiptStore(database)
    const acting = createActingStores(database, actor)
    const { stoppedPrefixes } = acting
    return {
      applied,
      refusals,
      database,
      ...acting,
      /** The same stores for somebody else who acts. */
      actingAs: (other: Actor) => createActingStores(database, other),
      challenges: await createChallengeStore(database, refusals),
      records: createRecordStore(database),
      receipts,
      installation: createInstallationStore(database),
      registrations: createRegistrationStore(database),
      passwords: createPasswordStore(database, refusals),
      importJobs: createImportJobStore(database),
      sessions: createSessionStore(database, refusals),
      proofs: createProofStore(database),
      outbox: createOutbox(database),
      spending: createSpendingStore(database),
      nodes: createNodeStore(database),
      liveStates: createLiveStateStore(database, { receipts, stoppedPrefixes }),
      readClock: () => readClock(database),
      verifications: createVerificationStore(database),
      overviews: createOverviewStore(database),
      close: () => database.close(),
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
