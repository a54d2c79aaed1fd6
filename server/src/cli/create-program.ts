import { Command } from 'commander'
import { version } from '../composition/version.ts'
import { addAuditCommands } from './commands/audit.ts'
import { addBackupCommand } from './commands/backup.ts'
import { addBusinessesCommands } from './commands/businesses.ts'
import { addCarriersCommands } from './commands/carriers.ts'
import { addCountsCommands } from './commands/counts.ts'
import { addDevCommand } from './commands/dev.ts'
import { addDocsCommand } from './commands/docs.ts'
import { addDoctorCommand } from './commands/doctor.ts'
import { addForgetSecretCommand } from './commands/forget-secret.ts'
import { addKeysCommands } from './commands/keys.ts'
import { addMigrateCommand } from './commands/migrate.ts'
import { addOperatorsCommands } from './commands/operators.ts'
import { addOptOutsCommands } from './commands/opt-outs.ts'
import { addOverviewCommand } from './commands/overview.ts'
import { addPrefixesCommands } from './commands/prefixes.ts'
import { addProjectsCommands } from './commands/projects.ts'
import { addRestoreCommand } from './commands/restore.ts'
import { addRoutesCommands } from './commands/routes.ts'
import { addServeCommand } from './commands/serve.ts'
import { addSpendingCommand } from './commands/spending.ts'
import { addStateCommand } from './commands/state.ts'
import { addTextsCommands } from './commands/texts.ts'
import { addUsersCommands } from './commands/users.ts'
import { addVerificationsCommands } from './commands/verifications.ts'
import { addWebhooksCommands } from './commands/webhooks.ts'
import type { AddCommand, CommandContext } from './terminal/context.ts'

/*
 * The command line. This folder translates words of a terminal into calls of the engine, and results into lines; it
 * decides nothing itself. A new command is one file and one line here.
 */

const commands: AddCommand[] = [
  addDevCommand,
  addServeCommand,
  addMigrateCommand,
  addBackupCommand,
  addRestoreCommand,
  addForgetSecretCommand,
  addOperatorsCommands,
  addProjectsCommands,
  addKeysCommands,
  addTextsCommands,
  addCarriersCommands,
  addRoutesCommands,
  addSpendingCommand,
  addVerificationsCommands,
  addOverviewCommand,
  addStateCommand,
  addUsersCommands,
  addBusinessesCommands,
  addOptOutsCommands,
  addPrefixesCommands,
  addWebhooksCommands,
  addCountsCommands,
  addAuditCommands,
  addDoctorCommand,
  addDocsCommand,
]

/** Builds the program with all commands. It throws instead of ending the process, whatever the arguments are. */
export function createProgram(context: CommandContext): Command {
  const { terminal } = context
  const program = new Command('watchword')
    .description(
      'A one-time-password server: sends codes by e-mail, SMS and WhatsApp, checks them, signs users in.',
    )
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'explain the command')
    .helpCommand('help [command]', 'explain a command')
    .option('--trace', 'print the stack of an unexpected error as well')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      outputError: (message, write) => write(terminal.paintNote('red', message)),
    })
    .exitOverride()
  for (const add of commands) add(program, context)
  pointToHelp(program, 'watchword')
  return program.addHelpText('after', environmentHelp)
}

/** After a usage error, points to the help of that command, or to the commands of the group. */
function pointToHelp(command: Command, name: string): void {
  const isGroup = command.commands.length > 0
  command.showHelpAfterError(`("${name} --help" ${isGroup ? 'lists the commands' : 'explains it'})`)
  for (const child of command.commands) pointToHelp(child, `${name} ${child.name()}`)
}

const environmentHelp = `
Settings come from the environment. DATABASE_URL names the PostgreSQL to use; without it Watchword runs its own in
WATCHWORD_DATA (.watchword). Commands work beside a running server when both name the same database.

Examples:
  $ watchword dev
  $ watchword projects create "My shop"
  $ watchword doctor`
