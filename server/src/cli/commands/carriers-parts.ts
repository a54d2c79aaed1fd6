import type { Stores } from '../../composition/open-stores.ts'
import type { Config } from '../../config/config.ts'
import type { ManageCarriers } from '../../engine/operations/manage-carriers.ts'
import { type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure } from '../terminal/failure.ts'

export type CarrierWork = { manage: ManageCarriers; config: Config; stores: Stores }

/** Runs `work` with the carriers that a server in this environment would have; needs the server's master secret. */
export async function withCarriers<Result>(
  context: CommandContext,
  work: (parts: CarrierWork) => Promise<Result>,
): Promise<Result> {
  const [{ inferMode }, { loadServerConfig }, { loadMasterSecrets }, { createCommandSealer }, carriers] =
    await Promise.all([
      import('../doctor/check-configuration.ts'),
      import('../terminal/load-server-config.ts'),
      import('../../config/load-database-config.ts'),
      import('../terminal/command-sealer.ts'),
      import('../../composition/carrier-commands.ts'),
    ])
  const { env } = context
  const config = await loadServerConfig(env, inferMode(env))
  const sealer = createCommandSealer(context, loadMasterSecrets({ env }))
  return withStores(context, (stores) =>
    work({ config, stores, manage: carriers.createManageCarriersBeside(config, stores, { env, sealer }) }),
  )
}

export const noCarrier = (name: string): CommandFailure =>
  new CommandFailure(`There is no carrier ${name}. "watchword carriers list" shows them.`)
