import type { Command } from 'commander'
import { renderUser } from '../../admin/render.ts'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'
import { noSuchBusiness, readNumber } from './businesses-change.ts'

const pageSize = 200
const projectFlags = ['--project <ID>', 'in which project; optional if there is only one'] as const

type Options = { project?: string; json?: true }

/** `watchword businesses members`: who belongs to a business. */
export function addMembers(group: Command, context: CommandContext): void {
  group
    .command('members <id>')
    .description(`list the members of a business by number, ${pageSize} at a time`)
    .option(...projectFlags)
    .option('--after <user>', 'continue after this user')
    .option('--json', 'print an array of users')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword businesses members 123 --project PRJ_abc123def456`,
    )
    .action(async (text: string, options: Options & { after?: string }) => {
      const businessId = readNumber(text)
      const after = options.after === undefined ? 0 : readNumber(options.after)
      const members = await withStores(context, async ({ projects, businesses }) => {
        const { id: projectId } = await chooseProject(projects, options.project)
        if ((await businesses.find(projectId, businessId)) === null) throw noSuchBusiness(text)
        return businesses.members({ projectId, businessId, after, limit: pageSize })
      })
      const { terminal } = context
      if (options.json) return terminal.printJson(members.map(renderUser))
      if (members.length === 0) return terminal.note('The business has no member.')
      const rows = members.map(({ id, type, email, phone }) => [`${id}`, type, email ?? '-', phone ?? '-'])
      terminal.print(renderTable(['USER', 'TYPE', 'E-MAIL', 'PHONE'], rows, terminal))
      if (members.length === pageSize)
        terminal.note(`There may be more: continue with --after ${members.at(-1)?.id}.`)
    })
}

/** `watchword businesses join` and `leave`: who becomes a member, and who is none any more. */
export function addJoinAndLeave(group: Command, context: CommandContext): void {
  addMembership(group, context, { name: 'join', description: 'make a user a member of a business' })
  addMembership(group, context, { name: 'leave', description: 'end a membership' })
}

function addMembership(
  group: Command,
  context: CommandContext,
  { name, description }: { name: 'join' | 'leave'; description: string },
): void {
  group
    .command(`${name} <id> <user>`)
    .description(description)
    .option(...projectFlags)
    .option('--json', 'print {"businessId", "userId"}')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword businesses ${name} 123 42 --project PRJ_abc123def456`,
    )
    .action(async (business: string, user: string, options: Options) => {
      const [businessId, userId] = [readNumber(business), readNumber(user)]
      const isDone = await withStores(context, async ({ projects, businesses }) => {
        const { id: projectId } = await chooseProject(projects, options.project)
        return name === 'join'
          ? businesses.addMember(projectId, businessId, userId)
          : businesses.removeMember(projectId, businessId, userId)
      })
      if (!isDone)
        throw new CommandFailure(
          name === 'join'
            ? `There is no business ${business}, or no user ${user}.`
            : `User ${user} is no member of business ${business}.`,
        )
      if (options.json) return context.terminal.printJson({ businessId, userId })
      context.terminal.print(
        name === 'join'
          ? `User ${user} is a member of business ${business}.`
          : `User ${user} has left business ${business}.`,
      )
    })
}
