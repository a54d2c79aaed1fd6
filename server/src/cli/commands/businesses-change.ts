import type { Command } from 'commander'
import { renderBusiness } from '../../admin/render.ts'
import type { BusinessChange } from '../../engine/ports/businesses.ts'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'

const pageSize = 200
const projectFlags = ['--project <ID>', 'in which project; optional if there is only one'] as const

type Options = { project?: string; json?: true }

/** `watchword businesses list`: those there are. */
export function addList(group: Command, context: CommandContext): void {
  group
    .command('list')
    .description(`list businesses by number, ${pageSize} at a time`)
    .option(...projectFlags)
    .option('--after <id>', 'continue after this number')
    .option('--json', 'print an array')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword businesses list --project PRJ_abc123def456`,
    )
    .action(async (options: Options & { after?: string }) => {
      const after = options.after === undefined ? 0 : readNumber(options.after)
      const page = await withStores(context, async ({ projects, businesses }) => {
        const { id: projectId } = await chooseProject(projects, options.project)
        return businesses.list({ projectId, after, limit: pageSize })
      })
      const { terminal } = context
      if (options.json) return terminal.printJson(page.map(renderBusiness))
      if (page.length === 0) return terminal.note('There is no such business.')
      const rows = page.map(({ id, name, type, isVerified }) => [
        `${id}`,
        name,
        type,
        isVerified ? 'yes' : 'no',
      ])
      terminal.print(renderTable(['BUSINESS', 'NAME', 'TYPE', 'VERIFIED'], rows, terminal))
      if (page.length === pageSize)
        terminal.note(`There may be more: continue with --after ${page.at(-1)?.id}.`)
    })
}

type UpdateOptions = Options & { name?: string; type?: string; verified?: boolean }

/** `watchword businesses update`: what the options leave out stays. */
export function addUpdate(group: Command, context: CommandContext): void {
  group
    .command('update <id>')
    .description('change name, type or standing of a business')
    .option(...projectFlags)
    .option('--name <name>', 'what it is called')
    .option('--type <type>', 'what kind of business, such as retailer')
    .option('--verified', 'mark it as verified')
    .option('--no-verified', 'mark it as not verified')
    .option('--json', 'print {"businessId", "name", "type", "isVerified"}')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword businesses update 123 --verified --project PRJ_abc123def456`,
    )
    .action(async (text: string, options: UpdateOptions) => {
      const id = readNumber(text)
      const change = await readChange(options)
      const business = await withStores(context, async ({ projects, businesses }) => {
        const { id: projectId } = await chooseProject(projects, options.project)
        return businesses.change(projectId, id, change)
      })
      if (business === null) throw noSuchBusiness(text)
      if (options.json) return context.terminal.printJson(renderBusiness(business))
      context.terminal.print(`Changed business ${id}.`)
    })
}

async function readChange({ name, type, verified }: UpdateOptions): Promise<BusinessChange> {
  const { parseDisplayText } = await import('../../domain/display-text.ts')
  const change: BusinessChange = verified === undefined ? {} : { isVerified: verified }
  for (const [field, given] of [
    ['name', name],
    ['type', type],
  ] as const) {
    if (given === undefined) continue
    const text = parseDisplayText(given)
    if (text === null) throw usageFailure(`--${field} must be a text that can be read`)
    change[field] = text
  }
  if (Object.keys(change).length === 0)
    throw usageFailure('Say what is to change: --name, --type, --verified or --no-verified')
  return change
}

/** `watchword businesses delete`: its members stay users. */
export function addDelete(group: Command, context: CommandContext): void {
  group
    .command('delete <id>')
    .description('remove a business; its members stay users')
    .option(...projectFlags)
    .option('--json', 'print {"businessId", "deleted": true}')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword businesses delete 123 --project PRJ_abc123def456`,
    )
    .action(async (text: string, options: Options) => {
      const id = readNumber(text)
      const isRemoved = await withStores(context, async ({ projects, businesses }) => {
        const { id: projectId } = await chooseProject(projects, options.project)
        return businesses.remove(projectId, id)
      })
      if (!isRemoved) throw noSuchBusiness(text)
      if (options.json) return context.terminal.printJson({ businessId: id, deleted: true })
      context.terminal.print(`Removed business ${id}.`)
    })
}

export function readNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw usageFailure(`"${text}" is not the number of a business or a user`)
}

export const noSuchBusiness = (id: string) =>
  new CommandFailure(`There is no business ${id}: "watchword businesses list" shows those there are.`)
