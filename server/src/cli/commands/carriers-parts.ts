import type { Stores } from '../../composition/open-stores.ts'
import type { Config } from '../../config/config.ts'
import type { ManageCarriers } from '../../engine/operations/manage-carriers.ts'
import { type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure } from '../terminal/failure.ts'

export type CarrierWork = { manage: ManageCarriers; config: Config; stores: Stores }

/** Does something to the carriers that a server beside this command would have; it needs the server's master secret. */
export async function withCarriers<Result>(
  context: CommandContext,
  work: (parts: CarrierWork) => Promise<Result>,
): Promise<Result> {
  const [{ guessMode }, { loadServerConfig }, { loadMasterSecrets }, routes, engine, sealing, tools] =
    await Promise.all([
      import('../doctor/check-configuration.ts'),
      import('../terminal/load-server-config.ts'),
      import('../../config/load-database-config.ts'),
      import('../../composition/create-configured-routes.ts'),
      import('../../engine/operations/manage-carriers.ts'),
      import('../terminal/command-sealer.ts'),
      import('../../composition/carrier-tools.ts'),
    ])
  const config = await loadServerConfig(context.env, guessMode(context.env))
  return withStores(context, (stores) =>
    work({
      config,
      stores,
      manage: engine.createManageCarriers({
        ...stores,
        sealer: sealing.createCommandSealer(context, loadMasterSecrets({ env: context.env })),
        tools: tools.createCarrierTools(config, { env: context.env }),
        configured: { channels: routes.carrierChannels(config), file: config.carriers },
      }),
    }),
  )
}

export const noCarrier = (name: string): CommandFailure =>
  new CommandFailure(`There is no carrier ${name}. "watchword carriers list" shows those there are.`)
