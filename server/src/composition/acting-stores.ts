import type { Actor } from '../domain/operator.ts'
import { createStoppedPrefixStore } from '../storage/batches/destinations.ts'
import { actingAs } from '../storage/postgres/acting-database.ts'
import type { Database } from '../storage/postgres/database.ts'
import { createAccountStore } from '../storage/stores/accounts.ts'
import { createApiKeyStore } from '../storage/stores/api-keys.ts'
import { createBusinessStore } from '../storage/stores/businesses.ts'
import { createCarrierStore } from '../storage/stores/carriers.ts'
import { createEventStore } from '../storage/stores/events.ts'
import { createImportStore } from '../storage/stores/imports.ts'
import { createOperatorSessionStore } from '../storage/stores/operator-sessions.ts'
import { createOperatorStore } from '../storage/stores/operators.ts'
import { createOptOutStore } from '../storage/stores/opt-outs.ts'
import { createPersonStore } from '../storage/stores/people.ts'
import { createProjectStore } from '../storage/stores/projects.ts'
import { createRouteStore } from '../storage/stores/routes.ts'
import { createSecondFactorStore } from '../storage/stores/second-factors.ts'
import { createTextStore } from '../storage/stores/texts.ts'
import { createTotpStore } from '../storage/stores/totp.ts'
import { createUnlock } from '../storage/stores/unlock.ts'
import { createUserSessionStore } from '../storage/stores/user-sessions.ts'
import { createWebhookStore } from '../storage/stores/webhooks.ts'

/** The stores whose changes are somebody's deeds. */
export type ActingStores = ReturnType<typeof createActingStores>

/** Makes the stores for somebody who acts: every event of theirs says who. They keep nothing, so they cost nothing. */
export function createActingStores(given: Database, actor: Actor) {
  const database = actingAs(given, actor)
  return {
    projects: createProjectStore(database),
    keys: createApiKeyStore(database),
    accounts: createAccountStore(database),
    imports: createImportStore(database),
    businesses: createBusinessStore(database),
    texts: createTextStore(database),
    routes: createRouteStore(database),
    carriers: createCarrierStore(database),
    stoppedPrefixes: createStoppedPrefixStore(database),
    optOuts: createOptOutStore(database),
    events: createEventStore(database),
    people: createPersonStore(database),
    userSessions: createUserSessionStore(database),
    webhooks: createWebhookStore(database),
    operators: createOperatorStore(database),
    operatorSessions: createOperatorSessionStore(database),
    secondFactors: createSecondFactorStore(database),
    authenticators: createTotpStore(database),
    unlock: createUnlock(database),
  }
}
