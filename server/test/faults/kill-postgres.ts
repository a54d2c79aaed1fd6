import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Ends the first process of the server of this data directory as a power cut would; the others follow it. */
export const killPostgres = (directory: string): void => {
  process.kill(readPostmaster(directory), 'SIGKILL')
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
