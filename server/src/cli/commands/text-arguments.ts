import { type Issue, renderIssues } from '../../domain/issue.ts'
import type { TextKey } from '../../domain/text.ts'
import type { ManageTexts } from '../../engine/operations/manage-texts.ts'
import { type CommandContext, withStores } from '../terminal/context.ts'
import { CommandFailure, usageFailure } from '../terminal/failure.ts'

/*
 * What the commands of `watchword texts` share: how a text is named, where its template comes from, how issues are
 * shown.
 */

/** What names a text on the command line. */
export const keyArguments = '<project> <channel> <purpose> <locale>'

export const keyHelp = `
<channel> is email, sms, whatsapp or voice. <purpose> is a purpose of codes, "code" for every one without a text of its own,
or a notice: notice-account-exists, notice-password-reset, notice-address-changed. <locale> is en, fr, sw, hi, ar, es, pt or de.`

export type KeyTyped = [project: string, channel: string, purpose: string, locale: string]

/** The key that was typed, or one failure with all issues. */
export async function readKey(channel: string, purpose: string, locale: string): Promise<TextKey> {
  const [{ parseTextKey }, { purposes }] = await Promise.all([
    import('../../domain/text.ts'),
    import('../../composition/purposes.ts'),
  ])
  const parsed = parseTextKey({ channel, purpose, locale }, purposes.names)
  if (parsed.ok) return parsed.key
  throw usageFailure(parsed.issues.map(({ path, message }) => `<${path}> ${message}`).join('; '))
}

/** Runs `work` with the texts of the database that a server in this environment would use. */
export async function withTexts<Result>(
  context: CommandContext,
  work: (texts: ManageTexts) => Promise<Result>,
): Promise<Result> {
  const [{ createManageTexts }, { createTextTools }, { purposes }] = await Promise.all([
    import('../../engine/operations/manage-texts.ts'),
    import('../../delivery/texts/text-tools.ts'),
    import('../../composition/purposes.ts'),
  ])
  const deliverSample = async () => []
  return withStores(context, (stores) =>
    work(createManageTexts({ ...stores, tools: createTextTools(purposes), deliverSample })),
  )
}

export const noProject = (id: string): CommandFailure =>
  new CommandFailure(`There is no project ${id}. "watchword projects list" shows them.`)

/** Everything that is wrong with a text, one line each. */
export const brokenText = (issues: readonly Issue[]): CommandFailure =>
  new CommandFailure(renderIssues(issues))

export function noteWarnings({ terminal }: CommandContext, warnings: readonly Issue[]): void {
  for (const { path, message } of warnings)
    terminal.note(`${terminal.paintNote('yellow', 'warning:')} ${path} ${message}`)
}

/** The template that was typed or is in a file; null if there is none. */
export async function readTemplate({ body, file }: { body?: string; file?: string }): Promise<string | null> {
  if (body !== undefined && file !== undefined) throw usageFailure('Give --body or --file, not both')
  if (file === undefined) return body ?? null
  const [{ readFile }, { text }] = await Promise.all([
    import('node:fs/promises'),
    import('node:stream/consumers'),
  ])
  try {
    const template = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
    // A file ends with a line break; a message does not.
    return template.trimEnd()
  } catch (cause) {
    throw new CommandFailure(`The file ${file} cannot be read: ${Object(cause).message}`, { cause })
  }
}
