import { channels, isRegion } from '../../domain/address.ts'
import type { OverviewResult } from '../../engine/operations/read-overview.ts'
import { overviewSteps } from '../../engine/ports/overview.ts'
import { type AddCommand, type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { usageFailure } from '../terminal/failure.ts'
import { readMomentOption } from '../terminal/moments.ts'
import { readWordOption } from '../terminal/options.ts'
import { renderTable } from '../terminal/terminal.ts'
import { loadCurrency } from './load-currency.ts'

type OverviewOptions = {
  project?: string
  from?: string
  to?: string
  step?: string
  channel?: string
  country?: string
  carrier?: string
  json?: true
}

/** `watchword overview`: how codes fare. */
export const addOverviewCommand: AddCommand = (program, context) => {
  program
    .command('overview')
    .description('show what was sent, delivered and verified, by channel, country and carrier')
    .option('--project <ID>', 'of which project; optional if there is only one')
    .option('--from <when>', 'from this date or moment on (UTC); the last 24 hours by default')
    .option('--to <when>', 'before this date or moment (UTC); now by default')
    .option('--step <step>', `of the series that --json prints: ${overviewSteps.join(', ')}`)
    .option('--channel <channel>', `only by this channel: ${channels.join(', ')}`)
    .option('--country <code>', 'only to this country, such as CI')
    .option('--carrier <name>', 'only by this carrier')
    .option('--json', 'print what the admin API answers')
    .addHelpText(
      'after',
      `
The range is extended to whole steps of UTC. A code counts when it was requested.

Examples:
  $ watchword overview --project PRJ_abc123def456
  $ watchword overview --from 2030-01-01 --to 2030-02-01 --country CI --json`,
    )
    .action((options: OverviewOptions) => show(context, options))
}

async function show(context: CommandContext, options: OverviewOptions): Promise<void> {
  const { country = null, carrier = null } = options
  if (country !== null && !isRegion(country))
    throw usageFailure(`--country takes two letters such as CI; "${country}" is no country`)
  const asked = {
    country,
    carrier,
    from: readMomentOption('--from', options.from),
    until: readMomentOption('--to', options.to),
    step: readWordOption('--step', options.step, overviewSteps),
    channel: readWordOption('--channel', options.channel, channels),
  }
  const [{ createReadOverview }, { renderOverview, renderRangeRefusal }] = await Promise.all([
    import('../../engine/operations/read-overview.ts'),
    import('../../admin/overview.ts'),
  ])
  const currency = await loadCurrency(context.env)
  const result: OverviewResult = await withStores(context, async (stores) => {
    const { id: projectId } = await chooseProject(stores.projects, options.project)
    return createReadOverview(stores)({ ...asked, projectId })
  })
  if (!result.ok)
    throw usageFailure(
      result.refusal === 'project-unknown' ? 'The project is gone' : renderRangeRefusal(result.refusal),
    )
  const overview = renderOverview(result, currency)
  const { terminal } = context
  if (options.json) return terminal.printJson(overview)
  const { from, until, total } = overview
  const groups = [
    ...overview.channels.map(({ channel, ...counts }) => rowOf(channel, counts)),
    ...overview.countries.map(({ country, ...counts }) => rowOf(country ?? 'no country', counts)),
    ...overview.carriers.map(({ carrier, ...counts }) => rowOf(carrier ?? 'no carrier', counts)),
  ]
  const headings = [
    '',
    'SENT',
    'DELIVERED',
    'VERIFIED',
    'CONVERSION',
    'MEDIAN S',
    'P95 S',
    `COST ${currency}`,
  ]
  terminal.print(renderTable(headings, [rowOf('all', total), ...groups], terminal))
  terminal.note(`From ${from} until ${until}.`)
}

type Counts = ReturnType<typeof import('../../admin/overview.ts')['renderOverview']>['total']

const rowOf = (name: string, counts: Counts): string[] => [
  name,
  String(counts.sent),
  String(counts.delivered),
  String(counts.verified),
  counts.conversion === null ? '-' : `${(counts.conversion * 100).toFixed(1)} %`,
  counts.medianSeconds?.toFixed(1) ?? '-',
  counts.p95Seconds?.toFixed(1) ?? '-',
  counts.cost.toFixed(4),
]
