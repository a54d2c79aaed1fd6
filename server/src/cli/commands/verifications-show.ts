import type { Command } from 'commander'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { loadCurrency } from './load-currency.ts'

/** `watchword verifications show`: one verification with everything that happened to it. */
export function addShow(group: Command, context: CommandContext): void {
  group
    .command('show <id>')
    .description('show one verification with everything that happened to it, never its code')
    .option('--project <ID>', 'of which project; optional if there is only one')
    .option('--json', 'print what the admin API answers')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword verifications show 70db37800000a1b2c3d4e5f6 --project PRJ_abc123def456`,
    )
    .action(async (id: string, options: { project?: string; json?: true }) => {
      const [{ createReadVerifications }, { renderVerificationDetails }] = await Promise.all([
        import('../../engine/operations/read-verifications.ts'),
        import('../../admin/render-verifications.ts'),
      ])
      const currency = await loadCurrency(context.env)
      const found = await withStores(context, async (stores) => {
        const { id: projectId } = await chooseProject(stores.projects, options.project)
        return createReadVerifications(stores).find(projectId, id)
      })
      if (found === null) throw noSuchVerification(id)
      const rendered = renderVerificationDetails(found, currency)
      const { terminal } = context
      if (options.json) return terminal.printJson(rendered)
      const { address, channel, outcome, state, cost, timeline } = rendered
      terminal.print(
        `${address ?? 'erased'}  ${channel}  ${outcome}${state === null ? '' : `  ${state}`}  ${cost} ${currency}`,
      )
      for (const entry of timeline) terminal.print(renderEntry(entry))
    })
}

/** The time, what happened, and what belongs to it. */
function renderEntry({ at, type, ...fields }: { at: string; type: string }): string {
  const told = Object.entries(fields).flatMap(([name, value]) => {
    if (value === null) return []
    return [`${name} ${typeof value === 'object' ? Object.values(value).join(' ') : value}`]
  })
  return `${at.slice(11, 23)}  ${type.padEnd(14)}  ${told.join(', ')}`.trimEnd()
}

const noSuchVerification = (id: string) =>
  new CommandFailure(`The project has no verification ${id}: "watchword verifications list" finds them.`)

/** `watchword verifications reveal`: its addresses in full. */
export function addReveal(group: Command, context: CommandContext): void {
  group
    .command('reveal <id>')
    .description('show the address of a verification in full; needs --reason, and is itself an event')
    .option('--project <ID>', 'of which project; optional if there is only one')
    .requiredOption('--reason <text>', 'why the address is needed in full')
    .option('--json', 'print {"verificationId", "address", "target", "secondAddress"}')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword verifications reveal 70db37800000a1b2c3d4e5f6 --reason "ticket 4711: no code came"`,
    )
    .action(async (id: string, options: { project?: string; reason: string; json?: true }) => {
      const reason = options.reason.trim()
      if (reason.length < 10 || reason.length > 500)
        throw usageFailure('--reason needs 10 to 500 characters: it is kept with the event')
      const [{ createReadVerifications }, { renderRevealed }] = await Promise.all([
        import('../../engine/operations/read-verifications.ts'),
        import('../../admin/render-verifications.ts'),
      ])
      const found = await withStores(context, async (stores) => {
        const { id: projectId } = await chooseProject(stores.projects, options.project)
        return createReadVerifications(stores).reveal(projectId, id, reason)
      })
      if (found === null) throw noSuchVerification(id)
      if (options.json) return context.terminal.printJson(renderRevealed(found))
      context.terminal.print(found.address ?? 'The address was erased.')
    })
}
