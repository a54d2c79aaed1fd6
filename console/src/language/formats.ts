import { useMemo } from 'react'
import { useLanguage } from './language.tsx'
import type { Language } from './words.ts'

/** How numbers, moments and durations are written for the reader. */
export function useFormats() {
  const { language } = useLanguage()
  return useMemo(() => createFormats(language), [language])
}

/** A thin blank that does not break stands between a number and its unit. */
const blank = '\u202f'

/** Makes the writers of numbers and moments for a language. Moments are in the reader's zone. */
export function createFormats(language: Language) {
  const locale = language === 'en' ? 'en-GB' : 'fr-FR'
  const number = new Intl.NumberFormat(locale)
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  const time = new Intl.DateTimeFormat(locale, clock)
  const minute = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const precise = new Intl.DateTimeFormat(locale, { ...clock, fractionalSecondDigits: 3 })
  const languages = new Intl.DisplayNames(locale, { type: 'language' })
  const countries = new Intl.DisplayNames(locale, { type: 'region' })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
  const seconds = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 })

  const renderSeconds = (given: number): string => {
    if (given < 1) return `${Math.round(given * 1000)}${blank}ms`
    if (given < 100) return `${seconds.format(given)}${blank}s`
    if (given < 6000) return `${Math.round(given / 60)}${blank}min`
    return `${seconds.format(given / 3600)}${blank}h`
  }

  return {
    number: (given: number): string => number.format(given),
    /** `part` of `whole` in per cent; a dash where the whole is nothing. */
    share: (part: number, whole: number): string => (whole === 0 ? '–' : share.format(part / whole)),
    /** A message costs a fraction of the smallest coin, which small amounts therefore show. */
    money: (amount: number, currency: string): string =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        ...(amount < 1 ? { maximumFractionDigits: 4 } : {}),
      }).format(amount),
    seconds: renderSeconds,
    /** The time alone for a moment of today, otherwise with its day. */
    moment(at: Date, now = new Date()): string {
      if (at.toDateString() === now.toDateString()) return time.format(at)
      const written = at.getFullYear() === now.getFullYear() ? day : date
      return `${written.format(at)}, ${time.format(at)}`
    },
    /** The name of a moment on an axis whose moments are some seconds apart; midnight is the day that begins. */
    tick(at: Date, stepSeconds: number): string {
      const isMidnight = at.getHours() === 0 && at.getMinutes() === 0
      return isMidnight || stepSeconds >= 86_400 ? day.format(at) : minute.format(at)
    },
    /** The time to the millisecond, without its day. */
    precise: (at: Date): string => precise.format(at),
    /** The name of a language by its tag. */
    language: (tag: string): string => languages.of(tag) ?? tag,
    /** The name of a country by its two letters. */
    country: (code: string): string => countries.of(code) ?? code,
    /** A difference of two shares, in percentage points. */
    points: (change: number): string =>
      `${change > 0 ? '+' : change < 0 ? '−' : '±'}${seconds.format(Math.abs(Math.round(change * 1000) / 10))}`,
    utc: (at: Date): string => `${at.toISOString().slice(0, 23).replace('T', ' ')} UTC`,
  }
}
