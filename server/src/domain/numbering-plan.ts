import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max'

/*
 * What the metadata of the numbering plans does not say: that a phone of Argentina, Brazil or Mexico has more than one number
 * in E.164, and which territories dial as their neighbour does. `migrations/013-one-phone.sql` has the same rules for what was
 * stored before they were; a test compares the two.
 */

/** An ISO 3166 country that the numbering plans know, such as `CI` or `TZ`. */
export type Region = CountryCode

/** True for a two-letter country that has a numbering plan. */
export const isRegion = (text: string): text is Region => isSupportedCountry(text)

/**
 * The one number of a phone. Both spellings reach it, on WhatsApp above all, so that as two addresses they would have twice
 * the caps and guesses (S1, V4), and whoever signed up with one could not log in with the other.
 *
 * - Argentina: ten digits of an area code are a phone, and the `9` before them says that it is a mobile. Codes go to mobiles,
 *   so the `9` is always there.
 * - Brazil: mobile numbers of eight digits, which begin with 6 to 9, have a `9` before them since 2016.
 *
 * Mexico's `1` after `+52`, which ended in 2019, is no possible number any more: `asDialledToday` takes it away.
 */
export const onePhone = (e164: string): string =>
  e164.startsWith('+54')
    ? e164.replace(/^\+54([1-3]\d{9})$/, '+549$1')
    : e164.startsWith('+55')
      ? e164.replace(/^\+55([1-9][1-9])([6-9]\d{7})$/, '+55$19$2')
      : e164

/** The beginning of the numbers of `onePhone` that a beginning of numbers, as lists and prices have it, means. */
export function oneBeginning(beginning: string): string {
  if (beginning.startsWith('+521')) return `+52${beginning.slice(4)}`
  return /^\+54[1-3]/.test(beginning) ? `+549${beginning.slice(3)}` : onePhone(beginning)
}

/**
 * Digits as the plans of today have them, of a number with `+` or of one that is dialled in `region`: without what was dialled
 * before a mobile in Mexico (`1`, `01`, `044`, `045`), and without the `9` of Argentina before a number that has its `15` as well.
 */
export function asDialledToday(digits: string, region: Region | null): string {
  if (digits.startsWith('+52')) return digits.replace(/^\+52(?:1|01|044|045)(?=\d{10}$)/, '+52')
  if (digits.startsWith('+54')) return digits.replace(/^\+549(?=\d{12}$)/, '+54')
  if (region === 'MX') return digits.replace(/^(?:1|01|044|045)(?=\d{10}$)/, '')
  return region === 'AR' ? digits.replace(/^0?9(?=\d{12}$)/, '') : digits
}

/**
 * Countries and territories that dial each other as one country does, and that carriers price alike. North America as a whole
 * and Russia with Kazakhstan share a calling code only: a message across those borders costs what one abroad costs.
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

/** A region and what shares its national plan: where a project of that region sends if it says nothing else. */
export const withSharedPlan = (region: Region): readonly Region[] =>
  sharedPlans.find((regions) => regions.includes(region)) ?? [region]
