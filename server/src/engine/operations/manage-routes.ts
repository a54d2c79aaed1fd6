import type { Channel } from '../../domain/address.ts'
import type { Issue } from '../../domain/issue.ts'
import type { ProjectId } from '../../domain/project.ts'
import {
  type CarrierChannels,
  parseRouteTable,
  type RouteEntry,
  type RouteTable,
  validateRouteTable,
} from '../../domain/route.ts'
import type { ProjectStore } from '../ports/projects.ts'
import type { RouteStore } from '../ports/routes.ts'

/** The effective route of one channel and its source. */
export type ShownRoute = { channel: Channel; source: 'project' | 'server'; entries: readonly RouteEntry[] }

export type RouteResult =
  | { ok: true; routes: ShownRoute[] }
  | { ok: false; refusal: 'project-unknown' }
  | { ok: false; refusal: 'broken'; issues: Issue[] }

/** Shows and changes the routes of a project. */
export type ManageRoutes = {
  show(projectId: ProjectId): Promise<RouteResult>
  /** Changes the given channels. A channel with an empty list uses the server's route again. */
  set(projectId: ProjectId, input: unknown): Promise<RouteResult>
}

export type ManageRoutesParts = {
  projects: Pick<ProjectStore, 'find'>
  routes: Pick<RouteStore, 'find' | 'put'>
  /** Called for every change, because carriers can be added and removed at any time. */
  carrierChannels: () => CarrierChannels
  serverRoutes: RouteTable
}

export function createManageRoutes(parts: ManageRoutesParts): ManageRoutes {
  const { projects, routes, carrierChannels, serverRoutes } = parts

  async function show(projectId: ProjectId): Promise<RouteResult> {
    if ((await projects.find(projectId)) === null) return { ok: false, refusal: 'project-unknown' }
    const own = await routes.find(projectId)
    const shown = (Object.keys(serverRoutes) as Channel[]).map((channel): ShownRoute => {
      const entries = own[channel]
      return entries === undefined
        ? { channel, source: 'server', entries: serverRoutes[channel] ?? [] }
        : { channel, source: 'project', entries }
    })
    return { ok: true, routes: shown }
  }

  return {
    show,
    async set(projectId, input) {
      if ((await projects.find(projectId)) === null) return { ok: false, refusal: 'project-unknown' }
      const parsed = parseRouteTable(input)
      const issues = parsed.ok ? validateRouteTable(parsed.value, carrierChannels()) : parsed.issues
      if (!parsed.ok || issues.length > 0) return { ok: false, refusal: 'broken', issues }
      await routes.put(projectId, parsed.value)
      return show(projectId)
    },
  }
}

/**
 * Prevents the start if a project names a carrier that is no longer configured, or does not serve the channel. Otherwise
 * the first person who waits for a code would notice it.
 */
export async function refuseBrokenRoutes(
  routes: Pick<RouteStore, 'listAll'>,
  carrierChannels: CarrierChannels,
): Promise<void> {
  const issues = (await routes.listAll()).flatMap(({ projectId, table }) =>
    validateRouteTable(table, carrierChannels).map(
      ({ path, message }) =>
        `${path} of ${projectId} ${message}, or give the channel back to the server's route: "watchword routes set ${projectId} ${path.split('.')[1]?.replace(/\[.*/, '')} server".`,
    ),
  )
  const shownMax = 20
  const more = issues.length > shownMax ? [`And ${issues.length - shownMax} more.`] : []
  if (issues.length > 0) throw new Error([...issues.slice(0, shownMax), ...more].join('\n'))
}
