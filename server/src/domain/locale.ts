/** The languages that we ship texts in. */
export const locales = ['en', 'fr'] as const
export type Locale = (typeof locales)[number]

export const isLocale = (text: string): text is Locale => (locales as readonly string[]).includes(text)

/**
 * The best of our languages for an `Accept-Language` header (RFC 9110 section 12.5.4), or null when the header names
 * none of them: `fr-CA;q=0.8, de` gives `fr`; `*` gives null, for it names no language.
 */
export function preferredLocale(acceptLanguage: string | undefined): Locale | null {
  if (acceptLanguage === undefined || acceptLanguage.length > 200) return null
  let best: { locale: Locale; quality: number } | null = null
  for (const entry of acceptLanguage.split(',')) {
    const [tag = '', ...parameters] = entry.trim().toLowerCase().split(';')
    const language = tag.split('-')[0] ?? ''
    const written = parameters.find((parameter) => parameter.trim().startsWith('q='))
    const quality = written === undefined ? 1 : Number(written.trim().slice(2))
    if (isLocale(language) && quality > (best?.quality ?? 0)) best = { locale: language, quality }
  }
  return best?.locale ?? null
}
