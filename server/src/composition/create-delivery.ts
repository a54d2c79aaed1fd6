import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { createCircuitBreakers } from '../delivery/queue/circuit-breakers.ts'
import { createDeliveryMetrics } from '../delivery/queue/delivery-metrics.ts'
import { createDemotions } from '../delivery/queue/demotions.ts'
import {
  createDispatcher,
  type DispatcherParts,
  type RunningDispatcher,
} from '../delivery/queue/dispatcher.ts'
import { createLoadProjectDelivery } from '../delivery/queue/project-delivery.ts'
import { createReserveSpending } from '../delivery/queue/reserve-spending.ts'
import { createReceiptMetrics } from '../delivery/receipts/receipt-metrics.ts'
import { createLoadWording } from '../delivery/texts/project-wording.ts'
import { refuseBrokenTexts } from '../delivery/texts/refuse-broken-texts.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { Secret } from '../domain/secret.ts'
import { refuseBrokenRoutes } from '../engine/operations/manage-routes.ts'
import type { Sealer } from '../engine/operations/sealing.ts'
import type { Metrics } from '../http/metrics.ts'
import { carrierChannels, createConfiguredRoutes } from './create-configured-routes.ts'
import { createReceipts } from './create-receipts.ts'
import type { Stores } from './open-stores.ts'
import { createStoredCarriers } from './stored-carriers.ts'

/*
 * Everything by which messages leave, and by which it is told what became of them. It runs from `start` to `stop`.
 */

export type DeliveryParts = {
  sealer: Sealer
  revealCode: (challenge: Challenge) => Secret
  /** `PUBLIC_URL`, known in full once the server listens. */
  readPublicUrl: () => string
  metrics: Metrics
  log: Logger
  onFault: (fault: unknown) => void
}

/** Puts carriers, routes, receipts and the dispatcher together. Refuses texts and routes that cannot work. */
export async function createDelivery(
  config: Config,
  stores: Stores,
  { sealer, revealCode, readPublicUrl, metrics, log, onFault }: DeliveryParts,
) {
  const receipts = createReceipts({
    config,
    readPublicUrl,
    store: stores.receipts,
    log,
    onChange: createReceiptMetrics(metrics.registry).count,
    onFault,
    storedReaderOf: (name) => storedCarriers.readerOf(name),
  })
  const storedCarriers = createStoredCarriers({
    store: stores.carriers,
    sealer,
    isConfigured: (name) => Object.hasOwn(carrierChannels(config), name),
    partsOf: receipts.partsOf,
    log,
    onFault,
  })
  await storedCarriers.refresh()
  const allCarriers = () => ({ ...storedCarriers.channels(), ...carrierChannels(config) })
  const demotions = createDemotions({ ...stores, log, onFault })
  const routes = createConfiguredRoutes(config, { ...receipts, ...demotions, stored: storedCarriers })
  await refuseBrokenTexts(stores.texts)
  await refuseBrokenRoutes(stores.routes, allCarriers())
  const loadWording = createLoadWording({ ...stores, log })
  const loadProjectDelivery = createLoadProjectDelivery(stores)
  const dispatcher = createJudgingDispatcher(config, stores, {
    routes,
    loadWording,
    loadProjectDelivery,
    revealCode,
    metrics,
    log,
  })

  return {
    dispatcher,
    routes,
    receiptDesk: receipts.desk,
    loadWording,
    loadProjectDelivery,
    /** The channels of every carrier by its name, those of the configuration and those that are stored. */
    carrierChannels: allCarriers,
    refreshCarriers: storedCarriers.refresh,

    start(): void {
      dispatcher.start()
      receipts.writer.start()
      storedCarriers.start()
      demotions.start()
    },

    /** What sends ends first, then what it sends by, then what its reports go to. */
    async stop(): Promise<void> {
      await dispatcher.stop()
      await storedCarriers.stop()
      await routes.close()
      await receipts.writer.stop()
      await demotions.stop()
    },
  }
}

/** The dispatcher with everything that it judges carriers and money by. */
function createJudgingDispatcher(
  { prices }: Config,
  { outbox, spending }: Stores,
  {
    metrics,
    log,
    ...parts
  }: Pick<DispatcherParts, 'routes' | 'loadWording' | 'loadProjectDelivery' | 'revealCode'> & {
    metrics: Metrics
    log: Logger
  },
): RunningDispatcher {
  const breakers = createCircuitBreakers({
    onChange: (scope, state) =>
      log[state === 'closed' ? 'info' : 'warn']({ ...scope, state }, 'delivery.carrier-state'),
  })
  const observeAttempt = createDeliveryMetrics(metrics.registry, breakers)
  const reserveSpending = createReserveSpending(spending)
  return createDispatcher({ ...parts, outbox, log, prices, breakers, observeAttempt, reserveSpending })
}
