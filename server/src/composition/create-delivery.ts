import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'
import { type CircuitBreakers, createCircuitBreakers } from '../delivery/queue/circuit-breakers.ts'
import { createDeliveryMetrics } from '../delivery/queue/delivery-metrics.ts'
import { createDemotions } from '../delivery/queue/demotions.ts'
import {
  createDispatcher,
  type DispatcherParts,
  type RunningDispatcher,
} from '../delivery/queue/dispatcher.ts'
import { createLoadProjectDelivery } from '../delivery/queue/project-delivery.ts'
import { createOptOuts, type OptOuts } from '../delivery/queue/opt-outs.ts'
import { createReserveSpending } from '../delivery/queue/reserve-spending.ts'
import { createTestCarrier } from '../delivery/queue/test-messages.ts'
import { createReceiptHandler } from '../delivery/receipts/receipt-handler.ts'
import { createReceiptMetrics } from '../delivery/receipts/receipt-metrics.ts'
import { createReceiptUrls, reachableHostOf } from '../delivery/receipts/receipt-urls.ts'
import { createReceiptWriter } from '../delivery/receipts/receipt-writer.ts'
import { createCarrierRegistry } from '../delivery/registry/carrier-registry.ts'
import { createCarrierRoutes } from '../delivery/registry/carrier-routes.ts'
import type { KindSettings } from '../delivery/registry/carrier-settings.ts'
import { createLoadTemplates } from '../delivery/texts/project-templates.ts'
import { refuseBrokenTexts } from '../delivery/texts/refuse-broken-texts.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { Secret } from '../domain/secret.ts'
import { createCallbackTokens } from '../engine/operations/callback-tokens.ts'
import { refuseBrokenRoutes } from '../engine/operations/manage-routes.ts'
import type { Sealer } from '../engine/operations/sealing.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Stores } from './open-stores.ts'

/*
 * Everything that sends messages and receives reports about them. It runs from `start` to `stop`.
 */

export type DeliveryParts = {
  kinds: KindSettings
  sealer: Sealer
  revealCode: (challenge: Challenge) => Secret
  /** `PUBLIC_URL`, known in full once the server listens. */
  readPublicUrl: () => string
  metrics: Metrics
  log: Logger
  onFault: (fault: unknown) => void
}

/** What sends a node's messages. */
export type Delivery = Awaited<ReturnType<typeof createDelivery>>

/** Puts carriers, routes, receipts and the dispatcher together. Refuses texts and routes that cannot work. */
export async function createDelivery(config: Config, stores: Stores, parts: DeliveryParts) {
  const { revealCode, metrics, log, onFault } = parts
  const optOuts = createOptOuts({ store: stores.optOuts, log, onFault })
  await optOuts.refresh()
  const { registry, receiptWriter, receiptHandler } = createReportedCarriers(config, stores, {
    ...parts,
    optOuts,
  })
  await registry.refresh()
  const demotions = createDemotions({ ...stores, log, onFault })
  const routes = createCarrierRoutes(registry, {
    table: config.routeTable,
    isDemoted: demotions.isDemoted,
  })
  await refuseBrokenTexts(stores.texts)
  await refuseBrokenRoutes(stores.routes, registry.channels())
  const loadTemplates = createLoadTemplates({ ...stores, log })
  const loadProjectDelivery = createLoadProjectDelivery(stores)
  const breakers = createCircuitBreakers({
    onChange: (scope, state) =>
      log[state === 'closed' ? 'info' : 'warn']({ ...scope, state }, 'delivery.carrier-state'),
  })
  const dispatcher = createJudgingDispatcher(config, stores, {
    breakers,
    routes,
    loadTemplates,
    loadProjectDelivery,
    isOptedOut: optOuts.isOut,
    revealCode,
    metrics,
    log,
  })

  return {
    dispatcher,
    routes,
    receiptHandler,
    loadTemplates,
    loadProjectDelivery,
    /** The circuit breakers that are not closed. */
    openBreakers: () =>
      breakers.list().flatMap(({ state, ...scope }) => (state === 'closed' ? [] : [{ ...scope, state }])),
    /** The channels of every carrier by its name. */
    carrierChannels: registry.channels,
    refreshCarriers: registry.refresh,
    testCarrier: createTestCarrier(registry.carrierNamed),

    start(): void {
      registry.start()
      dispatcher.start()
      receiptWriter.start()
      demotions.start()
      optOuts.start()
    },

    /** First the senders end, then the carriers that they use, then what receives the reports. */
    async stop(): Promise<void> {
      await dispatcher.stop()
      await registry.stop()
      await receiptWriter.stop()
      await demotions.stop()
      await optOuts.stop()
    },
  }
}

/** The carriers, each with the URL that it reports to, and the handler of their reports. */
function createReportedCarriers(
  config: Config,
  stores: Stores,
  { kinds, sealer, readPublicUrl, metrics, log, onFault, optOuts }: DeliveryParts & { optOuts: OptOuts },
) {
  const tokens = createCallbackTokens({ current: config.secret, previous: config.secretPrevious })
  const urls = createReceiptUrls({ readPublicUrl, tokens })
  const receiptWriter = createReceiptWriter({
    store: stores.receipts,
    onChange: createReceiptMetrics(metrics.registry).count,
    onFault,
  })
  const registry = createCarrierRegistry({
    kinds,
    configured: config.carriers,
    store: stores.carriers,
    sealer,
    partsOf: (name, reader) => ({
      name,
      log,
      receiptUrl: urls.reachableUrlOf(name, reader),
      hostName: reachableHostOf(readPublicUrl()),
      messageTagOf: tokens.messageTagOf,
      onReceipt: (receipt) => receiptWriter.write([{ carrier: name, ...receipt }]),
      onInbound: (message) => optOuts.receive(name, [message]),
    }),
    log,
    onFault,
  })
  const receiptHandler = createReceiptHandler({
    tokens,
    readerOf: (name) => registry.find(name)?.reader ?? undefined,
    store: stores.receipts,
    write: receiptWriter.write,
    receive: optOuts.receive,
    log,
  })
  return { registry, receiptWriter, receiptHandler }
}

/** The dispatcher, with everything that it needs to judge carriers and money. */
function createJudgingDispatcher(
  { prices }: Config,
  { outbox, spending }: Stores,
  {
    metrics,
    log,
    ...parts
  }: Pick<
    DispatcherParts,
    'routes' | 'loadTemplates' | 'loadProjectDelivery' | 'isOptedOut' | 'revealCode'
  > & {
    breakers: CircuitBreakers
    metrics: Metrics
    log: Logger
  },
): RunningDispatcher {
  const observeAttempt = createDeliveryMetrics(metrics.registry, parts.breakers)
  const reserveSpending = createReserveSpending(spending)
  return createDispatcher({ ...parts, outbox, log, prices, observeAttempt, reserveSpending })
}
