import { Value } from 'typebox/value'
import type { Channel } from '../domain/address.ts'
import { Secret } from '../domain/secret.ts'
import { fileKeys } from './file-keys.ts'
import { type Mistake, suggest } from './mistake.ts'
import { type Environment, readVariable } from './read-variable.ts'

/** Names of routes that stand for what the environment configures. */
export const environmentCarriers = ['smtp', 'webhook', 'inbox'] as const
export type EnvironmentCarrier = (typeof environmentCarriers)[number]

export const isEnvironmentCarrier = (name: string): name is EnvironmentCarrier =>
  (environmentCarriers as readonly string[]).includes(name)

/** What the configuration must know of a kind of carrier. Delivery has the kinds; who loads the configuration brings them. */
export type CarrierKindShape = {
  kind: string
  channels: readonly Channel[]
  settings: SettingsSchema
  isForDevelopment?: boolean
  /** Says what is wrong with settings that are right one by one, such as a key that is none; null when nothing is. */
  findFault?(settings: Readonly<Record<string, unknown>>): string | null
}

/** JSON Schema, with what messages say of each setting. */
type SettingsSchema = { properties: Readonly<Record<string, object>>; required?: readonly string[] }
type SettingSchema = Partial<SettingsSchema> & {
  type?: string
  expected?: string
  example?: string
  default?: unknown
  secret?: boolean
}

/** A carrier of the file, every setting checked. Secrets are `Secret`s, and defaults are filled in. */
export type CarrierConfig = Readonly<{
  kind: string
  channels: readonly Channel[]
  isForDevelopment: boolean
  settings: Readonly<Record<string, unknown>>
}>

export type ReadCarriersParts = {
  kinds: readonly CarrierKindShape[]
  env: Environment
  report: (mistake: Mistake) => void
}

type Map = Record<string, unknown>
const isMap = (value: unknown): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The carriers of the file by name. One with a mistake in it is left out. */
export function readCarriers(value: unknown, parts: ReadCarriersParts): Record<string, CarrierConfig> {
  if (value === undefined || value === null) return {}
  if (!isMap(value)) {
    parts.report(mistakeAt('carriers', value, fileKeys.carriers, 'Write one key for each carrier.'))
    return {}
  }
  const carriers = Object.entries(value).map(
    ([name, entry]) => [name, readCarrier(name, entry, parts)] as const,
  )
  return Object.fromEntries(carriers.filter((named): named is [string, CarrierConfig] => named[1] !== null))
}

function readCarrier(name: string, entry: unknown, parts: ReadCarriersParts): CarrierConfig | null {
  const where = `carriers.${name}`
  const isTaken = isEnvironmentCarrier(name)
  if (isTaken || !/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    const expected = 'a name of up to 40 small letters, digits and hyphens'
    const remedy = isTaken
      ? 'Choose another: this one is what the environment configures.'
      : 'Begin with a letter.'
    parts.report(mistakeAt(where, name, { expected, example: fileKeys.carriers.example }, remedy))
    return null
  }
  const kind = findKind(entry, where, parts)
  if (kind === null || !isMap(entry)) return null

  const { kind: _, ...given } = entry
  let mistakes = 0
  const report = (mistake: Mistake) => {
    mistakes += 1
    parts.report(mistake)
  }
  const settings = readObject(given, kind.settings, { where, env: parts.env, report })
  const fault = mistakes > 0 ? null : (kind.findFault?.(settings) ?? null)
  if (fault !== null)
    report({
      where,
      read: `${kind.kind}: ${fault}`,
      expected: `settings that go together, as docs/carriers.md says of ${kind.kind}`,
      example: `kind: ${kind.kind}`,
      remedy: 'Correct the settings that are named.',
    })
  const { channels, isForDevelopment = false } = kind
  return mistakes > 0 ? null : { kind: kind.kind, channels, isForDevelopment, settings }
}

function findKind(
  entry: unknown,
  where: string,
  { kinds, report }: ReadCarriersParts,
): CarrierKindShape | null {
  const known = kinds.map(({ kind }) => kind)
  const written = isMap(entry) ? entry.kind : entry
  const kind = isMap(entry) ? kinds.find(({ kind }) => kind === written) : undefined
  if (kind !== undefined) return kind
  const about = { expected: `one of ${known.join(', ')}`, example: `kind: ${known[0]}` }
  const remedy = `${suggest(String(written ?? ''), known)}Name the kind; docs/carriers.md tells what each needs.`
  report(mistakeAt(isMap(entry) ? `${where}.kind` : where, written, about, remedy))
  return null
}

type Place = { where: string; env: Environment; report: (mistake: Mistake) => void }

function readObject(given: Map, { properties, required = [] }: SettingsSchema, place: Place): Map {
  const known = Object.keys(properties)
  for (const key of Object.keys(given).filter((key) => !known.includes(key))) {
    const about = { expected: `one of ${known.join(', ')}`, example: `${known[0]}:` }
    const mistake = mistakeAt(
      `${place.where}.${key}`,
      null,
      about,
      `${suggest(key, known)}Rename it or remove it.`,
    )
    // What was meant for another key may be its secret.
    place.report({ ...mistake, read: 'a setting that this kind does not have' })
  }
  const settings: Map = {}
  for (const [key, schema] of Object.entries(properties)) {
    const where = `${place.where}.${key}`
    const value = given[key] ?? undefined
    const { default: usual }: SettingSchema = schema
    const read = value === undefined ? usual : readSetting(value, schema, { ...place, where })
    if (read !== undefined) settings[key] = read
    else if (value === undefined && required.includes(key))
      place.report(
        mistakeAt(where, undefined, aboutSetting(key, schema), 'Add it: this kind does not work without.'),
      )
  }
  return settings
}

/** Undefined for a value that is not taken, after its mistake was reported. */
function readSetting(value: unknown, schema: SettingSchema, place: Place): unknown {
  const { properties, required = [], secret = false } = schema
  if (properties !== undefined && isMap(value)) return readObject(value, { properties, required }, place)

  const key = place.where.split('.').at(-1) ?? ''
  const about = aboutSetting(key, schema)
  const found = followReference(value, about, place)
  if (found === undefined) return undefined
  if (Value.Check(schema, found)) return secret && typeof found === 'string' ? new Secret(found) : found

  const mistake = mistakeAt(place.where, found, about, remedyFor(found, schema))
  place.report(secret ? { ...mistake, read: hide(found) } : mistake)
  return undefined
}

/** A text that is `${NAME}` stands for the variable, or for the content of the file that `NAME_FILE` names. */
function followReference(value: unknown, about: About, { where, env, report }: Place): unknown {
  if (typeof value !== 'string' || !value.includes('${')) return value
  const [, name] = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(value) ?? []
  const fail = (read: string, remedy: string) => void report({ where, read, ...about, remedy })
  if (name === undefined)
    return fail('a reference inside of a longer value', 'Let the reference be the whole value.')

  const variable = readVariable(env, name)
  if (variable.kind === 'both')
    return fail(`both ${name} and ${name}_FILE`, `Keep one of ${name} and ${name}_FILE and remove the other.`)
  if (variable.kind === 'unreadable')
    return fail(
      `${name}_FILE=${JSON.stringify(variable.file)} (${variable.reason})`,
      'Name a file that exists and that this user may read.',
    )
  return (
    variable.text ?? fail(`${value}, which is not set`, `Set ${name}, or ${name}_FILE to the path of a file.`)
  )
}

type About = { expected: string; example: string }

const aboutSetting = (key: string, { expected = 'a value', example = '…' }: SettingSchema): About => ({
  expected,
  example: `${key}: ${example}`,
})

function remedyFor(value: unknown, schema: SettingSchema): string {
  const isMeantAsText = schema.type === 'string' && ['number', 'boolean'].includes(typeof value)
  return isMeantAsText ? 'Put it into quotes: YAML reads something else than a text.' : 'Correct it.'
}

function mistakeAt(where: string, value: unknown, { expected, example }: About, remedy: string): Mistake {
  const shown = JSON.stringify(value) ?? String(value)
  const read =
    value === undefined || value === null ? null : shown.length > 120 ? `${shown.slice(0, 120)}…` : shown
  return { where, read, expected, example, remedy }
}

const hide = (value: unknown): string =>
  typeof value === 'string'
    ? `a value of ${Buffer.byteLength(value)} bytes, not shown`
    : `a value that is no text, not shown`
