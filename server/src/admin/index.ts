import { LRUCache } from 'lru-cache'
import type { Actor } from '../domain/operator.ts'
import type { OpenOperatorSession } from '../engine/ports/operator-sessions.ts'
import type { Answer, Call, Dialect, PartsOf, Route } from '../http/dialect.ts'
import { createOwnDialect } from '../http/own-dialect.ts'
import { type AccessParts, createAccess } from './access.ts'
import { createBusinessRoutes } from './businesses.ts'
import { createCarrierRoutes } from './carriers.ts'
import { createCatalogueRoutes } from './catalogue.ts'
import { createErasureRoutes } from './erasure.ts'
import { createEventExportRoutes } from './event-exports.ts'
import { createEventRoutes } from './events.ts'
import { createImportRoutes } from './imports.ts'
import { createKeyRoutes } from './keys.ts'
import { createOperatorRoutes } from './operators.ts'
import { createOptOutRoutes } from './opt-outs.ts'
import { createOverviewRoutes } from './overview.ts'
import { createProjectRoutes } from './projects.ts'
import type { AdminRoute, Identity, SessionRoute } from './route.ts'
import { createCarrierRouteRoutes } from './routes.ts'
import { createSessionRoutes } from './session.ts'
import { createFactorRoutes } from './session-factors.ts'
import { createSignInRoutes, type SignInRouteParts } from './sign-in.ts'
import { createSecondFactorRoutes, type SecondFactorRouteParts } from './sign-in-second-factor.ts'
import { createSpendingRoutes } from './spending.ts'
import { createStateRoutes } from './state.ts'
import { createStoppedPrefixRoutes } from './stopped-prefixes.ts'
import { createTextRoutes } from './texts.ts'
import { createUserSessionRoutes } from './user-sessions.ts'
import { createUserRoutes } from './users.ts'
import { createVerificationRoutes } from './verifications.ts'
import { createWebhookRoutes } from './webhooks.ts'

/*
 * The admin API: what an operator does to projects, keys and accounts, in the console or by programs. This folder owns
 * its paths and field names, and who may call them. The engine owns the use cases, and the command line calls the same ones.
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
  createOperatorRoutes,
] as const

const sessionGroups = [createSessionRoutes, createFactorRoutes] as const

/** What the routes work with. Its stores record who acts. */
export type ActingParts = PartsOf<typeof routeGroups> & PartsOf<typeof sessionGroups>

export type AdminParts = AccessParts &
  SignInRouteParts &
  Omit<SecondFactorRouteParts, 'access'> & {
    /** The parts for somebody who acts. */
    partsFor: (actor: Actor) => ActingParts
  }

/** The routes are made once for each of so many who act. */
const actorsMax = 100

/** Makes the dialect of `/admin/v1`. */
export function createAdminDialect({ partsFor, ...parts }: AdminParts): Dialect {
  const access = createAccess(parts)
  // For whoever acts, so that no route can forget to say who does.
  const made = new LRUCache<Actor, ReturnType<typeof makeRoutes>>({ max: actorsMax })
  const routesFor = (actor: Actor): ReturnType<typeof makeRoutes> => {
    const routes = made.get(actor) ?? makeRoutes(partsFor(actor))
    made.set(actor, routes)
    return routes
  }
  const { routes, sessionRoutes } = routesFor('admin-token')
  return createOwnDialect({
    name: 'admin',
    basePath: '/admin/v1',
    // A misspelt filter finds everybody, and a misspelt change changes nothing; both would look as if they had worked.
    routes: [
      ...routes.map((route, index) => {
        const admit = access.toRoute(route)
        return {
          ...route,
          access: 'operator' as const,
          admit,
          handle: async (call: Call<never, never>, identity: Identity) =>
            whileAdmitted(await routeAt(routesFor(identity.actor).routes, index)(call, identity), () =>
              admit(call),
            ),
        }
      }),
      ...sessionRoutes.map((route, index) => ({
        ...route,
        access: 'cookie' as const,
        admit: access.toOwnSession(route),
        handle: (call: Call<never, never>, session: OpenOperatorSession) =>
          routeAt(routesFor(session.operator.id).sessionRoutes, index)(call, session),
      })),
      ...createSignInRoutes(parts),
      ...createSecondFactorRoutes({ ...parts, access }),
    ].map((route) => ({ ...route, refusesUnknown: true }) as Route),
  })
}

/** A stream ends when the rights of whoever reads it end: each piece is for callers who would be admitted now. */
function whileAdmitted(answer: Answer, admit: () => Promise<{ ok: boolean }>): Answer {
  if (answer.stream === undefined) return answer
  const { contentType, chunks } = answer.stream
  async function* admittedChunks() {
    for await (const chunk of chunks) {
      if (!(await admit()).ok) return
      yield chunk
    }
  }
  return { ...answer, stream: { contentType, chunks: admittedChunks() } }
}

const makeRoutes = (parts: ActingParts): { routes: AdminRoute[]; sessionRoutes: SessionRoute[] } => ({
  routes: routeGroups.flatMap((make) => make(parts)),
  sessionRoutes: sessionGroups.flatMap((make) => make(parts)),
})

/** The makers give the same routes in the same order, whoever acts. */
function routeAt<Handle>(routes: readonly { handle: Handle }[], index: number): Handle {
  const route = routes[index]
  if (route === undefined) throw new Error('the routes of somebody who acts are fewer than those of others')
  return route.handle
}
