/*
 * What people type and paste, as far as addresses and codes have it in common: decimal digits of any script, and signs that
 * nobody sees.
 */

// What text of our own consists of, and what nearly every request holds: nothing in it has to be replaced.
const plain = /^[\x20-\x7e]*$/

/** The decimal digits of every script as the ASCII digits that they stand for: Arabic, Devanagari, full-width and so on. */
export const asciiDigits = (text: string): string =>
  plain.test(text) ? text : text.replace(/\p{Nd}/gu, (digit) => String(decimalOf(digit)))

/** Unicode assigns decimal digits in runs from zero to nine, and where runs adjoin, all of them are whole. */
function decimalOf(digit: string): number {
  const codePoint = digit.codePointAt(0) ?? 0
  let before = 0
  while (/^\p{Nd}$/u.test(String.fromCodePoint(codePoint - before - 1))) before += 1
  return before % 10
}

/** Signs that are not shown: the marks of writing direction, zero-width spaces and joiners, soft hyphens, variation selectors. */
const invisible = '\\p{Cf}\\p{Default_Ignorable_Code_Point}'
const invisibleOrSpace = `[\\s${invisible}]`
const ends = new RegExp(`^${invisibleOrSpace}+|${invisibleOrSpace}+$`, 'gu')
const spacing = new RegExp(`[\\p{Zs}\\t${invisible}]`, 'gu')

/** Takes spaces, line ends and invisible signs off both ends. */
export const trimTyped = (text: string): string => (plain.test(text) ? text.trim() : text.replace(ends, ''))

/** Takes out what may stand between the digits of a number and is not shown: spaces, tabs and invisible signs. */
export const withoutSpacing = (text: string): string => text.replace(spacing, '')
