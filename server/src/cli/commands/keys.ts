import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { renderKey } from '../../admin/render.ts'
import { hashApiKey } from '../../domain/api-key.ts'
import { type ApiKey, type ApiKeyScope, apiKeyScopes } from '../../engine/ports/api-keys.ts'
import { type AddCommand, type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'

/** `watchword keys …`: the API keys with which programs call a project. */
export const addKeysCommands: AddCommand = (program, context) => {
  const group = program.command('keys').description('create, list and revoke API keys')
  addCreate(group, context)
  addList(group, context)
  addRevoke(group, context)
}

type CreateOptions = { name?: string; scope?: string[]; expires?: string; json?: true }

function addCreate(group: Command, context: CommandContext): void {
  group
    .command('create <project>')
    .description('create an API key for a project and the others of its workspace')
    .option('--name <name>', 'what lists call it')
    .option('--scope <scope...>', `what it may do: ${apiKeyScopes.join(', ')}; by default "otp"`)
    .option(
      '--expires <when>',
      'when it expires: a date (its end, UTC), a moment, or a time such as 90d or 12h',
    )
    .option('--json', 'print {"keyId", "apiKey", …}')
    .addHelpText(
      'after',
      `
The key is shown once and kept nowhere. "otp" sends and checks codes; "otp:read-code" shows codes in answers that may show them.

Examples:
  $ watchword keys create PRJ_abc123def456 --name checkout --expires 90d
  $ watchword keys create PRJ_abc123def456 --scope otp otp:read-code --json`,
    )
    .action((project: string, options: CreateOptions) => create(context, project, options))
}

async function create(context: CommandContext, projectId: string, options: CreateOptions): Promise<void> {
  const { createManageKeys } = await import('../../engine/operations/manage-keys.ts')
  const wanted = {
    name: options.name ?? 'Command line',
    scopes: readScopes(options.scope ?? ['otp']),
    expiresAt: options.expires === undefined ? null : readExpiry(options.expires, new Date()),
  }
  const made = await withStores(context, async (stores) => {
    const { id } = await chooseProject(stores.projects, projectId)
    return createManageKeys(stores).create(id, wanted)
  })
  if (made === null) throw new CommandFailure(`There is no project ${projectId}.`)

  const { terminal } = context
  const apiKey = made.key.reveal()
  if (options.json) return terminal.printJson({ apiKey, ...renderKey(made.stored) })
  terminal.print(`Key id   ${made.stored.id}`)
  terminal.print(`API key  ${terminal.paint('bold', apiKey)}`)
  terminal.note(terminal.paintNote('dim', 'Keep the key now: it is not stored and cannot be shown again.'))
}

function readScopes(given: string[]): ApiKeyScope[] {
  const words = given.flatMap((word) => word.split(',')).filter((word) => word !== '')
  const wrong = words.filter((word) => !apiKeyScopes.some((scope) => scope === word))
  if (wrong.length === 0 && words.length > 0) return [...new Set(words)] as ApiKeyScope[]
  throw usageFailure(
    `--scope takes ${apiKeyScopes.join(' and ')}; ${wrong.join(', ') || 'nothing'} is none of them`,
  )
}

const unitMilliseconds = { h: 3_600_000, d: 86_400_000 }

/** A date counts to its end, so that a key "until the 31st" works on the 31st. */
function readExpiry(typed: string, now: Date): Date {
  const milliseconds = readMoment(typed, now.getTime())
  if (Number.isNaN(milliseconds)) {
    throw usageFailure(
      `--expires takes 2030-12-31, 2030-12-31T18:00:00Z, 90d or 12h; "${typed}" is none of them`,
    )
  }
  if (milliseconds <= now.getTime()) throw usageFailure(`--expires "${typed}" is in the past`)
  return new Date(milliseconds)
}

function readMoment(typed: string, now: number): number {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(typed) ?? []
  if (count !== undefined) return now + Number(count) * unitMilliseconds[unit as 'h' | 'd']
  if (/^\d{4}-\d{2}-\d{2}$/.test(typed)) return Date.parse(`${typed}T00:00:00Z`) + unitMilliseconds.d
  return /^\d{4}-\d{2}-\d{2}T/.test(typed) ? Date.parse(typed) : Number.NaN
}

function addList(group: Command, context: CommandContext): void {
  group
    .command('list <project>')
    .description('list the keys that open a project, oldest first, without their texts')
    .option('--json', 'print an array')
    .addHelpText('after', '\nExamples:\n  $ watchword keys list PRJ_abc123def456')
    .action(async (projectId: string, { json }: { json?: true }) => {
      const { terminal } = context
      const keys = await withStores(context, async ({ projects, keys }) => {
        const { workspaceId } = await chooseProject(projects, projectId)
        return keys.list(workspaceId)
      })
      if (json) return terminal.printJson(keys.map(renderKey))
      if (keys.length === 0)
        return terminal.note(`There is no key yet: "watchword keys create ${projectId}".`)
      terminal.print(renderTable(headings, keys.map(renderRow), terminal))
    })
}

const headings = ['KEY', 'BEGINS', 'NAME', 'SCOPES', 'CREATED', 'LAST USED', 'STATE']

const renderRow = (key: ApiKey): string[] => [
  key.id,
  `${key.prefix}…`,
  key.name,
  key.scopes.join(' '),
  key.createdAt.toISOString().slice(0, 10),
  key.lastUsedAt?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never',
  stateOf(key),
]

function stateOf({ revokedAt, expiresAt }: ApiKey): string {
  if (revokedAt !== null) return `revoked ${revokedAt.toISOString().slice(0, 10)}`
  if (expiresAt === null) return 'open'
  return `${expiresAt <= new Date() ? 'expired' : 'until'} ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')}`
}

const keyOnCommandLine =
  'A whole key on the command line stands in the list of processes and in the history of the shell. Give its id next time, or - and the key on standard input.'

function addRevoke(group: Command, context: CommandContext): void {
  group
    .command('revoke <key>')
    .description('end a key on every node within a second')
    .option('--json', 'print {"keyId", "revoked": true}')
    .addHelpText(
      'after',
      `
<key> is the id or the beginning that "keys list" shows, or - to read a whole key that has leaked from standard input: what
stands on the command line can be read by everybody on this machine while it runs.

Examples:
  $ watchword keys revoke KEY_0f1e2d3c4b5a
  $ watchword keys revoke ww_AbC123
  $ watchword keys revoke - < leaked-key`,
    )
    .action(async (argument: string, { json }: { json?: true }) => {
      const { createManageKeys } = await import('../../engine/operations/manage-keys.ts')
      const { terminal } = context
      if (hashApiKey(argument) !== null) terminal.note(terminal.paintNote('dim', keyOnCommandLine))
      const given = argument === '-' ? (await text(process.stdin)).trim() : argument
      const key = await withStores(context, (stores) => createManageKeys(stores).revokeAnywhere(given))
      // The argument may be a key, so it is not repeated.
      if (key === null) {
        throw new CommandFailure(
          'There is no such key, or it is revoked already: "watchword keys list PROJECT" shows them.',
        )
      }
      if (json) return terminal.printJson({ keyId: key.id, revoked: true })
      terminal.print(`Revoked ${key.id} (${key.prefix}…, ${key.name}).`)
    })
}
