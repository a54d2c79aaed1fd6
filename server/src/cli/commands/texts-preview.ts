import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { ProjectId } from '../../domain/project.ts'
import type { CommandContext } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import {
  brokenText,
  type KeyTyped,
  keyArguments,
  keyHelp,
  noProject,
  noteWarnings,
  readKey,
  readTemplate,
  withTexts,
} from './text-arguments.ts'

type PreviewOptions = { subject?: string; body?: string; file?: string; html?: string; json?: true }

/** `watchword texts preview`: shows a message as its recipient will see it, before or after its text is stored. */
export function addTextPreview(group: Command, context: CommandContext): void {
  group
    .command(`preview ${keyArguments}`)
    .description('show a message as its recipient will see it, with a sample code')
    .option('--subject <text>', 'a subject that is not stored yet, of mail only')
    .option('--body <text>', 'a template that is not stored yet')
    .option('--file <file>', 'a file with such a template ("-" for standard input)')
    .option('--html <file>', 'write the HTML of mail into a file, for a browser')
    .option('--json', 'print {"subject", "text", "html", "sms", "warnings"}')
    .addHelpText(
      'after',
      `${keyHelp}

Examples:
  $ watchword texts preview PRJ_abc123def456 sms code sw
  $ watchword texts preview PRJ_abc123def456 email code ar --html preview.html`,
    )
    .action((...[project, channel, purpose, locale, options]: [...KeyTyped, PreviewOptions]) =>
      preview(context, [project, channel, purpose, locale], options),
    )
}

async function preview(
  context: CommandContext,
  [project, channel, purpose, locale]: KeyTyped,
  options: PreviewOptions,
): Promise<void> {
  const { terminal } = context
  const key = await readKey(channel, purpose, locale)
  if (options.html !== undefined && key.channel !== 'email') throw usageFailure('--html is of mail only')
  const body = await readTemplate(options)
  if (body === null && options.subject !== undefined)
    throw usageFailure('--subject needs a template as well: --body or --file')
  const draft = body === null ? null : { subject: options.subject ?? null, body }

  const result = await withTexts(context, (texts) => texts.preview(project as ProjectId, key, draft))
  if (!result.ok) throw result.refusal === 'broken' ? brokenText(result.issues) : noProject(project)
  const { subject, text, html, sms } = result.preview
  if (options.html !== undefined && html !== null)
    await writeFile(options.html, html).catch((cause) => {
      throw new CommandFailure(`The file ${options.html} cannot be written: ${cause.message}`, { cause })
    })
  if (options.json) return terminal.printJson({ ...result.preview, warnings: result.warnings })

  if (subject !== null) terminal.print(`${terminal.paint('dim', 'Subject:')} ${subject}\n`)
  terminal.print(text.trimEnd())
  if (sms !== null) {
    const parts = sms.segments === 1 ? 'one SMS' : `${sms.segments} SMS`
    terminal.note(terminal.paintNote('dim', `${parts}: ${sms.length} places in ${sms.alphabet}.`))
  }
  noteWarnings(context, result.warnings)
}
