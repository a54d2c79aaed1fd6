/**
 * A name or label that people typed: NFC, one line, at most `lengthMax` characters. Null for what is not text or has
 * nothing to show. Control characters are removed: PostgreSQL cannot store NUL, and a mail header cannot hold a line
 * break (S8).
 */
export function parseDisplayText(input: unknown, lengthMax = 200): string | null {
  if (typeof input !== 'string') return null
  const text = input
    .toWellFormed()
    .normalize('NFC')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
  return text === '' ? null : [...text.slice(0, 2 * lengthMax)].slice(0, lengthMax).join('').trim()
}
