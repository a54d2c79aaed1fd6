import type { Config } from '../config/config.ts'
import { createResolveReference, type Environment } from '../config/read-variable.ts'
import { createMailLink } from '../delivery/queue/mail-link.ts'
import { createLoadProjectDelivery } from '../delivery/queue/project-delivery.ts'
import { createDeliverSample, createTestCarrier } from '../delivery/queue/test-messages.ts'
import { type CarrierRegistry, createCarrierRegistry } from '../delivery/registry/carrier-registry.ts'
import { createCarrierRoutes } from '../delivery/registry/carrier-routes.ts'
import { refuseBrokenTexts } from '../delivery/texts/refuse-broken-texts.ts'
import { createTextTools } from '../delivery/texts/text-tools.ts'
import type { Operator } from '../domain/operator.ts'
import type { ManageCarriers } from '../engine/operations/manage-carriers.ts'
import {
  createManageRoutes,
  type ManageRoutes,
  refuseBrokenRoutes,
} from '../engine/operations/manage-routes.ts'
import { createManageTexts, type ManageTexts } from '../engine/operations/manage-texts.ts'
import { createSealer, type Sealer } from '../engine/operations/sealing.ts'
import type { SignInLink } from '../engine/operators/operator-links.ts'
import type { TestCarrier } from '../engine/ports/carriers.ts'
import { kindSettingsWith } from './carrier-kinds.ts'
import { createCarrierManagement } from './create-carrier-management.ts'
import type { Stores } from './open-stores.ts'
import { purposes } from './purposes.ts'

/*
 * The carriers that a server in this environment would have, for commands. A command loads this file when it runs,
 * because the kinds of carriers are many modules. Nothing here takes reports, and only the carriers that a command
 * sends through are made.
 */

/** What `watchword carriers` manages carriers with. `${NAME}` refers to the environment of the command. */
export const createManageCarriersBeside = (
  config: Config,
  stores: Stores,
  { env, sealer }: { env: Environment; sealer: Sealer },
): ManageCarriers =>
  createCarrierManagement(config, stores, {
    kinds: kindSettingsWith(),
    sealer,
    resolve: createResolveReference(env),
  })

/** Sends a sample through one carrier, as a server in this environment would. */
export const testCarrierBeside = (
  config: Config,
  stores: Stores,
  test: Parameters<TestCarrier>[0],
): ReturnType<TestCarrier> =>
  withRegistry(config, stores, (registry) => createTestCarrier(registry.carrierNamed)(test))

/** Runs `work` with routes, which name carriers. */
export const withManageRoutes = <Result>(
  config: Config,
  stores: Stores,
  work: (routes: ManageRoutes) => Promise<Result>,
): Promise<Result> =>
  withRegistry(config, stores, ({ channels }) =>
    work(createManageRoutes({ ...stores, carrierChannels: channels, serverRoutes: config.routeTable })),
  )

/** Runs `work` with texts, which may be sent as samples. */
export const withManageTexts = <Result>(
  config: Config,
  stores: Stores,
  work: (texts: ManageTexts) => Promise<Result>,
): Promise<Result> =>
  withRegistry(config, stores, (registry) => {
    const routes = createCarrierRoutes(registry, { table: config.routeTable })
    const tools = createTextTools(purposes)
    const deliverSample = createDeliverSample(routes, tools, createLoadProjectDelivery(stores))
    return work(createManageTexts({ ...stores, tools, deliverSample }))
  })

/** Mails an operator a link, as a server in this environment would. */
export const mailLinkBeside = (
  config: Config,
  stores: Stores,
  { operator, link }: { operator: Operator; link: SignInLink },
): Promise<boolean> =>
  withRegistry(config, stores, (registry) =>
    createMailLink(createCarrierRoutes(registry, { table: config.routeTable }))(operator, link),
  )

/** Throws, as the start of a server does, where a stored text or route of a project cannot work. */
export const refuseUndeliverable = (
  config: Config,
  stores: Pick<Stores, 'carriers' | 'routes' | 'texts'>,
): Promise<void> =>
  withRegistry(config, stores, async ({ channels }) => {
    await refuseBrokenTexts(stores.texts)
    await refuseBrokenRoutes(stores.routes, channels())
  })

async function withRegistry<Result>(
  config: Config,
  { carriers: store }: Pick<Stores, 'carriers'>,
  work: (registry: CarrierRegistry) => Promise<Result>,
): Promise<Result> {
  const ignore = () => {}
  const log = { info: ignore, error: ignore }
  const registry = createCarrierRegistry({
    kinds: kindSettingsWith(),
    configured: config.carriers,
    store,
    sealer: createSealer({ current: config.secret, previous: config.secretPrevious }),
    partsOf: (name) => ({ name, log }),
    log,
    onFault: ignore,
  })
  try {
    await registry.refresh()
    return await work(registry)
  } finally {
    await registry.stop()
  }
}
