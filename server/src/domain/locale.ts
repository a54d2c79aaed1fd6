/** The languages that our APIs answer in, as the documents require. */
export const answerLocales = ['en', 'fr'] as const

export type AnswerLocale = (typeof answerLocales)[number]

/** The languages of messages, whatever language the API answers in. */
export const messageLocales = ['en', 'fr', 'sw', 'hi', 'ar', 'es', 'pt', 'de'] as const

export type MessageLocale = (typeof messageLocales)[number]

/** The message language of a tag: `pt-BR` and `PT_br` give `pt`. Null for other languages, and for what is not a tag. */
export function parseMessageLocale(input: unknown): MessageLocale | null {
  if (typeof input !== 'string' || input.length > 35) return null
  const language = input.trim().toLowerCase().split(/[-_]/, 1)[0]
  return messageLocales.find((locale) => locale === language) ?? null
}

/**
 * The best of some languages for an `Accept-Language` header (RFC 9110 section 12.5.4), or null if the header names none
 * of them. Among ours, `fr-CA;q=0.8, de;q=0.5` gives `fr`; `*` gives null, because it names no language.
 */
export function preferredLocale<Locale extends string>(
  acceptLanguage: string | undefined,
  among: readonly Locale[],
): Locale | null {
  if (acceptLanguage === undefined || acceptLanguage.length > 200) return null
  let best: { locale: Locale; quality: number } | null = null
  for (const entry of acceptLanguage.split(',')) {
    const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';')
    const language = tag.split('-')[0]
    const locale = among.find((known) => known === language)
    const written = parameters.find((parameter) => parameter.trim().startsWith('q='))
    const quality = written === undefined ? 1 : Number(written.trim().slice(2))
    if (locale !== undefined && quality > (best?.quality ?? 0)) best = { locale, quality }
  }
  return best?.locale ?? null
}
