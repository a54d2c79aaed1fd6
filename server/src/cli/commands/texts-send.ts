import type { Command } from 'commander'
import type { ProjectId } from '../../domain/project.ts'
import { type CommandContext, withStores } from '../terminal/context.ts'
import { usageFailure } from '../terminal/failure.ts'
import { type KeyTyped, keyArguments, keyHelp, noProject, readKey } from './text-arguments.ts'

/** `watchword texts send`: sends a test message through the carriers that the server would use. */
export function addTextSend(group: Command, context: CommandContext): void {
  group
    .command(`send ${keyArguments} <to>`)
    .description('send the text in force as a test message, with a sample code')
    .option('--json', 'print {"to", "attempts": [{"carrier", "outcome", "detail"}]}')
    .addHelpText(
      'after',
      `${keyHelp}

Reads the configuration of the server, and asks the carriers of the channel in their order, now and once. The code is a
sample and opens nothing. The exit code is 1 when no carrier accepts.

Examples:
  $ watchword texts send PRJ_abc123def456 email code en ada@example.com
  $ watchword texts send PRJ_abc123def456 sms code sw +255712345678 --json`,
    )
    .action((...[project, channel, purpose, locale, to, { json }]: [...KeyTyped, string, { json?: true }]) =>
      send(context, [project, channel, purpose, locale], { to, json: json === true }),
    )
}

async function send(
  context: CommandContext,
  [project, channel, purpose, locale]: KeyTyped,
  { to, json }: { to: string; json: boolean },
): Promise<void> {
  const { terminal } = context
  const key = await readKey(channel, purpose, locale)
  const [{ inferMode }, { loadServerConfig }, { withManageTexts }] = await Promise.all([
    import('../doctor/check-configuration.ts'),
    import('../terminal/load-server-config.ts'),
    import('../../composition/carrier-commands.ts'),
  ])
  const config = await loadServerConfig(context.env, inferMode(context.env))
  const result = await withStores(context, (stores) =>
    withManageTexts(config, stores, (texts) => texts.send(project as ProjectId, key, to)),
  )

  if (!result.ok) {
    if (result.refusal === 'project-unknown') throw noProject(project)
    throw usageFailure(`<to> "${to}" is no address for ${key.channel}`)
  }
  const isAccepted = result.attempts.some(({ outcome }) => outcome === 'accepted')
  if (!isAccepted) context.finish(1)
  if (json) return terminal.printJson({ to: result.to, attempts: result.attempts })
  for (const { carrier, outcome, detail } of result.attempts)
    terminal.print(`${carrier}: ${outcome}${detail === null ? '' : ` (${detail})`}`)
  if (result.attempts.length === 0) terminal.note(`No carrier serves ${key.channel}: nothing was sent.`)
}
