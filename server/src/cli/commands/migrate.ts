import { type AddCommand, withStores } from '../terminal/context.ts'

/** `watchword migrate`: brings the schema up to this build before its servers start. */
export const addMigrateCommand: AddCommand = (program, context) => {
  const { terminal } = context
  program
    .command('migrate')
    .description('bring the database up to this version; change nothing if it already is')
    .option('--json', 'print {"applied": [names]}')
    .addHelpText(
      'after',
      `
Servers do this themselves when they start. Run it on its own where a deployment wants to see it succeed first.
Migrations go forward only and may run beside servers; of several at once one works and the others wait.

Examples:
  $ watchword migrate
  $ DATABASE_URL=postgres://… watchword migrate --json`,
    )
    .action(async ({ json }: { json?: true }) => {
      const applied = await withStores(context, async (stores) => stores.applied)
      if (json) terminal.printJson({ applied })
      else if (applied.length === 0) terminal.print('The database is up to date.')
      else terminal.print(`Applied ${applied.join(', ')}.`)
    })
}
