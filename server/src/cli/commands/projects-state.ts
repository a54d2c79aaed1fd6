import type { Command } from 'commander'
import { renderProject } from '../../admin/render.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ProjectSummary } from '../../engine/ports/projects.ts'
import { confirm } from '../terminal/confirm.ts'
import { type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'

/** `watchword projects enable`, `disable` and `delete`. */
export function addProjectStates(group: Command, context: CommandContext): void {
  addSwitch(group, context, {
    name: 'disable',
    isActive: false,
    description: 'switch a project off: every API answers as if it did not exist',
    notes: `
Every node does so within a second. Messages that wait are not sent. Nothing is lost: "watchword projects enable" switches it on.`,
  })
  addSwitch(group, context, {
    name: 'enable',
    isActive: true,
    description: 'switch a disabled project on again',
    notes: `
Messages that were not sent while it was disabled stay unsent.`,
  })
  addDelete(group, context)
}

type Switch = { name: string; isActive: boolean; description: string; notes: string }

function addSwitch(
  group: Command,
  context: CommandContext,
  { name, isActive, description, notes }: Switch,
): void {
  group
    .command(`${name} <project>`)
    .description(description)
    .option('--json', 'print the project as it is now')
    .addHelpText('after', `${notes}\n\nExamples:\n  $ watchword projects ${name} PRJ_abc123def456`)
    .action(async (id: string, { json }: { json?: true }) => {
      const project = await withStores(context, async ({ projects }) =>
        (await projects.update(id as ProjectId, { isActive })) === null
          ? null
          : projects.summarize(id as ProjectId),
      )
      if (project === null) throw noProject(id)
      report(context, project, json)
    })
}

function addDelete(group: Command, context: CommandContext): void {
  group
    .command('delete <project>')
    .description('erase a disabled project with everything that it has stored')
    .option('--yes', 'do not ask')
    .option('--json', 'print the project as it is now')
    .addHelpText(
      'after',
      `
Its people, sessions, codes, messages, texts, webhooks and limits are erased by the running servers within minutes, and with the
last project of a workspace its keys. Its events stay; they hold no address. It cannot be undone.

Examples:
  $ watchword projects disable PRJ_abc123def456
  $ watchword projects delete PRJ_abc123def456
  $ watchword projects delete PRJ_abc123def456 --yes --json`,
    )
    .action((id: string, options: { yes?: true; json?: true }) => remove(context, id, options))
}

async function remove(
  context: CommandContext,
  id: string,
  { yes, json }: { yes?: true; json?: true },
): Promise<void> {
  const { terminal } = context
  const project = await withStores(context, async ({ projects }) => {
    const found = await projects.summarize(id as ProjectId)
    if (found === null) throw noProject(id)
    if (found.state === 'active') throw stillActive(id)
    const question = `Everything of "${found.name}" will be erased, for good. Type ${id} to go on: `
    if (yes !== true && !(await confirm(terminal, question, id)))
      throw usageFailure(`Nothing was deleted: the answer was not ${id}. --yes deletes without asking.`)
    // Somebody may have enabled it while the question stood.
    if ((await projects.delete(id as ProjectId)) === 'active') throw stillActive(id)
    return projects.summarize(id as ProjectId)
  })
  if (project === null) throw noProject(id)
  report(context, project, json)
}

const noProject = (id: string) =>
  new CommandFailure(`There is no project ${id}. "watchword projects list" shows them.`)

const stillActive = (id: string) =>
  new CommandFailure(`The project is active. Switch it off first: "watchword projects disable ${id}".`)

function report({ terminal }: CommandContext, project: ProjectSummary, json: true | undefined): void {
  if (json) terminal.printJson(renderProject(project))
  else terminal.print(`${project.id}  ${project.name}  ${terminal.paint('bold', project.state)}`)
}
