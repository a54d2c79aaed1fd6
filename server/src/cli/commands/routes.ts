import type { Command } from 'commander'
import { renderIssues } from '../../domain/issue.ts'
import type { ProjectId } from '../../domain/project.ts'
import { parseRouteTable } from '../../domain/route.ts'
import type { ManageRoutes, RouteResult, ShownRoute } from '../../engine/operations/manage-routes.ts'
import { type AddCommand, type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'

/** `watchword routes …`: which carriers send the messages of a project. */
export const addRoutesCommands: AddCommand = (program, context) => {
  const group = program.command('routes').description('choose the carriers of a project')
  group
    .command('show <project>')
    .description('show the carriers of each channel, in the order in which they are tried')
    .option('--json', 'print {"routes": […]}')
    .addHelpText('after', '\nExamples:\n  $ watchword routes show PRJ_abc123def456')
    .action(async (project: string, options: { json?: true }) => {
      const result = await withRoutes(context, (routes) => routes.show(project as ProjectId))
      print(context, requireRoutes(result, project), options)
    })
  addSet(group, context)
}

function addSet(group: Command, context: CommandContext): void {
  group
    .command('set <project> <channel> <carriers...>')
    .description('give a channel carriers of its own, or "server" for those of the server')
    .option('--json', 'print {"routes": […]}')
    .addHelpText(
      'after',
      `
Carriers are asked in the order in which they stand. After a name may stand for which countries and beginnings of numbers
it is, and the weight by which it shares what comes with neighbours that have one: NAME[:CC,+PREFIX,…][*WEIGHT].
Servers take the change over within a second.

Examples:
  $ watchword routes set PRJ_abc123def456 sms orange:CI,SN twilio
  $ watchword routes set PRJ_abc123def456 sms twilio*3 vonage*1
  $ watchword routes set PRJ_abc123def456 sms server`,
    )
    .action(async (project: string, channel: string, carriers: string[], options: { json?: true }) => {
      const entries = carriers.length === 1 && carriers[0] === 'server' ? [] : carriers.map(readEntry)
      const table = { [channel]: entries }
      // Misspelt names are reported before the database is queried.
      const parsed = parseRouteTable(table)
      if (!parsed.ok) throw usageFailure(renderIssues(parsed.issues))
      const result = await withRoutes(context, (routes) => routes.set(project as ProjectId, table))
      print(context, requireRoutes(result, project), options)
    })
}

/** `orange:CI,+22507*3`. */
function readEntry(typed: string): unknown {
  const [, carrier, to, weight] = /^([^:*]+)(?::([^*]+))?(?:\*(\d+))?$/.exec(typed) ?? []
  if (carrier === undefined) throw usageFailure(`"${typed}" must be NAME[:CC,+PREFIX,…][*WEIGHT]`)
  return { carrier, to: to?.split(',') ?? [], weight: weight === undefined ? null : Number(weight) }
}

/** Runs `work` with the routes of projects. The carriers are those that a server in this environment would have. */
async function withRoutes(
  context: CommandContext,
  work: (routes: ManageRoutes) => Promise<RouteResult>,
): Promise<RouteResult> {
  const [{ inferMode }, { loadServerConfig }, { withManageRoutes }] = await Promise.all([
    import('../doctor/check-configuration.ts'),
    import('../terminal/load-server-config.ts'),
    import('../../composition/carrier-commands.ts'),
  ])
  const config = await loadServerConfig(context.env, inferMode(context.env))
  return withStores(context, (stores) => withManageRoutes(config, stores, work))
}

function requireRoutes(result: RouteResult, project: string): ShownRoute[] {
  if (result.ok) return result.routes
  if (result.refusal === 'broken') throw usageFailure(renderIssues(result.issues))
  throw new CommandFailure(`There is no project ${project}. "watchword projects list" shows them.`)
}

function print({ terminal }: CommandContext, routes: ShownRoute[], { json }: { json?: true }): void {
  if (json) {
    terminal.printJson({ routes: routes.map(({ entries, ...route }) => ({ ...route, carriers: entries })) })
    return
  }
  const rows = routes.flatMap(({ channel, source, entries }) =>
    entries.length === 0
      ? [[channel, source, '-', '', '']]
      : entries.map(({ carrier, to, weight }) => [
          channel,
          source,
          carrier,
          to.length === 0 ? 'everywhere' : to.join(', '),
          weight === null ? '-' : `${weight}`,
        ]),
  )
  terminal.print(renderTable(['CHANNEL', 'ROUTE OF', 'CARRIER', 'TO', 'WEIGHT'], rows, terminal))
}
