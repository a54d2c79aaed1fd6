import type { SpendingReport } from '../../engine/operations/read-spending.ts'
import { type AddCommand, type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'
import { loadCurrency } from './load-currency.ts'

type SpendingOptions = { project?: string; from?: string; until?: string; json?: true }

/** `watchword spending`: what the messages of a project have cost. */
export const addSpendingCommand: AddCommand = (program, context) => {
  program
    .command('spending')
    .description('show what messages have cost, by day, carrier and country')
    .option('--project <ID>', 'of which project; optional if there is only one')
    .option('--from <DAY>', 'from this day of UTC on, such as 2026-03-01')
    .option('--until <DAY>', 'until this day, which is included')
    .option('--json', 'print {"currency", "caps", "total", "spending"}')
    .addHelpText(
      'after',
      `
Prices stand in the file that WATCHWORD_CONFIG names; what has no price costs nothing and is not listed.

Examples:
  $ watchword spending --project PRJ_abc123def456
  $ watchword spending --from 2026-03-01 --until 2026-03-31 --json`,
    )
    .action((options: SpendingOptions) => show(context, options))
}

async function show(context: CommandContext, options: SpendingOptions): Promise<void> {
  const [{ createReadSpending, parseDay }, { renderSpending }] = await Promise.all([
    import('../../engine/operations/read-spending.ts'),
    import('../../admin/spending.ts'),
  ])
  const dayOf = (option: 'from' | 'until'): string | null => {
    const typed = options[option]
    const day = typed === undefined ? null : parseDay(typed)
    if (typed !== undefined && day === null)
      throw usageFailure(`--${option} must be a day such as 2026-03-01`)
    return day
  }
  const [from, until] = [dayOf('from'), dayOf('until')]
  const currency = await loadCurrency(context.env)
  const report = await withStores(context, async (stores) => {
    const { id: projectId } = await chooseProject(stores.projects, options.project)
    return createReadSpending({ ...stores, currency })({ projectId, from, until })
  })
  if (report === null) return
  if (options.json) return context.terminal.printJson(renderSpending(report))
  printReport(context, report, renderSpending(report))
}

function printReport(
  { terminal }: CommandContext,
  { currency }: SpendingReport,
  { caps, total, spending }: ReturnType<typeof import('../../admin/spending.ts').renderSpending>,
): void {
  if (spending.length === 0) terminal.note('Nothing was spent.')
  else {
    const rows = spending.map(({ day, channel, carrier, country, messages, cost }) => [
      day,
      carrier,
      country ?? '-',
      channel,
      `${messages}`,
      cost.toFixed(4),
    ])
    const headings = ['DAY', 'CARRIER', 'COUNTRY', 'CHANNEL', 'MESSAGES', `COST ${currency}`]
    terminal.print(renderTable(headings, rows, terminal))
    terminal.print(`Total ${total.toFixed(4)} ${currency}`)
  }
  const cap = (amount: number | null) => (amount === null ? 'none' : `${amount} ${currency}`)
  terminal.note(`Caps: ${cap(caps.perDay)} a day, ${cap(caps.perMonth)} a month.`)
}
