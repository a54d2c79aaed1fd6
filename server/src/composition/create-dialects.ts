import type { Config } from '../config/config.ts'
import type { ProjectId } from '../domain/project.ts'
import { mountNameOf } from '../domain/session-life.ts'
import { createCrossOrigin } from '../http/cross-origin.ts'
import type { Dialect, Route } from '../http/dialect.ts'
import { bindDialect, type DialectManifest, type DialectParts } from '../http/dialect-manifest.ts'
import type { Mount } from '../http/envelopes.ts'
import { createProofOfWorkDialect } from '../http/proof-of-work-route.ts'
import type { Stores } from './open-stores.ts'

type MountConfig = Config['mounts'][number]

/** Makes the dialect of each mount from its manifest; if it needs no key, also the route for proofs of work. */
export async function createDialects(
  config: Config,
  { projects }: Pick<Stores, 'projects'>,
  { manifests, ...parts }: DialectParts & { manifests: readonly DialectManifest[] },
): Promise<Mount[]> {
  const projectIdOf = createProjectChooser(config, projects)
  const mountOf = async (mount: MountConfig): Promise<{ api: Mount; proofsOfWork: Mount[] }> => {
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

    const projectId = await projectIdOf(mount, manifest)
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
  const mounted = await Promise.all(config.mounts.map(mountOf))
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

/** The project of a mount: the one it names, in development the demo's, else the only one there is. */
const createProjectChooser =
  ({ mode }: Config, projects: Stores['projects']) =>
  async ({ dialect, project }: MountConfig, { demo }: DialectManifest): Promise<ProjectId> => {
    if (project === null && mode === 'development') return demo.projectId
    const all = (await projects.list()).filter(({ state }) => state !== 'deleted')
    const chosen = all.find(({ id }) => id === (project ?? all[0]?.id))
    if (chosen !== undefined && (project !== null || all.length === 1)) return chosen.id
    const known =
      all.length === 0 ? 'There is no project yet' : `There are ${all.map(({ id }) => id).join(', ')}`
    throw new Error(
      project === null
        ? `The mount of ${dialect} names no project. ${known}; write "project: …" into its mount, or create one with "watchword projects create NAME".`
        : `The mount of ${dialect} names the project ${project}, which does not exist. ${known}.`,
    )
  }
