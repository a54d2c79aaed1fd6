import type { Command } from 'commander'
import { channels, isRegion } from '../../domain/address.ts'
import { verificationOutcomes } from '../../domain/verification.ts'
import { type AddCommand, type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { readMomentOption } from '../terminal/moments.ts'
import { readCountOption, readWordOption } from '../terminal/options.ts'
import { renderTable } from '../terminal/terminal.ts'
import { addReveal, addShow } from './verifications-show.ts'

type ListOptions = {
  project?: string
  search?: string
  channel?: string
  carrier?: string
  country?: string
  outcome?: string
  from?: string
  to?: string
  after?: string
  limit?: string
  json?: true
}

/** `watchword verifications …`: what became of codes. */
export const addVerificationsCommands: AddCommand = (program, context) => {
  const group = program.command('verifications').description('find what became of codes')
  addList(group, context)
  addShow(group, context)
  addReveal(group, context)
}

function addList(group: Command, context: CommandContext): void {
  group
    .command('list')
    .description('list what became of codes, newest first, with masked addresses')
    .option('--project <ID>', 'of which project; optional if there is only one')
    .option('--search <text>', 'only of this address in any spelling, this recordId, or this verification')
    .option('--channel <channel>', `only by this channel: ${channels.join(', ')}`)
    .option('--carrier <name>', 'only by this carrier')
    .option('--country <code>', 'only to this country, such as CI')
    .option('--outcome <outcome>', `only with this outcome: ${verificationOutcomes.join(', ')}`)
    .option('--from <when>', 'requested from this date or moment on (UTC)')
    .option('--to <when>', 'requested before this date or moment (UTC)')
    .option('--after <id>', 'continue after this verification')
    .option('--limit <N>', 'how many; 50 by default, 200 at most')
    .option('--json', 'print {"verifications", "next"}')
    .addHelpText(
      'after',
      `
A filter looks through a few thousand verifications at a time; the last line says where to continue.

Examples:
  $ watchword verifications list --search "0712 345 678" --project PRJ_abc123def456
  $ watchword verifications list --carrier orange --outcome undelivered --from 2030-01-31`,
    )
    .action((options: ListOptions) => list(context, options))
}

async function list(context: CommandContext, options: ListOptions): Promise<void> {
  const { terminal } = context
  const { search = null, country = null, carrier = null, after } = options
  if (country !== null && !isRegion(country))
    throw usageFailure(`--country takes two letters such as CI; "${country}" is no country`)
  const query = {
    search,
    carrier,
    country,
    channel: readWordOption('--channel', options.channel, channels),
    outcome: readWordOption('--outcome', options.outcome, verificationOutcomes),
    from: readMomentOption('--from', options.from),
    until: readMomentOption('--to', options.to),
    limit: readCountOption('--limit', options.limit, { normal: 50, max: 200 }),
  }
  const [{ createReadVerifications, readChallengeId }, { renderVerification }] = await Promise.all([
    import('../../engine/operations/read-verifications.ts'),
    import('../../admin/render-verifications.ts'),
  ])
  const afterId = after === undefined ? null : readChallengeId(after)
  if (after !== undefined && afterId === null)
    throw usageFailure(`--after takes the id of a verification; "${after}" is none`)
  const page = await withStores(context, async (stores) => {
    const { id: projectId } = await chooseProject(stores.projects, options.project)
    return createReadVerifications(stores).page({ ...query, projectId, after: afterId })
  })
  if (page === null) throw new CommandFailure('The project is gone.')
  const verifications = page.verifications.map(renderVerification)
  if (options.json) return terminal.printJson({ verifications, next: page.next })
  if (verifications.length > 0) terminal.print(renderTable(headings, verifications.map(renderRow), terminal))
  if (page.next !== null) terminal.note(`There may be more: continue with --after ${page.next}.`)
  else if (verifications.length === 0) terminal.note('There is no such verification.')
}

const headings = [
  'VERIFICATION',
  'REQUESTED',
  'ADDRESS',
  'CHANNEL',
  'CARRIER',
  'COUNTRY',
  'OUTCOME',
  'SECONDS',
]

type Rendered = ReturnType<typeof import('../../admin/render-verifications.ts')['renderVerification']>

const renderRow = (verification: Rendered): string[] => [
  verification.verificationId,
  verification.createdAt,
  verification.address ?? '-',
  verification.channel,
  verification.carrier ?? '-',
  verification.country ?? '-',
  verification.outcome,
  verification.secondsToVerify?.toFixed(1) ?? '-',
]
