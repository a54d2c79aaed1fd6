/*
 * What addresses and codes have in common when people type or paste them: decimal digits of any script, and invisible
 * characters.
 */

// Nearly every request holds only these characters, and none of them has to be replaced.
const plain = /^[\x20-\x7e]*$/

/** Replaces the decimal digits of any script by ASCII digits: Arabic, Devanagari, full-width and so on. */
export const asciiDigits = (text: string): string =>
  plain.test(text) ? text : text.replace(/\p{Nd}/gu, (digit) => String(decimalOf(digit)))

/** Unicode assigns decimal digits in complete runs from zero to nine, also where runs are adjacent. */
function decimalOf(digit: string): number {
  const codePoint = digit.codePointAt(0) ?? 0
  let before = 0
  while (/^\p{Nd}$/u.test(String.fromCodePoint(codePoint - before - 1))) before += 1
  return before % 10
}

/** Characters that are not shown: direction marks, zero-width spaces and joiners, soft hyphens, variation selectors. */
const invisible = '\\p{Cf}\\p{Default_Ignorable_Code_Point}'
const invisibleOrSpace = `[\\s${invisible}]`
const ends = new RegExp(`^${invisibleOrSpace}+|${invisibleOrSpace}+$`, 'gu')
const spacing = new RegExp(`[\\p{Zs}\\t${invisible}]`, 'gu')

/** Removes spaces, line ends and invisible characters from both ends. */
export const trimTyped = (text: string): string => (plain.test(text) ? text.trim() : text.replace(ends, ''))

/** Removes spaces, tabs and invisible characters, which may be between the digits of a number. */
export const withoutSpacing = (text: string): string => text.replace(spacing, '')
