import type { Challenge } from '../../domain/challenge.ts'
import type { Secret } from '../../domain/secret.ts'
import { type OutgoingMessage, toOneLine } from '../carrier.ts'
import { directionOf } from './built-in.ts'
import { minutesMax, type Pattern } from './compile-text.ts'
import { renderMailHtml } from './mail-layout.ts'
import { escapeHtml } from './markdown.ts'
import { fillIn } from './placeholders.ts'
import type { ProjectTemplates } from './project-templates.ts'
import { nameIn, renderSms } from './render-text.ts'

/** The inputs of a message. `code` is null in notices; `now` is by the database's clock. */
export type MessageParts = {
  challenge: Challenge
  templates: ProjectTemplates
  code: Secret | null
  now: Date
}

/** Writes the message of a challenge from its project's templates. */
export function renderMessage({ challenge, templates, code, now }: MessageParts): OutgoingMessage {
  const { locale, content, channel, purpose } = challenge
  if (content === 'decoy') throw new Error('A decoy has no text')

  const about = content === 'code' ? purpose : content
  const text = templates.textFor({ channel, purpose: about, locale })
  const rendered = renderTemplate(text(minutesLeft(challenge, now)), {
    templates,
    channel,
    locale,
    code: code?.reveal() ?? '',
  })
  return {
    challengeId: challenge.id,
    projectId: challenge.projectId,
    channel,
    purpose: about,
    to: challenge.address,
    code,
    ...rendered,
    locale,
    expiresAt: challenge.expiresAt,
    writtenAt: now,
    idempotencyKey: challenge.id,
  }
}

/** The parts of a message that people read. */
export type RenderedText = Pick<OutgoingMessage, 'subject' | 'text' | 'html'>

/** Inserts the values into a pattern. They come last, and are escaped for their context (S9). */
export function renderTemplate(
  pattern: Pattern,
  {
    templates: { project },
    channel,
    locale,
    code,
  }: { templates: Pick<ProjectTemplates, 'project'>; code: string } & Pick<Challenge, 'channel' | 'locale'>,
): RenderedText {
  if (channel === 'sms') return { subject: null, text: renderSms(pattern, project, code), html: null }
  const name = nameIn(channel, project)
  const values = { project: name, code }
  const text = fillIn(pattern.text, values)
  if (pattern.subject === null || pattern.html === null) return { subject: null, text, html: null }

  const subject = toOneLine(fillIn(pattern.subject, values))
  const { colour, logoUrl } = project.settings
  // Isolated, so that a name in the other writing direction does not reorder the text around it.
  const bodyHtml = fillIn(pattern.html, values, (name) => `<bdi>${escapeHtml(name)}</bdi>`)
  const direction = directionOf(locale)
  return {
    subject,
    text,
    html: renderMailHtml({ locale, direction, subject, name, colour, logoUrl, bodyHtml }),
  }
}

/** The whole minutes that are left: a message of a later attempt must not promise the time of the first. */
function minutesLeft({ expiresAt }: Challenge, now: Date): number {
  // Rendering and committing take a moment, which should not cost the reader a minute.
  const graceMilliseconds = 10_000
  const milliseconds = expiresAt.getTime() - now.getTime() + graceMilliseconds
  return Math.min(minutesMax, Math.max(1, Math.floor(milliseconds / 60_000)))
}
