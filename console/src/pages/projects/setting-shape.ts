import type { Schema, SettingNotes } from '../../api/catalogue.ts'

/** How a setting is edited; its schema says which. */
export type SettingShape =
  | { kind: 'number' }
  | { kind: 'yes-or-no' }
  | { kind: 'choice'; options: readonly string[] }
  | { kind: 'text' }
  /** One entry a line; with `word`, also that word alone. */
  | { kind: 'lines'; word: string | null }
  /** Whole numbers that belong together. */
  | { kind: 'numbers'; names: readonly string[] }
  | { kind: 'test-recipients' }
  | { kind: 'fallbacks' }
  /** A number, or numbers by name: `8`, or `login=8, reset=6`. */
  | { kind: 'lengths' }

const byName: Readonly<Record<string, SettingShape>> = {
  testRecipients: { kind: 'test-recipients' },
  fallbacks: { kind: 'fallbacks' },
  codeLength: { kind: 'lengths' },
}

/** The shape of a setting. */
export const shapeOf = ({ name, schema }: SettingNotes): SettingShape => byName[name] ?? shapeOfSchema(schema)

function shapeOfSchema(schema: Schema): SettingShape {
  const options = optionsOf(schema).filter(({ type }) => type !== 'null')
  const words = options.flatMap((option) => (option.const === undefined ? [] : [option.const]))
  if (words.length === options.length && words.length > 0) return { kind: 'choice', options: words }
  const [main] = options.filter((option) => option.const === undefined)
  if (main?.type === 'array') return { kind: 'lines', word: words[0] ?? null }
  if (main?.type === 'boolean') return { kind: 'yes-or-no' }
  if (main?.type === 'integer' || main?.type === 'number') return { kind: 'number' }
  if (main?.type === 'object') return { kind: 'numbers', names: Object.keys(main.properties ?? {}) }
  return { kind: 'text' }
}

/** The alternatives of a schema, those within alternatives as well. */
const optionsOf = (schema: Schema): Schema[] =>
  schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(optionsOf)

/** A value as its field holds it. Nothing at all is an empty text. */
export function writeSetting({ kind }: SettingShape, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (kind === 'lines') return Array.isArray(value) ? value.join('\n') : String(value)
  if (kind === 'lengths' && typeof value === 'object')
    return Object.entries(value)
      .map(([name, length]) => `${name}=${length}`)
      .join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The value of what a field holds. What cannot be one goes to the server as it is, whose answer says what is wrong. */
export function readSetting(shape: SettingShape, text: string, isNullable: boolean): unknown {
  const typed = text.trim()
  switch (shape.kind) {
    case 'lines':
      return readLines(typed, shape.word, isNullable)
    case 'yes-or-no':
      return typed === 'true'
    case 'number':
      return readNumber(typed)
    case 'lengths':
      return typed.includes('=') ? readLengths(typed) : readNumber(typed)
    case 'numbers':
    case 'test-recipients':
    case 'fallbacks':
      return typed === '' ? null : JSON.parse(typed)
    default:
      return typed === '' ? null : typed
  }
}

const readNumber = (typed: string): unknown =>
  typed === '' ? null : /^\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed

function readLines(typed: string, word: string | null, isNullable: boolean): unknown {
  if (typed === word) return word
  const entries = typed.split(/[\n,]/).flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]))
  return entries.length === 0 && isNullable ? null : entries
}

function readLengths(typed: string): unknown {
  const entries = typed.split(',').map((entry) => /^\s*([a-z-]+)\s*=\s*(\d+)\s*$/.exec(entry))
  return entries.includes(null)
    ? typed
    : Object.fromEntries(entries.map((found) => [found?.[1], Number(found?.[2])]))
}
