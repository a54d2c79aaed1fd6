import type { Config } from '../config/config.ts'
import { startRecordingRefusals } from '../storage/batches/repeated-refusals.ts'
import { startMaintenance } from '../storage/postgres/maintenance.ts'
import { startErasingProjects } from '../storage/stores/erase-projects.ts'
import { startRecordingExpiry } from '../storage/stores/record-expiry.ts'
import { startCountingRollups } from '../storage/stores/rollups.ts'
import { createWebhookOutbox } from '../storage/stores/webhook-outbox.ts'
import { startWebhookDispatcher } from '../webhooks/webhook-dispatcher.ts'
import type { NodeParts } from './node-parts.ts'
import type { Stores } from './open-stores.ts'

/** Starts what a node does without being asked, except for delivery. Answers what ends each. */
export function startBackgroundWork(
  config: Config,
  { database, refusals }: Pick<Stores, 'database' | 'refusals'>,
  { sealer, log, onFault }: Pick<NodeParts, 'sealer' | 'log' | 'onFault'>,
): (() => Promise<void>)[] {
  return [
    startMaintenance({ database, retention: config.retention, onFault }),
    startErasingProjects({ database, onFault }),
    startRecordingRefusals({ database, refusals, onFault }),
    startRecordingExpiry({ database, onFault }),
    startCountingRollups({ database, onFault }),
    startWebhookDispatcher({
      outbox: createWebhookOutbox(database),
      sealer,
      networks: config.webhookNetworks,
      log,
    }),
  ]
}
