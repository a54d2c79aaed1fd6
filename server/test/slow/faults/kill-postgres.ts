import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** Ends the first process of the server of this data directory as a power cut would; the others follow it. */
export const killPostgres = (directory: string): void => {
  process.kill(readPostmaster(directory), 'SIGKILL')
}

/**
 * Whether the server is back. The processes of the killed one end one by one and may still answer on their connections,
 * so only a new connection is proof: a new server does not listen before all of them are gone.
 */
export async function isPostgresBack(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/** The number of the server's first process, from the file that it keeps in its cluster. */
function readPostmaster(directory: string): number {
  const file = readdirSync(directory, { recursive: true }).find((name) =>
    String(name).endsWith('postmaster.pid'),
  )
  const pid = Number(readFileSync(join(directory, String(file)), 'utf8').split('\n')[0])
  if (!(pid > 1)) throw new Error('PostgreSQL has left no number')
  return pid
}
