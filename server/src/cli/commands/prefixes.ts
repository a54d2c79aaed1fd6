import type { Command } from 'commander'
import { renderStoppedPrefix } from '../../admin/render.ts'
import { type AddCommand, type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'

/** `watchword prefixes …`: prefixes of phone numbers that were stopped as pumping. */
export const addPrefixesCommands: AddCommand = (program, context) => {
  const group = program.command('prefixes').description('list and release phone prefixes that were stopped')
  addList(group, context)
  addRelease(group, context)
}

function addList(group: Command, context: CommandContext): void {
  group
    .command('list')
    .description('list the prefixes that are stopped now, in all projects or in one')
    .option('--project <ID>', 'only of this project')
    .option('--json', 'print an array')
    .addHelpText(
      'after',
      `
A prefix is a country's calling code and three digits. SENT and VERIFIED are those of the last hour.

Examples:
  $ watchword prefixes list
  $ watchword prefixes list --project PRJ_abc123def456 --json`,
    )
    .action(async ({ project, json }: { project?: string; json?: true }) => {
      const { terminal } = context
      const stoppedPrefixes = await withStores(context, async (stores) =>
        stores.stoppedPrefixes.list(
          project === undefined ? null : (await chooseProject(stores.projects, project)).id,
        ),
      )
      if (json) return terminal.printJson(stoppedPrefixes.map(renderStoppedPrefix))
      if (stoppedPrefixes.length === 0) return terminal.note('Nothing is stopped.')
      const rows = stoppedPrefixes.map(({ projectId, prefix, reason, sends, verified, until }) => [
        projectId,
        prefix,
        reason,
        String(sends),
        String(verified),
        until.toISOString(),
      ])
      terminal.print(
        renderTable(['PROJECT', 'PREFIX', 'REASON', 'SENT', 'VERIFIED', 'UNTIL'], rows, terminal),
      )
    })
}

function addRelease(group: Command, context: CommandContext): void {
  group
    .command('release <prefix>')
    .description('allow sends to a stopped prefix again; for a day nothing stops it')
    .option('--project <ID>', 'in which project; optional if there is only one')
    .addHelpText('after', '\nExamples:\n  $ watchword prefixes release +225070 --project PRJ_abc123def456')
    .action(async (typed: string, options: { project?: string }) => {
      const prefix = `+${typed.replace(/^\+/, '')}`
      const isReleased = await withStores(context, async (stores) => {
        const project = await chooseProject(stores.projects, options.project)
        return stores.stoppedPrefixes.release(project.id, prefix)
      })
      if (!isReleased)
        throw new CommandFailure(`${prefix} is not stopped. "watchword prefixes list" shows what is.`)
      context.terminal.print(`Released ${prefix}`)
    })
}
