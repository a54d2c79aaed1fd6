import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { version } from '../../composition/version.ts'
import { endingOnSignal } from '../terminal/await-signal.ts'
import type { AddCommand, CommandContext } from '../terminal/context.ts'
import { CommandFailure } from '../terminal/failure.ts'

type BackupOptions = { json?: true }

/** `watchword backup`: everything in the database, in one file, while servers run. */
export const addBackupCommand: AddCommand = (program, context) => {
  program
    .command('backup <file>')
    .description(
      'write everything in the database to a compressed file ("-" for standard output), while servers run',
    )
    .option('--json', 'print {"file", "rows", "tables"}')
    .addHelpText(
      'after',
      `
The file holds all tables as of one moment, addresses included, and neither a code nor the master secret: keep WATCHWORD_SECRET as
well. "watchword restore" puts it into an empty database, of the same server or of another.

Examples:
  $ watchword backup watchword-2026-11-27.backup
  $ watchword backup - | age -r age1… > watchword.backup.age`,
    )
    .action((file: string, options: BackupOptions) => runBackup(context, file, options))
}

async function runBackup(
  { env, terminal }: CommandContext,
  file: string,
  { json }: BackupOptions,
): Promise<void> {
  const [{ loadDatabaseConfig }, { withConnection }, { writeBackup }] = await Promise.all([
    import('../../config/load-database-config.ts'),
    import('../../storage/postgres/open-database.ts'),
    import('../../storage/backup/write-backup.ts'),
  ])
  const { databaseUrl, dataDirectory } = loadDatabaseConfig({ env })
  const place = { databaseUrl: databaseUrl?.reveal() ?? null, dataDirectory, log: () => {} }
  let count = { rows: 0, tables: 0 }
  const onEnd = (counted: typeof count): void => {
    count = counted
  }
  await endingOnSignal(() =>
    withConnection(place, async (client) => {
      const lines = Readable.from(writeBackup(client, { version, onEnd }))
      if (file === '-') return pipeline(lines, createGzip(), process.stdout)
      await writeFileOnce(file, (output) => pipeline(lines, createGzip(), output))
    }),
  )
  if (file === '-') return terminal.note(`Wrote ${count.rows} rows of ${count.tables} tables.`)
  if (json) return terminal.printJson({ file, ...count })
  terminal.print(`Wrote ${count.rows} rows of ${count.tables} tables to ${file}.`)
}

/** A backup takes the place of no file, nobody else may read it, and half of one is not left behind. */
async function writeFileOnce(
  file: string,
  write: (output: NodeJS.WritableStream) => Promise<void>,
): Promise<void> {
  const output = createWriteStream(file, { flags: 'wx', mode: 0o600 })
  let isOurs = false
  output.once('open', () => {
    isOurs = true
  })
  try {
    await write(output)
  } catch (error) {
    if (isOurs) await rm(file, { force: true })
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new CommandFailure(`There is a file ${file} already: name another.`, { cause: error })
    throw error
  }
}
