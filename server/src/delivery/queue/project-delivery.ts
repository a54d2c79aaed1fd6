import { LRUCache } from 'lru-cache'
import { parseAmount } from '../../domain/money.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { RouteTable } from '../../domain/route.ts'
import type { ProjectStore } from '../../engine/ports/projects.ts'
import type { RouteStore } from '../../engine/ports/routes.ts'
import type { SpendingCaps } from '../../engine/ports/spending.ts'

/** The delivery settings of a project. */
export type ProjectDelivery = {
  routes: RouteTable
  caps: SpendingCaps
  /** False for a disabled or deleted project, whose messages are not sent any more. */
  isActive: boolean
}

export type LoadProjectDelivery = (id: ProjectId) => Promise<ProjectDelivery>

/** The server's routes, and no cap. */
export const defaultDelivery: ProjectDelivery = {
  routes: {},
  caps: { perDay: null, perMonth: null },
  isActive: true,
}

/** Every node stops sending for a disabled project within a second. */
const cacheMilliseconds = 500

/** Loads the delivery settings of projects, and caches them for half a second. */
export function createLoadProjectDelivery({
  projects,
  routes,
}: {
  projects: Pick<ProjectStore, 'find'>
  routes: Pick<RouteStore, 'find'>
}): LoadProjectDelivery {
  const known = new LRUCache<ProjectId, ProjectDelivery, void>({
    max: 10_000,
    ttl: cacheMilliseconds,
    // While the database is unavailable, messages can still be sent with the last known settings.
    allowStaleOnFetchRejection: true,
    fetchMethod: async (id) => {
      const [project, own] = await Promise.all([projects.find(id), routes.find(id)])
      const { spendingPerDay, spendingPerMonth } = project?.settings ?? {}
      return {
        isActive: project?.state === 'active',
        routes: own,
        caps: { perDay: parseAmount(spendingPerDay), perMonth: parseAmount(spendingPerMonth) },
      }
    },
  })
  return async (id) => (await known.fetch(id)) ?? defaultDelivery
}
