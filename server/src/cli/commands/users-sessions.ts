import type { Command } from 'commander'
import type { SessionId } from '../../domain/session.ts'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'

type SessionOptions = { project?: string; session?: string; json?: true }

const sessionsMax = 200

/** `watchword users sessions` and `end-sessions`: where a user is logged in. */
export function addSessions(group: Command, context: CommandContext): void {
  group
    .command('sessions <id>')
    .description('list the open sessions of a user, newest first')
    .option('--project <ID>', 'in which project; optional if there is only one')
    .option('--json', 'print an array')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword users sessions 42 --project PRJ_abc123def456`,
    )
    .action((id: string, options: SessionOptions) => list(context, id, options))
  group
    .command('end-sessions <id>')
    .description('end the sessions of a user, on every node at once')
    .option('--project <ID>', 'in which project; optional if there is only one')
    .option('--session <ID>', 'only this one')
    .option('--json', 'print {"ended": n}')
    .addHelpText(
      'after',
      `
The user may log in again: "watchword users disable" prevents that.

Examples:
  $ watchword users end-sessions 42 --project PRJ_abc123def456
  $ watchword users end-sessions 42 --session 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0`,
    )
    .action((id: string, options: SessionOptions) => end(context, id, options))
}

async function list(context: CommandContext, text: string, options: SessionOptions): Promise<void> {
  const accountId = readUserId(text)
  const { renderSession } = await import('../../admin/user-sessions.ts')
  const sessions = await withStores(context, async ({ projects, accounts, userSessions }) => {
    const { id: projectId } = await chooseProject(projects, options.project)
    if ((await accounts.find(projectId, accountId)) === null) throw noSuchUser(projectId, text)
    return userSessions.list({ projectId, accountId, after: null, limit: sessionsMax })
  })
  const rendered = sessions.map(renderSession)
  const { terminal } = context
  if (options.json) return terminal.printJson(rendered)
  if (rendered.length === 0) return terminal.note('The user has no open session.')
  const rows = rendered.map(({ sessionId, mount, label, createdAt, lastUsedAt }) => [
    sessionId,
    mount ?? '-',
    label ?? '-',
    createdAt,
    lastUsedAt,
  ])
  terminal.print(renderTable(['SESSION', 'MOUNT', 'LABEL', 'OPENED', 'LAST USED'], rows, terminal))
}

async function end(context: CommandContext, text: string, options: SessionOptions): Promise<void> {
  const accountId = readUserId(text)
  const { session } = options
  if (session !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(session))
    throw usageFailure(`--session takes the id of a session; "${session}" is none`)
  const ended = await withStores(context, async ({ projects, accounts, userSessions }) => {
    const { id: projectId } = await chooseProject(projects, options.project)
    if ((await accounts.find(projectId, accountId)) === null) throw noSuchUser(projectId, text)
    return userSessions.end({ projectId, accountId, sessionId: (session ?? null) as SessionId | null })
  })
  if (session !== undefined && ended.length === 0)
    throw new CommandFailure(`User ${text} has no open session ${session}.`)
  if (options.json) return context.terminal.printJson({ ended: ended.length })
  context.terminal.print(
    `Ended ${ended.length} ${ended.length === 1 ? 'session' : 'sessions'} of user ${text}.`,
  )
}

function readUserId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw usageFailure(`"${text}" is not the number of a user: "watchword users list" shows those there are`)
}

const noSuchUser = (projectId: string, id: string) =>
  new CommandFailure(`Project ${projectId} has no user ${id}: "watchword users list" shows those there are.`)
