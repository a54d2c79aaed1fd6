import type { Config } from '../config/config.ts'
import { ConfigurationError } from '../config/configuration-error.ts'
import { createStoppedPrefixStore } from '../storage/batches/destinations.ts'
import { createRepeatedRefusals } from '../storage/batches/repeated-refusals.ts'
import { awaitDatabase } from '../storage/postgres/await-database.ts'
import { readClock } from '../storage/postgres/database-time.ts'
import { migrate } from '../storage/postgres/migrate.ts'
import { openDatabase } from '../storage/postgres/open-database.ts'
import { createAccountStore } from '../storage/stores/accounts.ts'
import { createApiKeyStore } from '../storage/stores/api-keys.ts'
import { createBusinessStore } from '../storage/stores/businesses.ts'
import { createCarrierStore } from '../storage/stores/carriers.ts'
import { createChallengeStore } from '../storage/stores/challenges.ts'
import { createEventStore } from '../storage/stores/events.ts'
import { createImportJobStore } from '../storage/stores/import-jobs.ts'
import { createImportStore } from '../storage/stores/imports.ts'
import { createInstallationStore } from '../storage/stores/installation.ts'
import { createLiveStateStore } from '../storage/stores/live-states.ts'
import { createNodeStore } from '../storage/stores/nodes.ts'
import { createOptOutStore } from '../storage/stores/opt-outs.ts'
import { createOutbox } from '../storage/stores/outbox.ts'
import { createOverviewStore } from '../storage/stores/overview.ts'
import { createPasswordStore } from '../storage/stores/passwords.ts'
import { createPersonStore } from '../storage/stores/people.ts'
import { createProjectStore } from '../storage/stores/projects.ts'
import { createProofStore } from '../storage/stores/proofs.ts'
import { createReceiptStore } from '../storage/stores/receipts.ts'
import { createRecordStore } from '../storage/stores/records.ts'
import { createRegistrationStore } from '../storage/stores/registrations.ts'
import { createRouteStore } from '../storage/stores/routes.ts'
import { createSessionStore } from '../storage/stores/sessions.ts'
import { createSpendingStore } from '../storage/stores/spending.ts'
import { createTextStore } from '../storage/stores/texts.ts'
import { createUserSessionStore } from '../storage/stores/user-sessions.ts'
import { createVerificationStore } from '../storage/stores/verifications.ts'
import { createWebhookStore } from '../storage/stores/webhooks.ts'
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
}

/** Opens the database, brings its schema up to date, and makes the stores. */
export async function openStores(
  { databaseUrl, dataDirectory }: Pick<Config, 'databaseUrl' | 'dataDirectory'>,
  log: StoresLog,
  { waitSeconds = 0, connectionsMax, signal = new AbortController().signal }: OpenStoresOptions = {},
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
    const stoppedPrefixes = createStoppedPrefixStore(database)
    return {
      applied,
      refusals,
      database,
      challenges: await createChallengeStore(database, refusals),
      records: createRecordStore(database),
      receipts,
      installation: createInstallationStore(database),
      projects: createProjectStore(database),
      keys: createApiKeyStore(database),
      accounts: createAccountStore(database),
      registrations: createRegistrationStore(database),
      passwords: createPasswordStore(database, refusals),
      imports: createImportStore(database),
      importJobs: createImportJobStore(database),
      businesses: createBusinessStore(database),
      sessions: createSessionStore(database, refusals),
      userSessions: createUserSessionStore(database),
      proofs: createProofStore(database),
      outbox: createOutbox(database),
      optOuts: createOptOutStore(database),
      texts: createTextStore(database),
      routes: createRouteStore(database),
      carriers: createCarrierStore(database),
      spending: createSpendingStore(database),
      stoppedPrefixes,
      nodes: createNodeStore(database),
      liveStates: createLiveStateStore(database, { receipts, stoppedPrefixes }),
      readClock: () => readClock(database),
      events: createEventStore(database),
      people: createPersonStore(database),
      verifications: createVerificationStore(database),
      overviews: createOverviewStore(database),
      webhooks: createWebhookStore(database),
      close: () => database.close(),
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
