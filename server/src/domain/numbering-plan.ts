import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max'

/*
 * What the metadata of the numbering plans lacks: phones of Argentina, Brazil and Mexico have more than one number in E.164,
 * and some territories share their neighbour's plan. `migrations/013-one-phone.sql` applies the same rules to older rows;
 * a test compares the two.
 */

/** An ISO 3166 country with a numbering plan, such as `CI` or `TZ`. */
export type Region = CountryCode

/** True for a two-letter country that has a numbering plan. */
export const isRegion = (text: string): text is Region => isSupportedCountry(text)

/**
 * The one number of a phone. Both spellings reach it, especially on WhatsApp. As two addresses they would have twice the
 * caps and attempts (S1, V4), and a person who signed up with one could not log in with the other.
 *
 * - Argentina: a phone has ten digits, and a `9` before them marks a mobile. Codes go to mobiles, so the `9` is always
 *   there.
 * - Brazil: mobile numbers of eight digits, which begin with 6 to 9, have a `9` before them since 2016.
 *
 * A number with Mexico's `1` after `+52`, which ended in 2019, is no longer possible: `asDialledToday` removes the `1`.
 */
export const onePhone = (e164: string): string =>
  e164.startsWith('+54')
    ? e164.replace(/^\+54([1-3]\d{9})$/, '+549$1')
    : e164.startsWith('+55')
      ? e164.replace(/^\+55([1-9][1-9])([6-9]\d{7})$/, '+55$19$2')
      : e164

/** Translates a beginning of numbers, as lists and prices have it, to the beginning of the numbers of `onePhone`. */
export function oneBeginning(beginning: string): string {
  if (beginning.startsWith('+521')) return `+52${beginning.slice(4)}`
  return /^\+54[1-3]/.test(beginning) ? `+549${beginning.slice(3)}` : onePhone(beginning)
}

/**
 * The digits of a number with `+`, or of one that is dialled in `region`, as the current plans have them: without the prefixes
 * of mobiles in Mexico (`1`, `01`, `044`, `045`), and without Argentina's `9` before a number that also has the `15`.
 */
export function asDialledToday(digits: string, region: Region | null): string {
  if (digits.startsWith('+52')) return digits.replace(/^\+52(?:1|01|044|045)(?=\d{10}$)/, '+52')
  if (digits.startsWith('+54')) return digits.replace(/^\+549(?=\d{12}$)/, '+54')
  if (region === 'MX') return digits.replace(/^(?:1|01|044|045)(?=\d{10}$)/, '')
  return region === 'AR' ? digits.replace(/^0?9(?=\d{12}$)/, '') : digits
}

/**
 * Countries and territories that share a national plan, and that carriers price alike. North America as a whole, and Russia
 * with Kazakhstan, share only a calling code: a message across those borders is priced as an international one.
 */
const sharedPlans: readonly (readonly Region[])[] = [
  ['GB', 'GG', 'IM', 'JE'],
  ['US', 'AS', 'GU', 'MP', 'PR', 'VI'],
  ['AU', 'CC', 'CX'],
  ['FI', 'AX'],
  ['IT', 'VA'],
  ['NO', 'SJ'],
  ['MA', 'EH'],
  ['GP', 'BL', 'MF'],
  ['RE', 'YT'],
  ['CW', 'BQ'],
  ['SH', 'TA'],
]

/** A region and those that share its national plan: where a project of that region sends by default. */
export const withSharedPlan = (region: Region): readonly Region[] =>
  sharedPlans.find((regions) => regions.includes(region)) ?? [region]
