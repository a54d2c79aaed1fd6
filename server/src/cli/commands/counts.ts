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
code, beside running servers. What overviews read of the last week is counted again by the servers, within minutes.

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
      await client.query(markRollupsSql)
      return Number(rows[0]?.corrected ?? 0)
    }),
  )
}

/** Every minute of the last week that has been counted, or has codes, is counted again. Of earlier ones only hours are kept. */
const markRollupsSql = `
  insert into stale_rollups (project_id, minute)
  select project_id, at
  from verification_rollups
  where span = 'minute' and at > clock_now() - interval '7 days'
  union
  select project_id, date_trunc('minute', created_at, 'UTC')
  from challenges
  where created_at > clock_now() - interval '7 days'
    and id >= substr(int8send(extract(epoch from clock_now() - interval '7 days')::bigint), 5)`
