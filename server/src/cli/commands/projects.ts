import type { Command } from 'commander'
import { renderProject } from '../../admin/render.ts'
import type { ProjectId, WorkspaceId } from '../../domain/project.ts'
import { parseNewProject, parseProjectPatch } from '../../domain/project-patch.ts'
import type { ProjectSummary } from '../../engine/ports/projects.ts'
import { type AddCommand, type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'
import { createProjectOptions, type GivenOptions } from './project-options.ts'
import { addProjectStates } from './projects-state.ts'

const projectOptions = createProjectOptions()

type CreateOptions = GivenOptions & { workspace?: string; json?: true }
type UpdateOptions = GivenOptions & { name?: string; json?: true }

/** `watchword projects …`: the tenants of a server. */
export const addProjectsCommands: AddCommand = (program, context) => {
  const group = program.command('projects').description('create, list, change and delete projects')
  addCreate(group, context)
  addList(group, context)
  addUpdate(group, context)
  addProjectStates(group, context)
}

function addCreate(group: Command, context: CommandContext): void {
  projectOptions
    .addTo(group.command('create <name>').description('create a project and its first API key'))
    .option('--workspace <ID>', 'put it into the workspace of other projects, whose keys then open it too')
    .option('--json', 'print {"projectId", "apiKey"}')
    .addHelpText(
      'after',
      `
The name stands in the messages: "123456 is your My shop code". The key is shown once and kept nowhere.

Examples:
  $ watchword projects create "My shop" --region CI --locale fr
  $ watchword projects create load-test --json --carrier null --rate-limit off --tokens unlimited`,
    )
    .action((name: string, options: CreateOptions) => create(context, name, options))
}

async function create(context: CommandContext, typedName: string, options: CreateOptions): Promise<void> {
  const [{ createCreateProject }, { purposes }] = await Promise.all([
    import('../../engine/operations/create-project.ts'),
    import('../../composition/purposes.ts'),
  ])
  const {
    name,
    tokens = null,
    settings,
  } = projectOptions.require(parseNewProject(projectOptions.read(options, typedName), purposes.names))
  const workspaceId = (options.workspace ?? null) as WorkspaceId | null
  const result = await withStores(context, (stores) =>
    createCreateProject(stores)({ name, settings, tokensGranted: tokens, workspaceId }),
  )
  if (!result.ok) {
    throw new CommandFailure(`There is no workspace ${workspaceId}. "watchword projects list" shows them.`)
  }

  const { terminal } = context
  const answer = { projectId: result.project.id, apiKey: result.key.reveal() }
  if (options.json) return terminal.printJson(answer)
  terminal.print(`Project  ${answer.projectId}  ${terminal.paint('dim', name)}`)
  terminal.print(`API key  ${terminal.paint('bold', answer.apiKey)}`)
  terminal.note(terminal.paintNote('dim', 'Keep the key now: it is not stored and cannot be shown again.'))
}

function addList(group: Command, context: CommandContext): void {
  group
    .command('list')
    .description('list the projects, oldest first')
    .option('--json', 'print an array with all settings')
    .addHelpText('after', '\nExamples:\n  $ watchword projects list\n  $ watchword projects list --json')
    .action(async ({ json }: { json?: true }) => {
      const { terminal } = context
      const projects = await withStores(context, (stores) => stores.projects.list())
      if (json) return terminal.printJson(projects.map(renderProject))
      if (projects.length === 0)
        return terminal.note('There is no project yet: "watchword projects create NAME".')
      terminal.print(renderTable(headings, projects.map(renderRow), terminal))
    })
}

const headings = [
  'PROJECT',
  'NAME',
  'STATE',
  'WORKSPACE',
  'REGION',
  'LOCALE',
  'RATE LIMIT',
  'TOKENS',
  'CREATED',
]

const renderRow = ({
  id,
  name,
  state,
  workspaceId,
  settings,
  tokens,
  createdAt,
}: ProjectSummary): string[] => [
  id,
  name,
  state,
  workspaceId,
  settings.region ?? '-',
  settings.locale,
  settings.rateLimit === null ? 'off' : `${settings.rateLimit.requests}/${settings.rateLimit.windowSeconds}s`,
  tokens.granted === null ? `${tokens.used} used` : `${tokens.used} of ${tokens.granted} used`,
  createdAt.toISOString().slice(0, 10),
]

function addUpdate(group: Command, context: CommandContext): void {
  projectOptions
    .addTo(group.command('update <project>').description('change a project; what is not named stays'))
    .option('--name <name>', 'what messages call it')
    .option('--json', 'print the project as it is now')
    .addHelpText(
      'after',
      `
Servers take the change over within a second. --tokens sets how many sends are granted in all, spent ones included.

Examples:
  $ watchword projects update PRJ_abc123def456 --rate-limit 1200/60 --tokens 5000
  $ watchword projects update PRJ_abc123def456 --code-seconds default`,
    )
    .action((id: string, options: UpdateOptions) => update(context, id as ProjectId, options))
}

async function update(context: CommandContext, id: ProjectId, options: UpdateOptions): Promise<void> {
  const { purposes } = await import('../../composition/purposes.ts')
  const { settings, tokens, name } = projectOptions.require(
    parseProjectPatch(projectOptions.read(options, options.name), purposes.names),
  )
  if (Object.keys(settings).length === 0 && tokens === undefined && name === undefined) {
    throw usageFailure(
      'Nothing to change: name at least one option ("watchword projects update --help" lists them).',
    )
  }

  const change = {
    settings,
    ...(name === undefined ? {} : { name }),
    ...(tokens === undefined ? {} : { tokensGranted: tokens }),
  }
  const project = await withStores(context, async ({ projects }) =>
    (await projects.update(id, change)) === null ? null : projects.summarize(id),
  )
  if (project === null) {
    throw new CommandFailure(`There is no project ${id}. "watchword projects list" shows them.`)
  }
  const { terminal } = context
  if (options.json) return terminal.printJson(renderProject(project))
  terminal.print(renderTable(headings, [renderRow(project)], terminal))
  const changed = projectOptions.render(options, project)
  if (changed.length > 0) terminal.print(`\n${renderTable(['OPTION', 'NOW'], changed, terminal)}`)
}
