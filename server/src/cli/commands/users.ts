import type { Command } from 'commander'
import { renderUser } from '../../admin/render.ts'
import { type AddCommand, type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { addErase } from './users-erase.ts'
import { addImport } from './users-import.ts'
import { addList } from './users-list.ts'
import { addSessions } from './users-sessions.ts'

/** `watchword users …`: the people of a project. */
export const addUsersCommands: AddCommand = (program, context) => {
  const group = program.command('users').description('import, list, unlock, disable, enable and erase users')
  addImport(group, context)
  addList(group, context)
  addUnlock(group, context)
  addActivity(group, context, { name: 'disable', isActive: false })
  addActivity(group, context, { name: 'enable', isActive: true })
  addSessions(group, context)
  addErase(group, context)
}

const projectFlags = '--project <ID>'
const projectText = 'in which project; optional if there is only one'

function addUnlock(group: Command, context: CommandContext): void {
  group
    .command('unlock <address>')
    .description('end the lock of an e-mail address or phone number after wrong codes')
    .option(projectFlags, projectText)
    .option('--json', 'print {"address", "unlocked": true}')
    .addHelpText(
      'after',
      `
A phone without a country code is read as a number of the project's region.

Examples:
  $ watchword users unlock ada@example.com --project PRJ_abc123def456
  $ watchword users unlock +255712345678`,
    )
    .action((text: string, options: { project?: string; json?: true }) => unlock(context, text, options))
}

async function unlock(
  context: CommandContext,
  text: string,
  options: { project?: string; json?: true },
): Promise<void> {
  const { createUnlockAddress } = await import('../../engine/operations/unlock-address.ts')
  const { project, result } = await withStores(context, async (stores) => {
    const project = await chooseProject(stores.projects, options.project)
    return { project, result: await createUnlockAddress(stores)(project.id, text) }
  })
  if (!result.ok) {
    if (result.refusal === 'not-an-address') {
      throw usageFailure(`"${text}" is neither an e-mail address nor a phone number (+255712345678)`)
    }
    throw new CommandFailure(
      `No code was ever sent to ${text} in project ${project.id}, so nothing is locked.`,
    )
  }
  if (options.json) return context.terminal.printJson({ address: result.address, unlocked: true })
  context.terminal.print(`Unlocked ${result.address} in ${project.id}.`)
}

function addActivity(
  group: Command,
  context: CommandContext,
  { name, isActive }: { name: string; isActive: boolean },
): void {
  const description = isActive
    ? 'enable a disabled user again'
    : 'end every session of a user and allow no new one'
  group
    .command(`${name} <id>`)
    .description(description)
    .option(projectFlags, projectText)
    .option('--json', 'print the user')
    .addHelpText(
      'after',
      `
<id> is the number of the user within the project: "watchword users list" shows it.

Examples:
  $ watchword users ${name} 42 --project PRJ_abc123def456`,
    )
    .action(async (id: string, options: { project?: string; json?: true }) => {
      if (!/^[1-9]\d{0,14}$/.test(id))
        throw usageFailure(
          `"${id}" is not the number of a user: "watchword users list" shows those there are`,
        )
      const { createManageAccounts } = await import('../../engine/operations/manage-accounts.ts')
      const { project, account } = await withStores(context, async (stores) => {
        const project = await chooseProject(stores.projects, options.project)
        return {
          project,
          account: await createManageAccounts(stores).setActive(project.id, Number(id), isActive),
        }
      })
      if (account === null)
        throw new CommandFailure(
          `Project ${project.id} has no user ${id}: "watchword users list" shows those there are.`,
        )
      if (options.json) return context.terminal.printJson(renderUser(account))
      context.terminal.print(`${isActive ? 'Enabled' : 'Disabled'} user ${id} of ${project.id}.`)
    })
}
