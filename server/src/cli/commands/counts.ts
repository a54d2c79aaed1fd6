import { endingOnSignal } from '../terminal/await-signal.ts'
import type { AddCommand } from '../terminal/context.ts'

/** `watchword counts …`: the counts of codes by hour. */
export const addCountsCommands: AddCommand = (program, { env, terminal }) => {
  program
    .command('counts')
    .description('repair the counts of codes by hour')
    .command('rebuild')
    .description('count all codes again, for statistics and totals that do not agree with the records')
    .option('--json', 'print {"corrected": n}')
    .addHelpText(
      'after',
      `
Sends and checks keep the counts themselves, so this is only for a database in which rows were changed by hand. It reads every
code, beside running servers.

Examples:
  $ watchword counts rebuild
  $ watchword counts rebuild --json`,
    )
    .action(async ({ json }: { json?: true }) => {
      const corrected = await rebuild(env)
      if (json) return terminal.printJson({ corrected })
      if (corrected === 0) return terminal.print('The counts agree with the codes.')
      terminal.print(`Corrected ${corrected} counts.`)
    })
}

async function rebuild(env: Parameters<AddCommand>[1]['env']): Promise<number> {
  const [{ loadDatabaseConfig }, { withConnection }] = await Promise.all([
    import('../../config/load-database-config.ts'),
    import('../../storage/postgres/open-database.ts'),
  ])
  const { databaseUrl, dataDirectory } = loadDatabaseConfig({ env })
  const place = { databaseUrl: databaseUrl?.reveal() ?? null, dataDirectory, log: () => {} }
  return endingOnSignal(() =>
    withConnection(place, async (client) => {
      await client.query('set statement_timeout = 0')
      const { rows } = await client.query<{ corrected: string }>('select rebuild_code_counts() as corrected')
      return Number(rows[0]?.corrected ?? 0)
    }),
  )
}
