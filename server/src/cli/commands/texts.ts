import type { Command } from 'commander'
import { renderShownText } from '../../admin/render.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ShownText } from '../../engine/operations/manage-texts.ts'
import type { AddCommand, CommandContext } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'
import { renderTable } from '../terminal/terminal.ts'
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
import { addTextPreview } from './texts-preview.ts'
import { addTextSend } from './texts-send.ts'

/** `watchword texts …`: what the messages of a project say. */
export const addTextsCommands: AddCommand = (program, context) => {
  const group = program.command('texts').description('write, preview and test the texts of messages')
  addList(group, context)
  addShow(group, context)
  addSet(group, context)
  addRemove(group, context)
  addTextPreview(group, context)
  addTextSend(group, context)
}

function addList(group: Command, context: CommandContext): void {
  group
    .command('list <project>')
    .description('list the texts that a project has written itself')
    .option('--json', 'print an array')
    .addHelpText('after', '\nExamples:\n  $ watchword texts list PRJ_abc123def456')
    .action(async (project: string, { json }: { json?: true }) => {
      const { terminal } = context
      const result = await withTexts(context, (texts) => texts.list(project as ProjectId))
      if (!result.ok) throw noProject(project)
      if (json) return terminal.printJson(result.texts.map(renderShownText))
      if (result.texts.length === 0)
        return terminal.note('The project has no text of its own; the built-in texts are in force.')
      terminal.print(renderTable(headings, result.texts.map(renderRow), terminal))
    })
}

const headings = ['CHANNEL', 'PURPOSE', 'LOCALE', 'CHANGED', 'REMARKS', 'TEXT']

const renderRow = ({ key, draft, updatedAt, warnings }: ShownText): string[] => [
  key.channel,
  key.purpose,
  key.locale,
  updatedAt?.toISOString().slice(0, 10) ?? '',
  warnings.length === 0 ? '-' : `${warnings.length}`,
  [...`${draft.subject ?? draft.body}`.replace(/\s+/g, ' ')].slice(0, 60).join(''),
]

function addShow(group: Command, context: CommandContext): void {
  group
    .command(`show ${keyArguments}`)
    .description("show the text in force, the project's own or ours")
    .option('--json', 'print {"channel", "purpose", "locale", "subject", "body", "source", "warnings"}')
    .addHelpText('after', `${keyHelp}\n\nExamples:\n  $ watchword texts show PRJ_abc123def456 email code fr`)
    .action(async (...[project, channel, purpose, locale, { json }]: [...KeyTyped, { json?: true }]) => {
      const { terminal } = context
      const key = await readKey(channel, purpose, locale)
      const result = await withTexts(context, (texts) => texts.show(project as ProjectId, key))
      if (!result.ok) throw noProject(project)
      const { text } = result
      if (json) return terminal.printJson(renderShownText(text))
      if (text.draft.subject !== null)
        terminal.print(`${terminal.paint('dim', 'Subject:')} ${text.draft.subject}\n`)
      terminal.print(text.draft.body)
      terminal.note(terminal.paintNote('dim', sources[text.source]))
      noteWarnings(context, text.warnings)
    })
}

const sources = {
  own: "The project's own text.",
  'own-code': 'The project\'s own text for every code ("code").',
  'built-in': 'The built-in text of the server.',
}

type SetOptions = { subject?: string; body?: string; file?: string; json?: true }

function addSet(group: Command, context: CommandContext): void {
  group
    .command(`set ${keyArguments}`)
    .description("write a text of a project's own")
    .option('--subject <text>', 'the subject, of mail only')
    .option('--body <text>', 'the template')
    .option('--file <file>', 'a file with the template ("-" for standard input)')
    .option('--json', 'print {"warnings"}')
    .addHelpText(
      'after',
      `${keyHelp}

A text is an ICU message with {code}, {project} and {minutes}; in mail it is Markdown. A text that is broken, lacks the
code or is too long for SMS is refused, with the place of the issue. Servers use the new text within a few seconds.
More: "watchword docs texts"

Examples:
  $ watchword texts set PRJ_abc123def456 sms code en --body '{code} opens {project}.'
  $ watchword texts set PRJ_abc123def456 email code fr --subject '{code} : votre code' --file code.fr.md`,
    )
    .action(async (...[project, channel, purpose, locale, options]: [...KeyTyped, SetOptions]) => {
      const key = await readKey(channel, purpose, locale)
      const body = await readTemplate(options)
      if (body === null) throw usageFailure('Give the template with --body or --file')
      const draft = { subject: options.subject ?? null, body }
      const result = await withTexts(context, (texts) => texts.set(project as ProjectId, key, draft))
      if (!result.ok) throw result.refusal === 'broken' ? brokenText(result.issues) : noProject(project)
      if (options.json) return context.terminal.printJson({ warnings: result.warnings })
      context.terminal.print(`Stored ${key.channel} ${key.purpose} ${key.locale} of ${project}.`)
      noteWarnings(context, result.warnings)
    })
}

function addRemove(group: Command, context: CommandContext): void {
  group
    .command(`remove ${keyArguments}`)
    .description("remove a text of a project's own; ours is in force again")
    .option('--json', 'print {"removed": true}')
    .addHelpText('after', `${keyHelp}\n\nExamples:\n  $ watchword texts remove PRJ_abc123def456 sms code en`)
    .action(async (...[project, channel, purpose, locale, { json }]: [...KeyTyped, { json?: true }]) => {
      const key = await readKey(channel, purpose, locale)
      const result = await withTexts(context, (texts) => texts.remove(project as ProjectId, key))
      if (!result.ok) {
        if (result.refusal === 'project-unknown') throw noProject(project)
        throw new CommandFailure(`${project} has no such text of its own: "watchword texts list ${project}".`)
      }
      if (json) return context.terminal.printJson({ removed: true })
      context.terminal.print(`Removed ${key.channel} ${key.purpose} ${key.locale} of ${project}.`)
    })
}
