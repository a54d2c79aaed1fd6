import type { Secret } from '../domain/secret.ts'
import type { PrepareAccountParts } from '../engine/accounts/prepare-account.ts'
import type { ManageCarriers } from '../engine/operations/manage-carriers.ts'
import type { ManageRoutesParts } from '../engine/operations/manage-routes.ts'
import type { DeliverSample, TextTools } from '../engine/operations/manage-texts.ts'
import type { ReadSpending } from '../engine/operations/read-spending.ts'
import type { Sealer } from '../engine/operations/sealing.ts'
import type { AccountStore } from '../engine/ports/accounts.ts'
import type { ApiKeyStore } from '../engine/ports/api-keys.ts'
import type { BrakeStore } from '../engine/ports/brakes.ts'
import type { TestCarrier } from '../engine/ports/carriers.ts'
import type { ChallengeStore } from '../engine/ports/challenges.ts'
import type { EventStore } from '../engine/ports/events.ts'
import type { PasswordHashing } from '../engine/ports/password-hashing.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { TextStore } from '../engine/ports/texts.ts'
import type { WebhookStore } from '../engine/ports/webhooks.ts'
import type { Dialect } from '../http/dialect.ts'
import { createOwnDialect } from '../http/own-dialect.ts'
import { createAdmit } from './access.ts'
import { createBrakeRoutes } from './brakes.ts'
import { createBusinessRoutes } from './businesses.ts'
import { createCarrierRoutes } from './carriers.ts'
import { createEventRoutes } from './events.ts'
import { createKeyRoutes } from './keys.ts'
import { createProjectRoutes } from './projects.ts'
import { createCarrierRouteRoutes } from './routes.ts'
import { createSpendingRoutes } from './spending.ts'
import { createTextRoutes } from './texts.ts'
import { createUserRoutes } from './users.ts'
import { createWebhookRoutes } from './webhooks.ts'

/*
 * The admin API: what an operator does to projects, keys and people, for the console and for programs. This folder owns
 * its paths and field names; what happens then is the engine's, and the command line calls the same use cases.
 */

export type AdminParts = {
  /** Null keeps the API shut. */
  token: Secret | null
  projects: ProjectStore
  keys: ApiKeyStore
  accounts: AccountStore
  challenges: Pick<ChallengeStore, 'unlock'>
  brakes: BrakeStore
  passwords: Pick<PasswordHashing, 'hash'>
  parsePasswordHash: PrepareAccountParts['parsePasswordHash']
  commonPasswords: ReadonlySet<string>
  events: EventStore
  webhooks: WebhookStore
  sealer: Pick<Sealer, 'seal'>
  texts: TextStore
  tools: TextTools
  deliverSample: DeliverSample
  routes: ManageRoutesParts['routes']
  carrierChannels: ManageRoutesParts['carrierChannels']
  serverRoutes: ManageRoutesParts['serverRoutes']
  readSpending: ReadSpending
  manageCarriers: ManageCarriers
  /** Lets this node know at once; the others follow within seconds. */
  refreshCarriers: () => Promise<void>
  testCarrier: TestCarrier
}

/** Makes the dialect of `/admin/v1`. */
export function createAdminDialect(parts: AdminParts): Dialect {
  const admit = createAdmit(parts.token)
  return createOwnDialect({
    name: 'admin',
    basePath: '/admin/v1',
    routes: [
      ...createProjectRoutes(parts),
      ...createKeyRoutes(parts),
      ...createUserRoutes(parts),
      ...createTextRoutes(parts),
      ...createCarrierRouteRoutes(parts),
      ...createSpendingRoutes(parts),
      ...createCarrierRoutes(parts),
      ...createBusinessRoutes(parts),
      ...createBrakeRoutes(parts),
      ...createEventRoutes(parts),
      ...createWebhookRoutes(parts),
    ].map((route) => ({ ...route, admit })),
  })
}
