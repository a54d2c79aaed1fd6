import { type AddCommand, type CommandContext, chooseProject, withStores } from '../terminal/context.ts'

type StateOptions = { project?: string; json?: true }

/** `watchword state`: what is wrong right now. */
export const addStateCommand: AddCommand = (program, context) => {
  program
    .command('state')
    .description('say what is wrong right now, and what to do')
    .option('--project <ID>', 'with a project only; by default the whole server')
    .option('--json', 'print what the admin API answers')
    .addHelpText(
      'after',
      `
The exit code is 1 if something is wrong. Circuit breakers are those that the nodes have told of in the last seconds.

Examples:
  $ watchword state
  $ watchword state --project PRJ_abc123def456 --json`,
    )
    .action((options: StateOptions) => show(context, options))
}

async function show(context: CommandContext, { project, json }: StateOptions): Promise<void> {
  const { renderProjectState, renderServerState } = await import('../../admin/state.ts')
  const state = await withStores(context, async ({ projects, liveStates }) =>
    liveStates.read(project === undefined ? null : (await chooseProject(projects, project)).id),
  )
  const rendered = project === undefined ? renderServerState(state) : renderProjectState(state)
  const { terminal } = context
  if (!rendered.isWell) context.finish(1)
  if (json) return terminal.printJson(rendered)
  if (rendered.isWell) return terminal.print('Nothing is wrong.')
  for (const { projectId, sentence, remedy, since } of rendered.problems) {
    const about = [projectId, since === null ? null : `since ${since}`].filter((part) => part !== null)
    terminal.print(`${sentence}${about.length === 0 ? '' : ` (${about.join(', ')})`}`)
    terminal.print(`  ${remedy}`)
  }
}
