import pg from 'pg'
import { createDatabase, type Database } from './database.ts'
import { startEmbeddedPostgres } from './embedded/embedded-postgres.ts'

export type OpenDatabaseOptions = {
  /** Null starts the embedded PostgreSQL, or joins the one that runs in the data directory. */
  databaseUrl: string | null
  dataDirectory: string
  /** Connections for everything but the batches. */
  connectionsMax?: number
  log: (line: string) => void
}

/**
 * Lends one connection to the configured database, without the time limits of the pools: for work that takes as long as the data
 * is large.
 */
export async function withConnection<Result>(
  { databaseUrl, dataDirectory, log }: Omit<OpenDatabaseOptions, 'connectionsMax'>,
  work: (client: pg.ClientBase) => Promise<Result>,
): Promise<Result> {
  const postgres = databaseUrl === null ? await startEmbeddedPostgres({ dataDirectory, log }) : null
  const connectionString = databaseUrl ?? postgres?.connectionString
  const client = new pg.Client({
    ...(connectionString !== undefined && { connectionString }),
    keepAlive: true,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => {})
    await postgres?.stop()
  }
}

/** Opens the configured database. Closing it ends the embedded one with its last user. */
export async function openDatabase({
  databaseUrl,
  dataDirectory,
  connectionsMax,
  log,
}: OpenDatabaseOptions): Promise<Database> {
  const size = connectionsMax === undefined ? {} : { connectionsMax }
  if (databaseUrl !== null) return createDatabase({ connectionString: databaseUrl, ...size })

  const postgres = await startEmbeddedPostgres({ dataDirectory, log })
  const database = createDatabase({ connectionString: postgres.connectionString, ...size })
  return {
    ...database,
    async close() {
      await database.close()
      await postgres.stop()
    },
  }
}
