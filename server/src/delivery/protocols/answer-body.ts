/*
 * Bodies of answers come from outside and may be anything. These readers give what is there in the form that was asked
 * for, or nothing; none of them throws.
 */

export type JsonObject = Readonly<Record<string, unknown>>

/** A JSON object, or an empty one for every other text. */
export function parseJsonObject(body: string): JsonObject {
  try {
    return objectOf(JSON.parse(body))
  } catch {
    return {}
  }
}

/** The value when it is an object, else an empty one. */
export const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

/** The objects of a list; none when it is no list. */
export const objectsOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.map(objectOf) : [])

/** A text or a number as text, cut at 300 characters; empty for anything else. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
    ? String(value).slice(0, 300)
    : ''

/** The id by which the carrier will speak of a message: a text or number that is not too long to keep, or null. */
export function messageIdOf(value: unknown): string | null {
  const id = typeof value === 'number' ? textOf(value) : value
  return typeof id === 'string' && id !== '' && id.length <= 200 ? id : null
}

/**
 * Says of a refusal what there is to say, in one line. Texts are whole: cut here, half a code would stay that `cleanDetail`
 * does not know again.
 */
export const describe = (...parts: unknown[]): string =>
  parts
    .map((part) => (typeof part === 'string' ? part : textOf(part)))
    .filter((part) => part !== '')
    .join(' ')
