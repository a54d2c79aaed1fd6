/*
 * Texts that others chose and we store: ids and words of providers, of other mail servers, of phones. PostgreSQL stores no
 * NUL and no half of a surrogate pair, and one such text would fail everything that is stored with it.
 */

/** Most ids have 20 to 60 characters. */
const idLengthMax = 200

/** An id from outside: null if it is neither text nor number, is empty or too long, or cannot be stored. */
export function parseForeignId(value: unknown): string | null {
  const id = typeof value === 'number' && Number.isFinite(value) ? String(value) : value
  if (typeof id !== 'string' || id === '' || id.includes('\0') || !id.isWellFormed()) return null
  return cutText(id, idLengthMax) === id ? id : null
}

/** A text from outside: characters that cannot be stored are replaced, and a long text is cut. */
export const foreignWords = (text: string, lengthMax: number): string =>
  cutText(text, lengthMax).toWellFormed().replaceAll('\0', ' ')

/** The first characters of a text, never half of one. */
export const cutText = (text: string, lengthMax: number): string =>
  // A character has two units at most, so no more of a long text is taken apart.
  text.length <= lengthMax ? text : [...text.slice(0, 2 * lengthMax)].slice(0, lengthMax).join('')
