import { IntlMessageFormat } from 'intl-messageformat'
import type { TextDraft, TextKey } from '../../domain/text.ts'
import { parseMarkdown, renderBlocksHtml, renderBlocksText } from './markdown.ts'
import { placeholders } from './placeholders.ts'

/** A text with placeholders. To write a message, only the values have to be inserted. */
export type Pattern = {
  subject: string | null
  text: string
  /** The body for the mail layout; null on other channels. */
  html: string | null
}

/** The patterns of a text, by the minutes that a code has left. */
export type CompiledText = (minutes: number) => Pattern

/** Plural forms depend on the number, so each number has a pattern of its own; there are ten at most (C3). */
export const minutesMax = 10

/** Compiles a validated text. Throws for an invalid one. */
export function compileText({ channel, locale }: TextKey, { subject, body }: TextDraft): CompiledText {
  const formats = {
    subject: subject === null ? null : parseTemplate(subject, locale),
    body: parseTemplate(body, locale),
  }
  const patterns = new Map<number, Pattern>()

  return (minutes) => {
    const known = patterns.get(minutes)
    if (known !== undefined) return known
    const values = { project: placeholders.project, code: placeholders.code, minutes }
    const written = String(formats.body.format(values))
    const blocks = channel === 'email' ? parseMarkdown(written) : null
    const pattern = {
      subject: formats.subject === null ? null : String(formats.subject.format(values)),
      text: blocks === null ? written : renderBlocksText(blocks),
      html: blocks === null ? null : renderBlocksHtml(blocks),
    }
    patterns.set(minutes, pattern)
    return pattern
  }
}

/** Digits are Latin in every language, like those of the code. ICU tags are off: `<b>` is three characters. */
export const parseTemplate = (template: string, locale: string): IntlMessageFormat =>
  new IntlMessageFormat(template.replaceAll('\r\n', '\n'), `${locale}-u-nu-latn`, undefined, {
    ignoreTag: true,
    captureLocation: true,
  })
