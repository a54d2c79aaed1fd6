import type { Operator, OperatorId } from '../../domain/operator.ts'
import type { ManageOperators } from '../../engine/operators/manage-operators.ts'
import { type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure } from '../terminal/failure.ts'

/** Runs `work` with the operators. Only who makes a link has carriers started, and needs the whole configuration. */
export async function withOperators<Result>(
  context: CommandContext,
  work: (manage: ManageOperators) => Promise<Result>,
): Promise<Result> {
  const [{ inferMode }, { loadServerConfig }, { createManageOperatorsBeside }] = await Promise.all([
    import('../doctor/check-configuration.ts'),
    import('../terminal/load-server-config.ts'),
    import('../../composition/operator-commands.ts'),
  ])
  const { env } = context
  const loadConfig = () => loadServerConfig(env, inferMode(env))
  return withStores(context, (stores) => work(createManageOperatorsBeside(stores, loadConfig)))
}

/** An operator by id or e-mail address. */
export async function findOperator(manage: ManageOperators, who: string): Promise<Operator> {
  const found = (await manage.find(who as OperatorId)) ?? (await manage.findByEmail(who))
  if (found !== null) return found
  throw new CommandFailure(`There is no operator ${who}: "watchword operators list" shows them.`)
}
