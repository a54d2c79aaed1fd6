import type { Config } from '../config/config.ts'
import { startRecordingRefusals } from '../storage/batches/repeated-refusals.ts'
import { startMaintenance } from '../storage/postgres/maintenance.ts'
import { startErasingProjects } from '../storage/stores/erase-projects.ts'
import { startReportingNode } from '../storage/stores/nodes.ts'
import { startRecordingExpiry } from '../storage/stores/record-expiry.ts'
import { startCountingRollups } from '../storage/stores/rollups.ts'
import { createWebhookOutbox } from '../storage/stores/webhook-outbox.ts'
import { startWebhookDispatcher } from '../webhooks/webhook-dispatcher.ts'
import type { Delivery } from './create-delivery.ts'
import type { NodeParts } from './node-parts.ts'
import type { Stores } from './open-stores.ts'

type BackgroundParts = Pick<NodeParts, 'sealer' | 'log' | 'node' | 'onFault'> & Pick<Delivery, 'openBreakers'>

/** Starts what a node does without being asked, except for delivery. Answers what ends each. */
export function startBackgroundWork(
  config: Config,
  { database, refusals, nodes }: Pick<Stores, 'database' | 'refusals' | 'nodes'>,
  { sealer, log, node, onFault, openBreakers }: BackgroundParts,
): (() => Promise<void>)[] {
  return [
    startMaintenance({ database, retention: config.retention, onFault }),
    startErasingProjects({ database, onFault }),
    startRecordingRefusals({ database, refusals, onFault }),
    startRecordingExpiry({ database, onFault }),
    startCountingRollups({ database, onFault }),
    startReportingNode({ nodes, node, listBreakers: openBreakers, onFault }),
    startWebhookDispatcher({
      outbox: createWebhookOutbox(database),
      sealer,
      networks: config.webhookNetworks,
      log,
    }),
  ]
}
