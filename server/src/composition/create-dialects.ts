import type { Config } from '../config/config.ts'
import { mountNameOf } from '../domain/session-life.ts'
import { createCrossOrigin } from '../http/cross-origin.ts'
import type { Dialect, Route } from '../http/dialect.ts'
import { bindDialect, type DialectManifest, type DialectParts } from '../http/dialect-manifest.ts'
import type { Mount } from '../http/envelopes.ts'
import { createProofOfWorkDialect } from '../http/proof-of-work-route.ts'
import { chooseProject } from './choose-project.ts'
import type { Stores } from './open-stores.ts'

type MountConfig = Config['mounts'][number]

/** Makes the dialect of each mount from its manifest; if it needs no key, also the route for proofs of work. */
export async function createDialects(
  config: Config,
  { projects }: Pick<Stores, 'projects'>,
  { manifests, ...parts }: DialectParts & { manifests: readonly DialectManifest[] },
): Promise<Mount[]> {
  const all = await projects.list()
  const mountOf = (mount: MountConfig): { api: Mount; proofsOfWork: Mount[] } => {
    const { dialect: name, project: _, prefix, origins, sessions: __, ...options } = mount
    const placeOf = (dialect: Dialect): Mount => ({
      dialect,
      prefix,
      crossOrigin: origins.length === 0 ? null : createCrossOrigin(origins, dialect),
    })
    const manifest = manifests.find((known) => known.name === name)
    if (manifest === undefined) throw new Error(`a mount names the dialect ${name}, which does not exist`)
    if (manifest.projectNamedIn !== null)
      return {
        api: placeOf(bindDialect(manifest, manifest.createRoutes(parts))),
        proofsOfWork: [],
      }

    const chosen = chooseProject(mount, { ...config, manifest, projects: all })
    if (!chosen.ok) throw new Error(`the mount of ${name} has no project`)
    const { projectId } = chosen
    const logIns = parts.logInsOf(mountNameOf(mount))
    const routes = manifest.createRoutes({ ...parts, ...logIns, projectId, options })
    const requireOpen = () => parts.loadProject(projectId)
    const dialect = bindDialect(
      manifest,
      routes.map((route) => admitWhileOpen(route, requireOpen)),
    )
    // Senders without a key may be asked for a proof of work, so their mounts have one more route.
    const issueWork = async () => parts.issueWork(await parts.loadProject(projectId))
    return {
      api: placeOf(dialect),
      proofsOfWork: [placeOf(createProofOfWorkDialect(dialect, issueWork))],
    }
  }
  const mounted = config.mounts.map(mountOf)
  // The documentation shows them in this order: first what was mounted, then what we add.
  return [...mounted.map(({ api }) => api), ...mounted.flatMap(({ proofsOfWork }) => proofsOfWork)]
}

/** Here and not in the routes, so that none can forget that its project may be disabled, with tokens least of all. */
const admitWhileOpen = (route: Route, requireOpen: () => Promise<unknown>): Route => ({
  ...route,
  async admit(call) {
    await requireOpen()
    return route.admit === undefined ? { ok: true, context: undefined } : route.admit(call)
  },
})
