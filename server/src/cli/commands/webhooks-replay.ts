import type { Command } from 'commander'
import type { CommandContext } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { readMomentOption } from '../terminal/moments.ts'
import { withWebhooks } from './webhooks-parts.ts'

type ReplayOptions = { event?: string; from?: string; to?: string; json?: true }

/** `watchword webhooks replay`: delivers events again, or events from before the webhook existed. */
export function addReplay(group: Command, context: CommandContext): void {
  group
    .command('replay <project> <webhook>')
    .description('deliver one event, or all of a period, again, with the same ids')
    .option('--event <ID>', 'this event')
    .option('--from <when>', 'all from this date or moment on (UTC), at most 30 days back')
    .option('--to <when>', 'all before this date or moment (UTC); by default now')
    .option('--json', 'print {"deliveries"}')
    .addHelpText(
      'after',
      '\nExamples:\n  $ watchword webhooks replay PRJ_abc123def456 WHK_0f1e2d3c4b5a --from 2030-01-31T08:00:00Z',
    )
    .action(async (project: string, webhook: string, options: ReplayOptions) => {
      const what = readWhat(options)
      const count = await withWebhooks(context, project, (manage, id) => manage.replay(id, webhook, what))
      if (count === null)
        throw new CommandFailure('There is no such webhook: "watchword webhooks list PROJECT" shows them.')
      if (options.json) return context.terminal.printJson({ deliveries: count })
      context.terminal.print(`${count} event(s) will be delivered again.`)
    })
}

function readWhat({
  event,
  from: typedFrom,
  to,
}: ReplayOptions): { eventId: string } | { from: Date; until: Date } {
  if (event !== undefined) {
    if (!/^[0-9a-f]{24}$/.test(event)) throw usageFailure('--event takes the 24 digits of an event')
    return { eventId: event }
  }
  const from = readMomentOption('--from', typedFrom)
  if (from === null) throw usageFailure('Say --event, or --from')
  // A minute later than now, for a database whose clock is ahead of this machine's.
  return { from, until: readMomentOption('--to', to) ?? new Date(Date.now() + 60_000) }
}
