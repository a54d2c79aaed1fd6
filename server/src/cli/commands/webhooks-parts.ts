import type { ManageWebhooks } from '../../engine/operations/manage-webhooks.ts'
import type { Webhook } from '../../engine/ports/webhooks.ts'
import { type CommandContext, chooseProject, withStores } from '../terminal/context.ts'

/** Runs `work` with the webhooks of the named project. */
export async function withWebhooks<Result>(
  context: CommandContext,
  projectId: string,
  work: (manage: ManageWebhooks, id: Webhook['projectId']) => Promise<Result>,
): Promise<Result> {
  const [{ loadMasterSecrets }, { createCommandSealer }, { createManageWebhooks }] = await Promise.all([
    import('../../config/load-database-config.ts'),
    import('../terminal/command-sealer.ts'),
    import('../../engine/operations/manage-webhooks.ts'),
  ])
  const sealer = createCommandSealer(context, loadMasterSecrets({ env: context.env }))
  return withStores(context, async (stores) => {
    const { id } = await chooseProject(stores.projects, projectId)
    return work(createManageWebhooks({ ...stores, sealer }), id)
  })
}
