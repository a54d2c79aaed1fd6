import type { CarrierKind, Schema } from '../../api/catalogue.ts'

/** The fields of a kind with what is set; secrets are never known, so their fields are empty. */
export const fieldsOfKind = (
  { settings }: CarrierKind,
  present: Readonly<Record<string, unknown>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, schema]) => [name, writeField(schema, present[name])]),
  )

function writeField(schema: Schema, value: unknown): string {
  if (holdsSecret(schema)) return ''
  const shown = value ?? schema.default
  if (shown === undefined) return ''
  return typeof shown === 'object' ? JSON.stringify(shown) : String(shown)
}

/** Whether a setting is secret, or a part of it. */
const holdsSecret = ({ secret, properties = {} }: Schema): boolean =>
  secret === true || Object.values(properties).some(holdsSecret)

/** The settings of the fields; what is left empty is left out. */
export const readSettings = (
  { settings }: CarrierKind,
  fields: Readonly<Record<string, string>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([name, schema]) => {
      const typed = (fields[name] ?? '').trim()
      return typed === '' ? [] : [[name, readField(schema, typed)]]
    }),
  )

function readField({ type, properties }: Schema, typed: string): unknown {
  if (type === 'boolean') return typed === 'true'
  if ((type === 'integer' || type === 'number') && /^\d+$/.test(typed)) return Number(typed)
  if ((type === 'object' || properties !== undefined) && typed.startsWith('{')) return parseObject(typed)
  return typed
}

/** A text that is not JSON goes as it is, and the server says what is wrong. */
function parseObject(typed: string): unknown {
  try {
    return JSON.parse(typed)
  } catch {
    return typed
  }
}
