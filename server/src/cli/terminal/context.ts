import type { Command } from 'commander'
import type { Stores } from '../../composition/open-stores.ts'
import type { Environment } from '../../config/read-settings.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ProjectStore, ProjectSummary } from '../../engine/ports/projects.ts'
import { endingOnSignal } from './await-signal.ts'
import { CommandFailure, usageFailure } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** What every command receives. */
export type CommandContext = {
  terminal: Terminal
  env: Environment
  /** Sets the exit code of a command that has printed its result and still failed. */
  finish: (exitCode: 0 | 1) => void
}

/** Adds a command, or a group of them, to the program. Its code is imported only when it is called. */
export type AddCommand = (program: Command, context: CommandContext) => void

/** Opens the database that a server in this environment would use, and closes it after the work. */
export async function withStores<Result>(
  { env }: Pick<CommandContext, 'env'>,
  work: (stores: Stores) => Promise<Result>,
): Promise<Result> {
  const [{ loadDatabaseConfig }, { openStores }] = await Promise.all([
    import('../../config/load-database-config.ts'),
    import('../../composition/open-stores.ts'),
  ])
  return endingOnSignal(async () => {
    const log = { info: () => {} }
    const stores = await openStores(loadDatabaseConfig({ env }), log, { actor: 'command-line' })
    try {
      return await work(stores)
    } finally {
      await stores.close()
    }
  })
}

/** The project of a command: the named one, or the only one there is. */
export async function chooseProject(projects: ProjectStore, id: string | undefined): Promise<ProjectSummary> {
  if (id !== undefined) {
    const project = await projects.summarize(id as ProjectId)
    if (project?.state === 'deleted') throw new CommandFailure(`The project ${id} is deleted.`)
    if (project !== null) return project
    throw new CommandFailure(`There is no project ${id}. "watchword projects list" shows them.`)
  }
  const all = (await projects.list()).filter(({ state }) => state !== 'deleted')
  const [only] = all
  if (only === undefined)
    throw new CommandFailure('There is no project yet: "watchword projects create NAME".')
  if (all.length === 1) return only
  throw usageFailure(
    'There are several projects: say which with --project ID. "watchword projects list" shows them.',
  )
}
