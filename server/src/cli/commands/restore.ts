import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import type { MasterSecrets } from '../../config/load-database-config.ts'
import type { BackupHead } from '../../storage/backup/backup-format.ts'
import { endingOnSignal } from '../terminal/await-signal.ts'
import { type AddCommand, type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure } from '../terminal/failure.ts'

type RestoreOptions = { json?: true }

/** `watchword restore`: a backup into an empty database. */
export const addRestoreCommand: AddCommand = (program, context) => {
  program
    .command('restore <file>')
    .description('put a backup ("-" for standard input) into an empty database')
    .option('--json', 'print {"rows", "tables"}')
    .addHelpText(
      'after',
      `
Restores all of it or nothing, into a database that no server has used yet. With the master secret that the backup was made under,
codes, sessions, limits and locks go on where they were; another WATCHWORD_SECRET is refused. Start servers afterwards, and
none on the former database.

Examples:
  $ DATABASE_URL=postgres://… watchword restore watchword-2026-11-27.backup
  $ age -d watchword.backup.age | watchword restore -`,
    )
    .action((file: string, options: RestoreOptions) => runRestore(context, file, options))
}

async function runRestore(context: CommandContext, file: string, { json }: RestoreOptions): Promise<void> {
  const { env, terminal } = context
  const [{ loadDatabaseConfig, loadMasterSecrets }, { withConnection }, { BackupRefused, restoreBackup }] =
    await Promise.all([
      import('../../config/load-database-config.ts'),
      import('../../storage/postgres/open-database.ts'),
      import('../../storage/backup/restore-backup.ts'),
    ])
  const { databaseUrl, dataDirectory } = loadDatabaseConfig({ env })
  const place = { databaseUrl: databaseUrl?.reveal() ?? null, dataDirectory, log: () => {} }
  const secrets = loadMasterSecrets({ env })
  const options = {
    admit: (head: BackupHead) => refuseOtherSecret(head, secrets),
    onLeftOut: (table: string) => terminal.note(`Left out the table ${table}, which is not Watchword's.`),
  }
  const count = await endingOnSignal(async () => {
    const source = file === '-' ? process.stdin : (await open(file)).createReadStream()
    // Makes the schema of a new database.
    await withStores(context, async () => {})
    return withConnection(place, (client) => restoreBackup(client, readLines(source), options))
  }).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof BackupRefused) throw new CommandFailure(error.message, { cause: error })
    if (error.code === 'ENOENT' && error.path === file)
      throw new CommandFailure(`There is no file ${file}.`, { cause: error })
    if (/^Z_/.test(error.code ?? ''))
      throw new CommandFailure('This is not a whole backup of Watchword: it cannot be decompressed.', {
        cause: error,
      })
    throw error
  })
  if (json) return terminal.printJson(count)
  terminal.print(`Restored ${count.rows} rows of ${count.tables} tables.`)
}

/** With another secret every code would be wrong, and addresses would be locked for it. */
async function refuseOtherSecret({ fingerprints }: BackupHead, secrets: MasterSecrets | null): Promise<void> {
  const { isKnownSecret } = await import('../../engine/operations/master-secret.ts')
  if (secrets === null || (await isKnownSecret({ fingerprints: async () => fingerprints }, secrets))) return
  throw new CommandFailure(
    'The backup was made under another WATCHWORD_SECRET. Give that one; if it is lost, restore without any, and run "watchword forget-secret" afterwards.',
  )
}

/** The lines of a compressed file. Only a line feed ends one: a text may hold every other separator that Unicode knows. */
async function* readLines(source: NodeJS.ReadableStream): AsyncGenerator<string> {
  const text = createGunzip().setEncoding('utf8')
  source.once('error', (error) => text.destroy(error)).pipe(text)
  let rest = ''
  for await (const chunk of text as AsyncIterable<string>) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  if (rest !== '') yield rest
}
