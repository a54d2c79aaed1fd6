import type { JsonSchema, Kind } from './setting.ts'

/*
 * The kinds of values that settings of any table have. Those of projects alone are in project-setting-kinds.ts.
 */

/** A whole number, bounds included. */
export function wholeNumber(min: number, max: number, unit?: string): Kind<number> {
  const takes = `a whole number${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}`
  return {
    takes,
    parse: (input) => parseWholeNumber(input, [min, max]),
    schema: { type: 'integer' },
    typed: { takes, read: (text) => (/^\d+$/.test(text) ? Number(text) : text), write: String },
  }
}

type Bounds = readonly [min: number, max: number]

const parseWholeNumber = (input: unknown, [min, max]: Bounds): number | undefined =>
  typeof input === 'number' && Number.isInteger(input) && input >= min && input <= max ? input : undefined

export const yesOrNo: Kind<boolean> = {
  takes: 'true or false',
  parse: (input) => (typeof input === 'boolean' ? input : undefined),
  schema: { type: 'boolean' },
  typed: {
    takes: 'yes or no',
    read: (text) => (text === 'yes' ? true : text === 'no' ? false : text),
    write: (value) => (value ? 'yes' : 'no'),
  },
}

/** Text that `parse` makes canonical. */
export const text = <Text extends string>(
  takes: string,
  parse: (input: unknown) => Text | undefined,
): Kind<Text> => ({
  takes,
  parse,
  schema: { type: 'string' },
  typed: { takes, read: String, write: String },
})

/** One of a few words. */
export const oneOf = <const Word extends string>(
  words: readonly Word[],
  takes = `one of ${words.join(', ')}`,
): Kind<Word> => ({
  ...text(takes, (input) => words.find((word) => word === input)),
  schema: wordSchema(words),
})

/** The schema of one of a few words. */
export const wordSchema = (words: readonly string[]): JsonSchema => ({
  anyOf: words.map((word) => ({ type: 'string', const: word })),
})

/** The schema of an object whose members are all required. */
export const objectSchema = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
})

/** The entries of a list, and how each is typed. */
type Entry<Value> = {
  parse: (input: unknown) => Value | undefined
  schema: JsonSchema
  read?: (text: string) => unknown
  write?: (value: Value) => string
}

/** A list of at most `max` entries, typed with commas between them. Duplicates are removed. */
export function list<Value>(
  { parse, schema, read = String, write = String }: Entry<Value>,
  { takes, takesTyped, max }: { takes: string; takesTyped: string; max: number },
): Kind<readonly Value[]> {
  return {
    takes,
    parse(input) {
      if (!Array.isArray(input) || input.length > max) return undefined
      const entries = input.map(parse).filter((entry) => entry !== undefined)
      return entries.length < input.length ? undefined : [...new Set(entries)]
    },
    parseEntry: parse,
    schema: { type: 'array', items: schema },
    typed: {
      takes: `${takesTyped}, or "none"`,
      read: (text) => (text === 'none' ? [] : text.split(',').map((entry) => read(entry.trim()))),
      write: (entries) => entries.map(write).join(',') || 'none',
    },
  }
}

/** Whole numbers that belong together, typed with slashes between them: `600/60`. Seconds may be typed as `60s`. */
export function numbers<Name extends string>(
  bounds: Readonly<Record<Name, Bounds>>,
  { takes, takesTyped }: { takes: string; takesTyped: string },
): Kind<Record<Name, number>> {
  const names = Object.keys(bounds) as Name[]
  const pattern = new RegExp(
    `^${names.map((name) => (/Seconds$/.test(name) ? '(\\d+)s?' : '(\\d+)')).join('/')}$`,
  )
  return {
    takes,
    parse(input) {
      const given = Object(input) as Record<Name, unknown>
      const parsed = names.map((name) => [name, parseWholeNumber(given[name], bounds[name])] as const)
      return parsed.every(([, value]) => value !== undefined)
        ? (Object.fromEntries(parsed) as Record<Name, number>)
        : undefined
    },
    schema: objectSchema(Object.fromEntries(names.map((name) => [name, { type: 'integer' }]))),
    typed: {
      takes: takesTyped,
      read(text) {
        const found = pattern.exec(text)?.slice(1)
        return found === undefined ? text : Object.fromEntries(found.map((n, i) => [names[i], Number(n)]))
      },
      write: (value) => names.map((name) => value[name]).join('/'),
    },
  }
}

/** Also accepts null, which `word` stands for on the command line. `means` describes what null does. */
export function orNull<Value>(
  kind: Kind<Value>,
  { word, means }: { word: string; means?: string },
): Kind<Value | null> {
  const meaning = means === undefined ? '' : ` for ${means}`
  return {
    ...kind,
    takes: `${kind.takes}, or null${meaning}`,
    parse: (input) => (input === null ? null : kind.parse(input)),
    schema: { anyOf: [kind.schema, { type: 'null' }] },
    typed: {
      takes: `${kind.typed.takes}, or "${word}"${meaning}`,
      read: (text) => (text === word ? null : kind.typed.read(text)),
      write: (value) => (value === null ? word : kind.typed.write(value)),
    },
  }
}

/** Also accepts a word, the same in JSON and on the command line. */
export function orWord<Value, const Word extends string>(kind: Kind<Value>, word: Word): Kind<Value | Word> {
  return {
    ...kind,
    takes: `${kind.takes}, or "${word}"`,
    parse: (input) => (input === word ? word : kind.parse(input)),
    schema: { anyOf: [{ type: 'string', const: word }, kind.schema] },
    typed: {
      takes: `${kind.typed.takes}, or "${word}"`,
      read: (text) => (text === word ? word : kind.typed.read(text)),
      write: (value) => (value === word ? word : kind.typed.write(value as Value)),
    },
  }
}
