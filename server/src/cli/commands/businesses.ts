import { renderBusiness } from '../../admin/render.ts'
import { type AddCommand, type CommandContext, chooseProject, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { addDelete, addList, addUpdate } from './businesses-change.ts'
import { addJoinAndLeave, addMembers } from './businesses-members.ts'

type CreateOptions = { project?: string; type: string; id?: string; verified?: true; json?: true }

/** `watchword businesses …`: what users may belong to. */
export const addBusinessesCommands: AddCommand = (program, context) => {
  const group = program.command('businesses').description('manage the businesses that users belong to')
  group
    .command('create <name>')
    .description('create a business')
    .option('--project <ID>', 'in which project; optional if there is only one')
    .requiredOption('--type <type>', 'what kind of business, such as retailer')
    .option('--id <N>', 'its number; by default the next free one')
    .option('--verified', 'mark it as verified')
    .option('--json', 'print {"businessId", "name", "type", "isVerified"}')
    .addHelpText(
      'after',
      `
Users join a business by "watchword businesses join", or by the column business_ids of "watchword users import".

Examples:
  $ watchword businesses create "My Store" --project PRJ_abc123def456 --type retailer --id 123 --verified`,
    )
    .action((name: string, options: CreateOptions) => create(context, name, options))
  addList(group, context)
  addUpdate(group, context)
  addDelete(group, context)
  addMembers(group, context)
  addJoinAndLeave(group, context)
}

async function create(context: CommandContext, name: string, options: CreateOptions): Promise<void> {
  const { createManageAccounts } = await import('../../engine/operations/manage-accounts.ts')
  if (options.id !== undefined && !/^[1-9]\d{0,14}$/.test(options.id)) {
    throw usageFailure('--id must be a whole number from 1')
  }
  const id = options.id === undefined ? null : Number(options.id)
  const business = await withStores(context, async (stores) => {
    const project = await chooseProject(stores.projects, options.project)
    return createManageAccounts(stores).createBusiness({
      projectId: project.id,
      id,
      name,
      type: options.type,
      isVerified: options.verified === true,
    })
  })
  if (business === null) {
    throw new CommandFailure(
      id === null
        ? 'A business needs a name and a type that can be read.'
        : `There is a business ${id} already.`,
    )
  }
  if (options.json) return context.terminal.printJson(renderBusiness(business))
  context.terminal.print(
    `Business ${business.id}  ${business.name} (${business.type}${business.isVerified ? ', verified' : ''})`,
  )
}
