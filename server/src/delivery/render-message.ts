import { IntlMessageFormat } from 'intl-messageformat'
import type { Challenge } from '../domain/challenge.ts'
import { type Locale, locales } from '../domain/locale.ts'
import type { Secret } from '../domain/secret.ts'
import { type OutgoingMessage, toOneLine } from './carrier.ts'
import { foldToGsm7 } from './gsm7.ts'
import { renderMailHtml, renderMailText } from './mail-layout.ts'
import { en } from './texts/en.ts'
import { fr } from './texts/fr.ts'
import type { MessageTexts, Texts, WordedContent } from './texts/texts.ts'

const textsByLocale: Record<Locale, Texts> = { en, fr }

/** What a message is made of. `code` is null in notices; `now` is the database's clock. */
export type MessageParts = { challenge: Challenge; projectName: string; code: Secret | null; now: Date }

export type RenderMessage = (parts: MessageParts) => OutgoingMessage

/** Compiles the texts once, so that a broken one stops the start and not a send. */
export function createRenderMessage(): RenderMessage {
  const compiled = new Map<Locale, Record<WordedContent, CompiledTexts>>(
    locales.map((locale) => [locale, compileTexts(locale)]),
  )

  return ({ challenge, projectName, code, now }) => {
    const { locale, content, channel } = challenge
    const texts = content === 'decoy' ? undefined : compiled.get(locale)?.[content]
    if (texts === undefined) throw new Error(`No text for ${content} in ${locale}`)

    // Values are handed over after the templates were parsed and escaped after they were filled in: whatever stands in a
    // project's name stays the characters that it is (S9).
    const project = clip(toOneLine(projectName), projectNameMax[channel])
    const values = { project, minutes: minutesLeft(challenge, now), code: code?.reveal() ?? '' }
    const format = (text: IntlMessageFormat): string => String(text.format(values))

    const message = {
      challengeId: challenge.id,
      projectId: challenge.projectId,
      channel,
      to: challenge.address,
      code,
      locale,
      expiresAt: challenge.expiresAt,
      idempotencyKey: challenge.id,
    }
    if (channel !== 'email') {
      const text = format(texts.short)
      return { ...message, subject: null, text: channel === 'sms' ? foldToGsm7(text) : text, html: null }
    }

    const [first, ...rest] = texts.paragraphs
    const mail = {
      locale,
      direction: textsByLocale[locale].direction,
      subject: format(texts.subject),
      code: code?.reveal() ?? null,
      paragraphs: [format(first), ...rest.map(format)] as const,
    }
    return { ...message, subject: mail.subject, text: renderMailText(mail), html: renderMailHtml(mail) }
  }
}

type CompiledTexts = {
  short: IntlMessageFormat
  subject: IntlMessageFormat
  paragraphs: readonly [first: IntlMessageFormat, ...rest: IntlMessageFormat[]]
}

function compileTexts(locale: Locale): Record<WordedContent, CompiledTexts> {
  const { messages } = textsByLocale[locale]
  const compile = (text: string) => new IntlMessageFormat(text, locale)
  const compileAll = ({ short, subject, paragraphs: [first, ...rest] }: MessageTexts): CompiledTexts => ({
    short: compile(short),
    subject: compile(subject),
    paragraphs: [compile(first), ...rest.map(compile)],
  })
  return {
    code: compileAll(messages.code),
    'notice-account-exists': compileAll(messages['notice-account-exists']),
    'notice-password-reset': compileAll(messages['notice-password-reset']),
  }
}

/** So long that no usual name is cut, so short that the text of an SMS stays one segment. */
const projectNameMax = { email: 100, sms: 40, whatsapp: 100, voice: 100 } as const

const clip = (text: string, lengthMax: number): string => {
  const letters = [...text]
  return letters.length <= lengthMax ? text : `${letters.slice(0, lengthMax - 3).join('')}...`
}

/** Whole minutes that are really left: a message at the second try must not promise the time of the first. */
function minutesLeft({ expiresAt }: Challenge, now: Date): number {
  // What writing and committing took is not worth a minute to the reader.
  const graceMilliseconds = 10_000
  const milliseconds = expiresAt.getTime() - now.getTime() + graceMilliseconds
  return Math.max(1, Math.floor(milliseconds / 60_000))
}
