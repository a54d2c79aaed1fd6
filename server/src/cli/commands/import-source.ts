import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Source } from '../../imports/import-file.ts'
import { CommandFailure } from '../terminal/failure.ts'

/** Opens a file, or standard input for `-`. */
export async function openSource(file: string): Promise<Source> {
  if (file === '-') return { chunks: process.stdin, bytes: null }
  const refuse = (cause: NodeJS.ErrnoException): never => {
    const reasons: Record<string, string> = {
      ENOENT: 'does not exist',
      EACCES: 'may not be read by this user: change its owner or mode',
    }
    throw new CommandFailure(`${file} ${reasons[cause.code ?? ''] ?? `cannot be read (${cause.code})`}.`, {
      cause,
    })
  }
  const found = await stat(file).catch(refuse)
  if (found.isDirectory()) throw new CommandFailure(`${file} is a directory; name a CSV or JSON file.`)
  // The stream would report that it cannot be opened before anyone listens.
  const opened = await open(file).catch(refuse)
  await opened.close()
  return { chunks: createReadStream(file, { highWaterMark: 256 * 1024 }), bytes: found.size }
}
