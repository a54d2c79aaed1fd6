/*
 * The letters of SMS (3GPP TS 23.038 section 6.2.1). A text of these alone holds 160 to a message; any other letter
 * makes the whole text UCS-2, which holds 70, and doubles the price of what did not fit.
 */

const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§' +
    '¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extended = new Set('\f^{}\\[~]|€')

/** How many of the 160 places of a message a text takes, or null when it does not fit the alphabet. */
export function countGsm7(text: string): number | null {
  let places = 0
  for (const letter of text) {
    if (basic.has(letter)) places += 1
    else if (extended.has(letter)) places += 2
    else return null
  }
  return places
}

const typography: Record<string, string> = {
  '\u2018': "'",
  '\u2019': "'",
  '\u201c': '"',
  '\u201d': '"',
  '\u2013': '-',
  '\u2014': '-',
  '\u2026': '...',
  '\u00a0': ' ',
  '\u202f': ' ',
}

/**
 * A text with typographic signs and accents that the alphabet lacks written plainly (`ç` as `c`), when that makes all
 * of it fit; otherwise the text as it was, for half a transcription of another script helps nobody.
 */
export function foldToGsm7(text: string): string {
  const folded = [...text].map((letter) => (countGsm7(letter) === null ? plain(letter) : letter)).join('')
  return countGsm7(folded) === null ? text : folded
}

const plain = (letter: string): string =>
  typography[letter] ?? letter.normalize('NFD').replace(/\p{Mn}/gu, '')
