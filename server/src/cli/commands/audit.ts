import { once } from 'node:events'
import { renderEvent } from '../../admin/render-events.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { EventStore } from '../../engine/ports/events.ts'
import { type AddCommand, type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { readMomentOption } from '../terminal/moments.ts'

type ExportOptions = { project?: string; from?: string; to?: string; reveal?: true; reason?: string }

const reasonLengthMin = 10

/** `watchword audit …`: what happened. */
export const addAuditCommands: AddCommand = (program, context) => {
  program
    .command('audit')
    .description('export what happened')
    .command('export')
    .description('print every event as one line of JSON, oldest first, with masked addresses')
    .option(
      '--project <ID>',
      'of this project and the keys of its workspace; by default of all projects and the server',
    )
    .option('--from <when>', 'from this date or moment on (UTC)')
    .option('--to <when>', 'before this date or moment (UTC)')
    .option('--reveal', 'print addresses in full; needs --reason, and is itself an event')
    .option('--reason <text>', 'why addresses are needed in full')
    .addHelpText(
      'after',
      `
Examples:
  $ watchword audit export --project PRJ_abc123def456 --from 2030-01-01 --to 2030-02-01 > january.jsonl
  $ watchword audit export --reveal --reason "ticket 4711, asked for by the police"`,
    )
    .action((options: ExportOptions) => exportAll(context, options))
}

async function exportAll(context: CommandContext, options: ExportOptions): Promise<void> {
  const reason = readReason(options)
  const from = readMomentOption('--from', options.from)
  const until = readMomentOption('--to', options.to)
  const { exportEvents } = await import('../../engine/operations/export-events.ts')

  await withStores(context, async ({ projects, events }) => {
    const chosen =
      options.project === undefined
        ? [...(await projects.list()), ...(await projects.listErased()).map(erasedProject)]
        : [
            (await projects.summarize(options.project as ProjectId)) ??
              (await findErased(events, options.project)),
          ]
    for await (const page of exportEvents(events, {
      projects: chosen,
      withServer: options.project === undefined,
      from,
      until,
      reason,
    })) {
      const lines = page.map((event) => `${JSON.stringify(renderEvent(event))}\n`)
      // Waits for a slow reader; otherwise millions of events would pile up here.
      if (lines.length > 0 && !process.stdout.write(lines.join(''))) await once(process.stdout, 'drain')
    }
  })
}

/** Only its events are left. The keys of its workspace are gone with it, or belong to other projects. */
const erasedProject = (id: ProjectId) => ({ id, workspaceId: null })

async function findErased(events: EventStore, id: string) {
  const erased = erasedProject(id as ProjectId)
  const [first] = await events.page({ scope: erased.id, from: null, until: null, after: null, limit: 1 })
  if (first !== undefined) return erased
  throw new CommandFailure(`There is no project ${id}. "watchword projects list" shows them.`)
}

function readReason({ reveal, reason }: ExportOptions): string | null {
  if (reveal === undefined && reason === undefined) return null
  if (reveal === undefined) throw usageFailure('--reason belongs to --reveal')
  const text = reason?.trim() ?? ''
  if (text.length >= reasonLengthMin && text.length <= 500) return text
  throw usageFailure(
    `--reveal needs --reason with at least ${reasonLengthMin} characters: it is kept with the event`,
  )
}
