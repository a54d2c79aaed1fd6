import { Value } from 'typebox/value'
import { type ConfigurationIssue, suggest } from '../../domain/configuration-issue.ts'
import { Secret } from '../../domain/secret.ts'
import type {
  CarrierKindNotes,
  CarrierSettings,
  CheckedCarrier,
  ReadCarrier,
  ResolveReference,
} from '../../engine/ports/carriers.ts'
import type { CarrierParts } from '../carrier.ts'
import type { CarrierKind } from '../kinds/carrier-kind.ts'
import type { ReceiptReader } from '../receipts/receipt-reader.ts'

/*
 * Reads the settings of carriers by the schema of their kind, from the file, the environment or the database.
 */

/** JSON Schema, with the documentation of each setting. */
type SettingsSchema = { properties: Readonly<Record<string, object>>; required?: readonly string[] }
type SettingSchema = Partial<SettingsSchema> & {
  type?: string
  expected?: string
  example?: string
  default?: unknown
  secret?: boolean
}

type Map = Record<string, unknown>
const isMap = (value: unknown): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Settings of carriers, as their kinds define them. */
export type KindSettings = {
  /** The kind of this name. */
  kindOf(name: unknown): CarrierKind | undefined
  /** Reads the entry of a carrier. Connects to nothing. */
  readCarrier: ReadCarrier
  /**
   * Reads the entry of a carrier that is new to this server, and creates the carrier once: some settings are valid one
   * by one but not together. Not for every read of a carrier, because some kinds start to connect.
   */
  readNewCarrier: ReadCarrier
  /** The reader of a carrier's reports; null where they do not come over HTTP. */
  openReader(carrier: CheckedCarrier, log: CarrierParts['log']): ReceiptReader | null
  /** Settings whose secrets are replaced by `…` and their last four characters. */
  mask(kind: string, settings: CarrierSettings): CarrierSettings
  /** What a form needs to ask for the settings of each kind. */
  describe(): CarrierKindNotes[]
}

/** Reads settings by the schemas of these kinds. */
export function createKindSettings(kinds: readonly CarrierKind[]): KindSettings {
  const kindOf = (name: unknown): CarrierKind | undefined => kinds.find(({ kind }) => kind === name)

  const readCarrier: ReadCarrier = (entry, parts) => {
    const { where } = parts
    const kind = isMap(entry) ? kindOf(entry.kind) : undefined
    if (kind === undefined || !isMap(entry)) {
      parts.report(unknownKind(entry, where, kinds))
      return null
    }
    const { kind: _, ...given } = entry
    let issues = 0
    const report = (issue: ConfigurationIssue) => {
      issues += 1
      parts.report(issue)
    }
    const settings = readObject(given, kind.settings, { ...parts, where, report })
    if (issues > 0) return null
    const { channelsOf, isForDevelopment = false } = kind
    return { kind: kind.kind, channels: channelsOf?.(settings) ?? kind.channels, isForDevelopment, settings }
  }

  return {
    kindOf,
    readCarrier,

    readNewCarrier(entry, parts) {
      const carrier = readCarrier(entry, parts)
      const fault = carrier === null ? null : findFault(kindOf(carrier.kind), carrier)
      if (carrier === null || fault === null) return carrier
      parts.report({
        where: parts.where,
        read: `${carrier.kind}: ${fault}`,
        expected: `settings that go together, as "watchword docs carriers" says of ${carrier.kind}`,
        example: `kind: ${carrier.kind}`,
        remedy: 'Correct the settings that are named.',
      })
      return null
    },

    openReader: ({ kind, settings }, log) => kindOf(kind)?.receipts?.open?.(settings, { log }) ?? null,

    mask(kind, settings) {
      const schema: SettingsSchema | undefined = kindOf(kind)?.settings
      return schema === undefined ? {} : maskAll(settings, schema.properties)
    },
    describe: () => kinds.map(describeKind),
  }
}

const describeKind = ({
  kind,
  channels,
  guide,
  receipts,
  settings,
  ...rest
}: CarrierKind): CarrierKindNotes => ({
  kind,
  title: guide.title,
  channels,
  setup: guide.setup,
  receiptSetup: receipts?.setup ?? [],
  source: guide.source,
  isForDevelopment: rest.isForDevelopment === true,
  settings: settings.properties,
  required: settings.required ?? [],
})

function findFault(kind: CarrierKind | undefined, { settings }: CheckedCarrier): string | null {
  try {
    void kind?.create(settings, { name: kind.kind, log: { error: () => {} } }).close?.()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function unknownKind(entry: unknown, where: string, kinds: readonly CarrierKind[]): ConfigurationIssue {
  const known = kinds.map(({ kind }) => kind)
  const written = isMap(entry) ? entry.kind : entry
  const about = { expected: `one of ${known.join(', ')}`, example: `kind: ${known[0]}` }
  const remedy = `${suggest(String(written ?? ''), known)}Name the kind; "watchword docs carriers" lists the settings of each.`
  return issueAt(isMap(entry) ? `${where}.kind` : where, written, about, remedy)
}

/** Resolves no reference: those who may write settings to the database must not read the server's variables. */
export const resolveNothing: ResolveReference = (name) => ({
  ok: false,
  read: `\${${name}}, which stands for nothing here`,
  remedy: 'Give the value itself.',
})

/** Settings as plain JSON, with their secrets. */
export function plainSettings(settings: CarrierSettings): CarrierSettings {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, plainValueOf(value)]))
}

const plainValueOf = (value: unknown): unknown => {
  if (value instanceof Secret) return value.reveal()
  return isMap(value) ? plainSettings(value) : value
}

function maskAll(settings: CarrierSettings, properties: SettingsSchema['properties']): Map {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      maskOne(value, properties[key] ?? { secret: true }),
    ]),
  )
}

function maskOne(value: unknown, { properties, secret = false }: SettingSchema): unknown {
  if (properties !== undefined && isMap(value)) return maskAll(value, properties)
  if (!secret) return value
  const text = String(value).trim()
  // Four characters of a short secret would be half of it.
  return text.length >= 16 ? `…${text.slice(-4)}` : '…'
}

type Place = { where: string; resolve: ResolveReference; report: (issue: ConfigurationIssue) => void }

function readObject(given: Map, { properties, required = [] }: SettingsSchema, place: Place): Map {
  const known = Object.keys(properties)
  for (const key of Object.keys(given).filter((key) => !known.includes(key))) {
    const about = { expected: `one of ${known.join(', ')}`, example: `${known[0]}:` }
    const issue = issueAt(
      `${place.where}.${key}`,
      null,
      about,
      `${suggest(key, known)}Rename it or remove it.`,
    )
    // A value that was meant for another key may be a secret.
    place.report({ ...issue, read: 'a setting that this kind does not have' })
  }
  const settings: Map = {}
  for (const [key, schema] of Object.entries(properties)) {
    const where = `${place.where}.${key}`
    const value = given[key] ?? undefined
    const { default: defaultValue }: SettingSchema = schema
    const read = value === undefined ? defaultValue : readSetting(value, schema, { ...place, where })
    if (read !== undefined) settings[key] = read
    else if (value === undefined && required.includes(key))
      place.report(
        issueAt(where, undefined, aboutSetting(key, schema), 'Add it: this kind does not work without.'),
      )
  }
  return settings
}

/** Undefined for an invalid value, after the issue was reported. */
function readSetting(value: unknown, schema: SettingSchema, place: Place): unknown {
  const { properties, required = [], secret = false } = schema
  if (properties !== undefined && isMap(value)) return readObject(value, { properties, required }, place)

  const key = place.where.split('.').at(-1) ?? ''
  const about = aboutSetting(key, schema)
  const found = followReference(value, about, place)
  if (found === undefined) return undefined
  if (Value.Check(schema, found)) return secret && typeof found === 'string' ? new Secret(found) : found

  const issue = issueAt(place.where, found, about, remedyFor(found, schema))
  place.report(secret ? { ...issue, read: hide(found) } : issue)
  return undefined
}

/** The value that the text `${NAME}` refers to. Undefined where there is none, after that was reported. */
function followReference(value: unknown, about: About, { where, resolve, report }: Place): unknown {
  if (typeof value !== 'string' || !value.includes('${')) return value
  const [, name] = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(value) ?? []
  if (name === undefined) {
    const remedy = 'Let the reference be the whole value.'
    report({ where, read: 'a reference inside of a longer value', ...about, remedy })
    return undefined
  }
  const resolved = resolve(name)
  if (resolved.ok) return resolved.text
  report({ where, read: resolved.read, ...about, remedy: resolved.remedy })
  return undefined
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

function issueAt(
  where: string,
  value: unknown,
  { expected, example }: About,
  remedy: string,
): ConfigurationIssue {
  const shown = JSON.stringify(value) ?? String(value)
  const read =
    value === undefined || value === null ? null : shown.length > 120 ? `${shown.slice(0, 120)}…` : shown
  return { where, read, expected, example, remedy }
}

const hide = (value: unknown): string =>
  typeof value === 'string'
    ? `a value of ${Buffer.byteLength(value)} bytes, not shown`
    : `a value that is no text, not shown`
