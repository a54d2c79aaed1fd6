import { createAdminDialect } from '../admin/index.ts'
import type { Config } from '../config/config.ts'
import { createDeliverSample } from '../delivery/queue/test-messages.ts'
import { Secret } from '../domain/secret.ts'
import { createChangeAccount } from '../engine/operations/change-account.ts'
import { createReadOverview } from '../engine/operations/read-overview.ts'
import { createReadSpending } from '../engine/operations/read-spending.ts'
import { createReadVerifications } from '../engine/operations/read-verifications.ts'
import { createWatchState } from '../engine/operations/watch-state.ts'
import type { Dialect } from '../http/dialect.ts'
import { parsePasswordHash } from '../passwords/hash-kinds.ts'
import { createCarrierManagement } from './create-carrier-management.ts'
import type { Node } from './node-app-parts.ts'

/** The admin API of a node. */
export function createNodeAdmin(
  config: Config,
  { stores, parts, delivery, engine, runImports, operators, access }: Node,
): Dialect {
  const { kinds, sealer, readPublicUrl, textTools } = parts
  // What changes nothing is the same whoever acts.
  const shared = {
    hashing: parts.hashing,
    parsePasswordHash,
    commonPasswords: parts.commonPasswords,
    sealer,
    tools: textTools,
    deliverSample: createDeliverSample(delivery.routes, textTools, delivery.loadProjectDelivery),
    carrierChannels: delivery.carrierChannels,
    refreshCarriers: delivery.refreshCarriers,
    testCarrier: delivery.testCarrier,
    serverRoutes: config.routeTable,
    importJobs: stores.importJobs,
    runImports,
    currency: config.prices.currency,
    watchState: createWatchState({ liveStates: stores.liveStates, isEnding: parts.isEnding }),
    readOverview: createReadOverview(stores),
    readSpending: createReadSpending({
      projects: stores.projects,
      spending: stores.spending,
      currency: config.prices.currency,
    }),
  }
  return createAdminDialect({
    ...operators,
    token: access === null ? config.adminToken : new Secret(access.adminToken),
    operatorSessions: stores.operatorSessions,
    projects: stores.projects,
    partsFor(actor) {
      const { unlock, ...acting } = stores.actingAs(actor)
      return {
        ...shared,
        ...acting,
        readVerifications: createReadVerifications({ ...stores, ...acting }),
        challenges: { unlock },
        changeAccount: createChangeAccount({ accounts: acting.accounts, sendCode: engine.sendCode }),
        manageCarriers: createCarrierManagement(
          config,
          { ...acting, receipts: stores.receipts },
          { kinds, sealer, readPublicUrl },
        ),
        ...operators.partsFor(acting),
      }
    },
  })
}
