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
