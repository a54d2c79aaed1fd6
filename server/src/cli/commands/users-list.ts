import type { Command } from 'commander'
import { renderUser } from '../../admin/render.ts'
import { type Account, type AccountType, accountTypes } from '../../domain/account.ts'
import { parseEmailAddress, parsePhoneNumber } from '../../domain/address.ts'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'

type ListOptions = {
  project?: string
  type?: string
  email?: string
  phone?: string
  after?: string
  json?: true
}

/** The page size of the admin API. */
const pageSize = 200

/** `watchword users list`: the users of a project, with their numbers. */
export function addList(group: Command, context: CommandContext): void {
  group
    .command('list')
    .description(`list users by number, ${pageSize} at a time`)
    .option('--project <ID>', 'of which project; optional if there is only one')
    .option('--type <type>', `only those of this type: ${accountTypes.join(', ')}`)
    .option('--email <address>', 'only with this e-mail address, proven or not')
    .option('--phone <number>', 'only with this phone, proven or not')
    .option('--after <id>', 'continue after this number')
    .option('--json', 'print an array')
    .addHelpText(
      'after',
      `
"users disable" and "users enable" take the numbers. An address in brackets is one that nobody has proven.

Examples:
  $ watchword users list --project PRJ_abc123def456
  $ watchword users list --project PRJ_abc123def456 --email ada@example.com
  $ watchword users list --project PRJ_abc123def456 --type AGENT --after 200 --json`,
    )
    .action((options: ListOptions) => list(context, options))
}

async function list(context: CommandContext, options: ListOptions): Promise<void> {
  const { terminal } = context
  const type = readType(options.type)
  const after = readId(options.after ?? '0')
  const { createManageAccounts } = await import('../../engine/operations/manage-accounts.ts')
  const email = readAddress('--email', options.email, parseEmailAddress)
  const users = await withStores(context, async (stores) => {
    const { id: projectId, settings } = await chooseProject(stores.projects, options.project)
    const phone = readAddress('--phone', options.phone, (text) => parsePhoneNumber(text, settings))
    return createManageAccounts(stores).list({ projectId, type, email, phone, after, limit: pageSize })
  })
  if (options.json) return terminal.printJson(users.map(renderUser))
  if (users.length === 0) return terminal.note('There is no such user.')
  terminal.print(renderTable(headings, users.map(renderRow), terminal))
  if (users.length === pageSize)
    terminal.note(`There may be more: continue with --after ${users.at(-1)?.id}.`)
}

function readType(text: string | undefined): AccountType | null {
  if (text === undefined) return null
  const type = accountTypes.find((known) => known === text.toUpperCase())
  if (type === undefined)
    throw usageFailure(`--type takes ${accountTypes.join(', ')}; "${text}" is none of them`)
  return type
}

function readAddress<Kind>(
  option: string,
  text: string | undefined,
  parse: (text: string) => Kind | null,
): Kind | null {
  const address = text === undefined ? null : parse(text)
  if (text !== undefined && address === null)
    throw usageFailure(
      `${option} takes ${option === '--email' ? 'an e-mail address' : 'a phone number'}; "${text}" is none`,
    )
  return address
}

function readId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw usageFailure(`--after takes the number of a user; "${text}" is none`)
}

const headings = ['USER', 'TYPE', 'E-MAIL', 'PHONE', 'NAME', 'STATE', 'CREATED']

const renderRow = (account: Account): string[] => [
  String(account.id),
  account.type,
  renderAddress(account.email, account.emailVerifiedAt),
  renderAddress(account.phone, account.phoneVerifiedAt),
  account.fullName ??
    ([account.firstName, account.lastName].filter((part) => part !== null).join(' ') || '-'),
  account.isActive ? 'active' : 'disabled',
  account.createdAt.toISOString().slice(0, 10),
]

const renderAddress = (address: string | null, provenAt: Date | null): string => {
  if (address === null) return '-'
  return provenAt === null ? `(${address})` : address
}
