import type { MessageLocale } from '../../domain/locale.ts'
import { isNotice, type TextDraft, type TextKey } from '../../domain/text.ts'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { hi } from './hi.ts'
import { pt } from './pt.ts'
import { sw } from './sw.ts'
import type { BuiltInTexts } from './texts.ts'

const languages: Record<MessageLocale, BuiltInTexts> = { en, fr, sw, hi, ar, es, pt, de }

/** The text of a project that has none of its own. Every channel except mail uses `short`. */
export function builtInText({ channel, purpose, locale }: TextKey): TextDraft {
  const { short, subject, mail } = languages[locale].texts[isNotice(purpose) ? purpose : 'code']
  return channel === 'email' ? { subject, body: mail.join('\n\n') } : { subject: null, body: short }
}

/** The writing direction of a language. */
export const directionOf = (locale: MessageLocale): BuiltInTexts['direction'] => languages[locale].direction
