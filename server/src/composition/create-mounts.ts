import type { Config } from '../config/config.ts'
import type { MountConfig } from '../config/config-file.ts'
import { demoProjects } from '../development/demo.ts'
import { createAccountDialect } from '../dialects/account/index.ts'
import { createCitizenDialect } from '../dialects/citizen/index.ts'
import { createKikapuDialect } from '../dialects/kikapu/index.ts'
import { createMobileDialect } from '../dialects/mobile/index.ts'
import { createServiceDialect } from '../dialects/service/index.ts'
import type { Challenge } from '../domain/challenge.ts'
import type { ProjectId } from '../domain/project.ts'
import type { Secret } from '../domain/secret.ts'
import type { Engine } from '../engine/engine.ts'
import type { Dialect } from '../http/dialect.ts'
import type { Mount } from '../http/envelopes.ts'
import { createPuzzleDialect } from '../http/puzzle-route.ts'
import type { Stores } from './open-stores.ts'

export type DialectParts = { engine: Engine; revealCode: (challenge: Challenge) => Secret }

/** Makes the dialect of each mount, and its puzzles. Adding a dialect is its folder and a line here. */
export async function createMounts(
  config: Config,
  stores: Stores,
  { engine, revealCode }: DialectParts,
): Promise<Mount[]> {
  const projectIdOf = createProjectChooser(config, stores)
  const keylessDialect = (
    mount: MountConfig,
    name: Exclude<MountConfig['dialect'], 'service'>,
    projectId: ProjectId,
  ): Dialect => {
    switch (name) {
      case 'citizen':
        return createCitizenDialect({
          ...engine,
          projectId,
          codesFor: mount.codesFor ?? { who: 'nobody' },
          revealCode,
        })
      case 'account':
        return createAccountDialect({ ...engine, projectId })
      case 'kikapu':
        return createKikapuDialect({ ...engine, projectId })
      case 'mobile':
        return createMobileDialect({ ...engine, projectId })
    }
  }
  // Senders without a key may be asked for a proof of work, so their mounts have one route of ours more.
  const mountOf = async (mount: MountConfig): Promise<{ api: Mount; puzzles: Mount[] }> => {
    const { dialect: name, prefix } = mount
    if (name === 'service') return { api: { dialect: createServiceDialect(engine), prefix }, puzzles: [] }
    const projectId = await projectIdOf(mount)
    const dialect = keylessDialect(mount, name, projectId)
    const issuePuzzle = async () => engine.issuePuzzle(await engine.loadProject(projectId))
    return {
      api: { dialect, prefix },
      puzzles: [{ dialect: createPuzzleDialect(dialect, issuePuzzle), prefix }],
    }
  }
  const mounted = await Promise.all(config.mounts.map(mountOf))
  // The documentation shows them in this order: what was mounted, then what we add.
  return [...mounted.map(({ api }) => api), ...mounted.flatMap(({ puzzles }) => puzzles)]
}

/** The project of a mount: the one it names, in development the demo's, else the only one there is. */
const createProjectChooser =
  ({ mode }: Config, { projects }: Stores) =>
  async ({ dialect, project }: MountConfig): Promise<ProjectId> => {
    if (project === null && mode === 'development') return demoProjects[dialect]
    const all = await projects.list()
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
