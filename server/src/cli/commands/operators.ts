import type { Command } from 'commander'
import { renderListedOperator, renderOperator } from '../../admin/render-operators.ts'
import { type OperatorRole, operatorRoles } from '../../domain/operator.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Invited, InviteRefusal } from '../../engine/operators/manage-operators.ts'
import type { ListedOperator, OperatorRefusal } from '../../engine/ports/operators.ts'
import type { AddCommand, CommandContext } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'
import { findOperator, withOperators } from './operators-parts.ts'

/** `watchword operators …`: the people who sign in to the console. */
export const addOperatorsCommands: AddCommand = (program, context) => {
  const group = program
    .command('operators')
    .description('invite and list the people who sign in to the console, and change what they may do')
  addList(group, context)
  addInvite(group, context)
  addRole(group, context)
  addRemove(group, context)
  addSignOut(group, context)
}

const refusalMessages: Record<InviteRefusal | OperatorRefusal, string> = {
  'not-an-address': 'This is no e-mail address.',
  taken: 'There is an operator with this address already.',
  'project-unknown': 'There is no such project: "watchword projects list" shows them.',
  unfit: 'An owner has all projects: leave --project out.',
  unknown: 'There is no such operator: "watchword operators list" shows them.',
  'last-owner': 'The last owner cannot go: make another operator an owner first.',
}

function orFail<Result extends { ok: true } | { ok: false; refusal: InviteRefusal | OperatorRefusal }>(
  result: Result,
): Extract<Result, { ok: true }> {
  if (!result.ok) throw new CommandFailure(refusalMessages[result.refusal])
  return result as Extract<Result, { ok: true }>
}

function readRole(written: string): OperatorRole {
  const role = operatorRoles.find((name) => name === written)
  if (role === undefined) throw usageFailure(`a role is one of ${operatorRoles.join(', ')}`)
  return role
}

const roleFlags = '--role <role>'
const projectFlags = '--project <project...>'

function addList(group: Command, context: CommandContext): void {
  group
    .command('list')
    .description('list the operators, oldest first')
    .option('--json', 'print an array')
    .addHelpText('after', '\nExamples:\n  $ watchword operators list')
    .action(async ({ json }: { json?: true }) => {
      const { terminal } = context
      const operators = await withOperators(context, (manage) => manage.list())
      if (json) return terminal.printJson(operators.map(renderListedOperator))
      if (operators.length === 0)
        return terminal.note('There is no operator yet: "watchword operators invite EMAIL --role owner".')
      terminal.print(renderTable(headings, operators.map(renderRow), terminal))
    })
}

const headings = ['OPERATOR', 'EMAIL', 'NAME', 'ROLE', 'PROJECTS', 'LAST SEEN', 'SESSIONS', 'SECOND FACTOR']

const renderRow = (operator: ListedOperator): string[] => [
  operator.id,
  operator.email,
  operator.name,
  operator.role,
  operator.projects?.join(' ') ?? 'all',
  operator.lastSeenAt?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never',
  String(operator.sessions),
  operator.hasSecondFactor ? 'yes' : 'no',
]

type InviteOptions = { role?: string; name?: string; project?: string[]; json?: true }

function addInvite(group: Command, context: CommandContext): void {
  group
    .command('invite <email>')
    .description('print a link that signs an operator in once, and mail it where mail is set up')
    .option(roleFlags, `what a new operator may do: ${operatorRoles.join(', ')}`)
    .option('--name <name>', 'what lists call a new operator')
    .option(projectFlags, 'the projects of a new operator; all by default')
    .option('--json', 'print {"link", "linkExpiresAt", "isMailed", "operator"}')
    .addHelpText(
      'after',
      `
A viewer reads; an operator also changes what a project has; an owner has all rights. The link works once, for 15 minutes;
afterwards the operator signs in with a code by e-mail. For an operator who is there already it makes another link.

Examples:
  $ watchword operators invite ada@example.com --role owner
  $ watchword operators invite ben@example.com --role viewer --project PRJ_abc123def456`,
    )
    .action(async (email: string, options: InviteOptions) =>
      printLink(context, await invite(context, email, options), options.json),
    )
}

const invite = (context: CommandContext, email: string, options: InviteOptions): Promise<Invited> =>
  withOperators(context, async (manage) => {
    const known = await manage.findByEmail(email)
    if (known !== null) {
      const given = [options.role, options.name, options.project].filter((option) => option !== undefined)
      if (given.length > 0)
        throw new CommandFailure(
          `${refusalMessages.taken} Without options this makes another link; "watchword operators role" changes the role.`,
        )
      const invited = await manage.sendLink(known.id)
      if (invited === null) throw new CommandFailure(refusalMessages.unknown)
      return invited
    }
    if (options.role === undefined) throw usageFailure(`a new operator needs ${roleFlags}`)
    const projects = (options.project ?? null) as ProjectId[] | null
    return orFail(
      await manage.invite({ email, role: readRole(options.role), name: options.name ?? null, projects }),
    )
  })

function printLink(
  { terminal }: CommandContext,
  { operator, link, expiresAt, isMailed }: Invited,
  isJson: true | undefined,
): void {
  if (isJson) {
    terminal.printJson({
      link: link.reveal(),
      linkExpiresAt: expiresAt.toISOString(),
      isMailed,
      operator: renderOperator(operator),
    })
    return
  }
  terminal.print(`Operator  ${operator.id} (${operator.email}, ${operator.role})`)
  terminal.print(`Link      ${terminal.paint('bold', link.reveal())}`)
  const mailed = isMailed ? ' It was mailed as well.' : ''
  terminal.note(terminal.paintNote('dim', `The link works once, for 15 minutes.${mailed}`))
}

function addRole(group: Command, context: CommandContext): void {
  group
    .command('role <operator> <role>')
    .description('change what an operator may do, and in which projects')
    .option(projectFlags, 'the projects of the operator; all without it')
    .option('--json', 'print the operator')
    .addHelpText(
      'after',
      `
<operator> is an id or an e-mail address.

Examples:
  $ watchword operators role ben@example.com operator
  $ watchword operators role ben@example.com viewer --project PRJ_abc123def456`,
    )
    .action(async (who: string, written: string, { project, json }: { project?: string[]; json?: true }) => {
      const { terminal } = context
      const role = readRole(written)
      const operator = await withOperators(context, async (manage) => {
        const { id } = await findOperator(manage, who)
        orFail(await manage.change(id, { role, projects: (project ?? null) as ProjectId[] | null }))
        return findOperator(manage, id)
      })
      if (json) return terminal.printJson(renderOperator(operator))
      const where = operator.projects === null ? 'all projects' : operator.projects.join(', ')
      terminal.print(`${operator.email} is now ${operator.role} of ${where}.`)
    })
}

function addRemove(group: Command, context: CommandContext): void {
  group
    .command('remove <operator>')
    .description('remove an operator; the sessions end at once')
    .option('--json', 'print {"operatorId", "removed": true}')
    .addHelpText(
      'after',
      '\n<operator> is an id or an e-mail address.\n\nExamples:\n  $ watchword operators remove ben@example.com',
    )
    .action(async (who: string, { json }: { json?: true }) => {
      const { terminal } = context
      const operator = await withOperators(context, async (manage) => {
        const found = await findOperator(manage, who)
        orFail(await manage.remove(found.id))
        return found
      })
      if (json) return terminal.printJson({ operatorId: operator.id, removed: true })
      terminal.print(`Removed ${operator.id} (${operator.email}).`)
    })
}

function addSignOut(group: Command, context: CommandContext): void {
  group
    .command('sign-out <operator>')
    .description('end every session of an operator')
    .option('--second-factors', 'also remove the second factors, for somebody who has lost them')
    .option('--json', 'print {"operatorId", "sessions"}')
    .addHelpText(
      'after',
      '\n<operator> is an id or an e-mail address.\n\nExamples:\n  $ watchword operators sign-out ben@example.com',
    )
    .action(async (who: string, { secondFactors, json }: { secondFactors?: true; json?: true }) => {
      const { terminal } = context
      const { operator, sessions } = await withOperators(context, async (manage) => {
        const found = await findOperator(manage, who)
        if (secondFactors) await manage.removeSecondFactors(found.id)
        return { operator: found, sessions: (await manage.signOut(found.id)) ?? 0 }
      })
      if (json) return terminal.printJson({ operatorId: operator.id, sessions })
      terminal.print(`Ended ${sessions === 1 ? 'one session' : `${sessions} sessions`} of ${operator.email}.`)
    })
}
