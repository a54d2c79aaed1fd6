/*
 * The SMS alphabet (3GPP TS 23.038 section 6.2.1). A message of these letters holds 160 of them. Any other letter makes
 * the whole text UCS-2, which holds 70, and a text that no longer fits costs twice as much.
 */

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmnopqrstuvwxyzäöñüà'
/** Not a letter: the next code is looked up in the extension table. */
const escapeCode = 0x1b
const extension: [letter: string, code: number][] = [
  ['\f', 0x0a],
  ['^', 0x14],
  ['{', 0x28],
  ['}', 0x29],
  ['\\', 0x2f],
  ['[', 0x3c],
  ['~', 0x3d],
  [']', 0x3e],
  ['|', 0x40],
  ['€', 0x65],
]
const codes = new Map<string, readonly number[]>([
  ...[...basic]
    .map((letter, code): [string, number[]] => [letter, [code]])
    .filter(([, [code]]) => code !== escapeCode),
  ...extension.map(([letter, code]): [string, number[]] => [letter, [escapeCode, code]]),
])

/** The one or two codes of a letter, or null for a letter outside the alphabet. */
export const gsm7CodesOf = (letter: string): readonly number[] | null => codes.get(letter) ?? null

/** How many of the 160 places of a message a text takes, or null if it does not fit the alphabet. */
export function countGsm7(text: string): number | null {
  let places = 0
  for (const letter of text) {
    const taken = codes.get(letter)
    if (taken === undefined) return null
    places += taken.length
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
 * Writes typographic characters and accents that the alphabet lacks in a plain form (`ç` as `c`), if the whole text then
 * fits. Otherwise the text stays unchanged: a partial transcription of another script is useless.
 */
export function foldToGsm7(text: string): string {
  const folded = [...text].map((letter) => (countGsm7(letter) === null ? plain(letter) : letter)).join('')
  return countGsm7(folded) === null ? text : folded
}

const plain = (letter: string): string =>
  typography[letter] ?? letter.normalize('NFD').replace(/\p{Mn}/gu, '')
