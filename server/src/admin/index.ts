import type { Secret } from '../domain/secret.ts'
import type { Dialect, PartsOf } from '../http/dialect.ts'
import { createOwnDialect } from '../http/own-dialect.ts'
import { createAdmit } from './access.ts'
import { createBusinessRoutes } from './businesses.ts'
import { createCarrierRoutes } from './carriers.ts'
import { createCatalogueRoutes } from './catalogue.ts'
import { createErasureRoutes } from './erasure.ts'
import { createEventExportRoutes } from './event-exports.ts'
import { createEventRoutes } from './events.ts'
import { createImportRoutes } from './imports.ts'
import { createKeyRoutes } from './keys.ts'
import { createOptOutRoutes } from './opt-outs.ts'
import { createOverviewRoutes } from './overview.ts'
import { createProjectRoutes } from './projects.ts'
import { createCarrierRouteRoutes } from './routes.ts'
import { createSpendingRoutes } from './spending.ts'
import { createStateRoutes } from './state.ts'
import { createStoppedPrefixRoutes } from './stopped-prefixes.ts'
import { createTextRoutes } from './texts.ts'
import { createUserSessionRoutes } from './user-sessions.ts'
import { createUserRoutes } from './users.ts'
import { createVerificationRoutes } from './verifications.ts'
import { createWebhookRoutes } from './webhooks.ts'

/*
 * The admin API: what an operator does to projects, keys and accounts, for their programs. This folder owns
 * its paths and field names. The engine owns the use cases, and the command line calls the same ones.
 */

const routeGroups = [
  createProjectRoutes,
  createKeyRoutes,
  createVerificationRoutes,
  createOverviewRoutes,
  createStateRoutes,
  createUserRoutes,
  createUserSessionRoutes,
  createErasureRoutes,
  createImportRoutes,
  createTextRoutes,
  createCarrierRouteRoutes,
  createSpendingRoutes,
  createCarrierRoutes,
  createCatalogueRoutes,
  createBusinessRoutes,
  createStoppedPrefixRoutes,
  createOptOutRoutes,
  createEventRoutes,
  createEventExportRoutes,
  createWebhookRoutes,
] as const

export type AdminParts = PartsOf<typeof routeGroups> & {
  /** Null refuses every call. */
  token: Secret | null
}

/** Makes the dialect of `/admin/v1`. */
export function createAdminDialect(parts: AdminParts): Dialect {
  const admit = createAdmit(parts.token)
  return createOwnDialect({
    name: 'admin',
    basePath: '/admin/v1',
    // A misspelt filter finds everybody, and a misspelt change changes nothing; both would look as if they had worked.
    routes: routeGroups
      .flatMap((make) => make(parts))
      .map((route) => ({ ...route, admit, refusesUnknown: true })),
  })
}
