import { cutText } from '../../domain/foreign-text.ts'
import { parseJsonText } from '../../domain/json-text.ts'

/*
 * Bodies of answers come from outside and may be anything. These readers return a value of the requested form, or an
 * empty one. None of them throws.
 */

export type JsonObject = Readonly<Record<string, unknown>>

/** A JSON object, or an empty one for any other text. */
export function parseJsonObject(body: string): JsonObject {
  try {
    return objectOf(parseJsonText(body))
  } catch {
    return {}
  }
}

/** The value if it is an object, else an empty one. */
export const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

/** The objects of a list; none for any other value. */
export const objectsOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.map(objectOf) : [])

/** A text or a number as text, cut at 300 characters; empty for anything else. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
    ? cutText(String(value), 300)
    : ''

/**
 * Describes a refusal in one line. Texts are not cut here: half a code would remain, which `cleanDetail` does not
 * recognise.
 */
export const describe = (...parts: unknown[]): string =>
  parts
    .map((part) => (typeof part === 'string' ? part : textOf(part)))
    .filter((part) => part !== '')
    .join(' ')
