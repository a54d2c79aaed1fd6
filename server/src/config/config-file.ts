import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { environmentCarrierNames } from '../domain/carrier-name.ts'
import { noPrices, type Prices } from '../domain/money.ts'
import type { OptionIssue } from '../domain/mount-option.ts'
import type { ProjectId } from '../domain/project.ts'
import type { RouteTable } from '../domain/route.ts'
import { defaultSessionLife, type SessionLife } from '../domain/session-life.ts'
import type { ConfiguredCarrier } from '../engine/ports/carriers.ts'
import { type ConfigurationIssue, type ReportIssue, suggest } from './configuration-error.ts'
import { type DialectShape, fileKeysOf, mountKeysOf, optionsOf } from './file-keys.ts'
import { type ReadCarriersParts, readCarriers } from './read-carriers.ts'
import { readOrigins } from './read-origins.ts'
import { readPrices } from './read-prices.ts'
import { readRoutes } from './read-routes.ts'
import { readSessionLife } from './read-session-life.ts'

/** One mount, with the options that dialects add under names of their own; null for an option that it does not set. */
export type MountConfig = {
  /** One of the dialects that the configuration was read for. */
  dialect: string
  /** Null for the only project there is, and for a dialect whose callers name their project. */
  project: ProjectId | null
  /** Empty, or like `/shop`. */
  prefix: string
  /** The origins whose pages may call it, as browsers spell them. */
  origins: readonly string[]
  /** How long sessions live that it opens. */
  sessions: SessionLife
  [option: string]: unknown
}

export type FileConfig = {
  mounts: MountConfig[] | null
  carriers: Record<string, ConfiguredCarrier>
  /** Only the channels that the file names; carriers by names of `carriers` or of the environment's. */
  routes: RouteTable
  prices: Prices
}

export const emptyFile: FileConfig = { mounts: null, carriers: {}, routes: {}, prices: noPrices }

export type ReadFileParts = Pick<ReadCarriersParts, 'readCarrier' | 'resolve'> & {
  dialects: readonly DialectShape[]
  issues: ConfigurationIssue[]
}

/** Reads the YAML file. What is wrong in it goes to `issues`, and counts as not written. */
export function readConfigFile(
  path: string,
  { dialects, issues, ...carrierParts }: ReadFileParts,
): FileConfig {
  const content = readYaml(path, issues)
  const keys = fileKeysOf(dialects)
  const report = (where: string, read: unknown, key: { expected: string; example: string }, remedy: string) =>
    issues.push({ where, read: read === undefined ? null : showYaml(read), ...key, remedy })
  if (content === null) return emptyFile
  if (!isMap(content)) {
    report(
      path,
      content,
      { expected: 'keys and values', example: keys.mounts.example },
      'Write the keys at the left.',
    )
    return emptyFile
  }
  reportUnknownKeys(content, Object.keys(keys), '', report)
  const parts = { ...carrierParts, report: (issue: ConfigurationIssue) => void issues.push(issue) }
  // A carrier with an issue keeps its name, so that its routes are not a second issue.
  const declared = isMap(content.carriers) ? Object.keys(content.carriers) : []
  return {
    mounts: readMounts(content.mounts, { dialects, report }),
    carriers: readCarriers(content.carriers, parts),
    routes: readRoutes(content.routes, [...declared, ...environmentCarrierNames], report),
    prices: readPrices(content, [...declared, ...environmentCarrierNames], report),
  }
}

type Map = Record<string, unknown>

const isMap = (value: unknown): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function showYaml(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

function readYaml(path: string, issues: ConfigurationIssue[]): unknown {
  const about = {
    where: 'WATCHWORD_CONFIG',
    expected: 'a YAML file',
    example: 'WATCHWORD_CONFIG=/etc/watchword.yaml',
  }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    const remedy = 'Name a file that exists and that this user may read, or remove the setting.'
    issues.push({ ...about, read: `${JSON.stringify(path)} (${reason})`, remedy })
    return null
  }
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true })
  // Only the first error, because the others mostly follow from it; and only its position, because the line may hold a
  // secret.
  const [first] = document.errors
  if (first === undefined) return document.toJS()
  const [reason = ''] = first.message.split('\n')
  const line = text.split('\n')[(first.linePos?.[0].line ?? 1) - 1] ?? ''
  const braces = /\{.*\$\{/.test(line) ? `Within {…} a \${NAME} stands in quotes: "\${NAME}". ` : ''
  issues.push({
    ...about,
    read: `${path}: ${reason.replace(/:$/, '')}`,
    remedy: `${braces}Correct that line or the one before it; "watchword docs watchword.sample.yaml" is a whole example.`,
  })
  return null
}

function reportUnknownKeys(map: Map, known: string[], inside: string, report: ReportIssue): void {
  for (const key of Object.keys(map).filter((key) => !known.includes(key))) {
    const where = inside === '' ? key : `${inside}.${key}`
    const about = { expected: `one of ${known.join(', ')}`, example: `${known[0]}: …` }
    report(where, map[key], about, `${suggest(key, known)}Rename it or remove it.`)
  }
}

function readMounts(
  value: unknown,
  { dialects, report }: { dialects: readonly DialectShape[]; report: ReportIssue },
): MountConfig[] | null {
  if (value === undefined || value === null) return null
  if (!Array.isArray(value)) {
    report('mounts', value, fileKeysOf(dialects).mounts, 'Write a list: each mount begins with a dash.')
    return null
  }
  const keys = mountKeysOf(dialects)
  const mounts = value.flatMap(
    (entry, index) => readMount(entry, `mounts[${index}]`, { dialects, keys, report }) ?? [],
  )
  mounts.forEach(({ dialect, prefix }, index) => {
    const isSecond = mounts.findIndex((other) => other.dialect === dialect && other.prefix === prefix) < index
    if (isSecond)
      report(`mounts[${index}]`, `${dialect} at "${prefix}" again`, keys.prefix, 'Give it another prefix.')
  })
  return mounts
}

type MountParts = {
  dialects: readonly DialectShape[]
  keys: ReturnType<typeof mountKeysOf>
  report: ReportIssue
}

function readMount(entry: unknown, where: string, parts: MountParts): MountConfig | null {
  const { dialects, keys, report } = parts
  if (!isMap(entry)) {
    report(where, entry, fileKeysOf(dialects).mounts, 'Write its keys below each other.')
    return null
  }
  reportUnknownKeys(entry, Object.keys(keys), where, report)
  const dialect = dialects.find(({ name }) => name === entry.dialect)
  if (dialect === undefined) {
    const names = dialects.map(({ name }) => name)
    const remedy = `${suggest(String(entry.dialect ?? ''), names)}Name one of these.`
    report(`${where}.dialect`, entry.dialect, keys.dialect, remedy)
    return null
  }
  return {
    dialect: dialect.name,
    project: readProject(entry.project, dialect, where, parts),
    prefix: readPrefix(entry.prefix, where, parts),
    origins: readOrigins(entry.origins, (place, read, remedy) =>
      report(`${where}.${place}`, read, keys.origins, remedy),
    ),
    sessions: readSessions(entry.sessions, dialect, where, parts),
    ...readOptions(entry, dialect, where, parts),
  }
}

function readProject(
  value: unknown,
  { name, projectNamedIn }: DialectShape,
  where: string,
  { keys, report }: MountParts,
): ProjectId | null {
  if (value === undefined || value === null) return null
  if (projectNamedIn !== null) {
    const remedy = `Remove it: callers of ${name} name their project in ${projectNamedIn}.`
    report(`${where}.project`, value, keys.project, remedy)
  } else if (typeof value !== 'string' || !/^PRJ_[A-Za-z0-9]{1,64}$/.test(value)) {
    report(`${where}.project`, value, keys.project, 'Take the id that `watchword projects list` shows.')
  } else return value as ProjectId
  return null
}

function readPrefix(value: unknown, where: string, { keys, report }: MountParts): string {
  if (value === undefined || value === null || value === '' || value === '/') return ''
  if (typeof value === 'string' && /^(\/[A-Za-z0-9._~-]+)+$/.test(value)) return value
  report(`${where}.prefix`, value, keys.prefix, 'Begin with a slash and end without one.')
  return ''
}

function readSessions(
  value: unknown,
  { name, purposes }: DialectShape,
  where: string,
  { keys, report }: MountParts,
): SessionLife {
  const opensNone = !purposes.some(({ use }) => use === 'login' || use === 'sign-up')
  if (value === undefined || value === null || !opensNone)
    return readSessionLife(value, (place, read, remedy) =>
      report(`${where}.${place}`, read, keys.sessions, remedy),
    )
  report(`${where}.sessions`, value, keys.sessions, `Remove it: ${name} opens no sessions.`)
  return defaultSessionLife
}

/** Every option of every dialect, because all mounts have one shape; options of other dialects must not be there. */
function readOptions(
  entry: Map,
  dialect: DialectShape,
  where: string,
  { dialects, report }: MountParts,
): Record<string, unknown> {
  const read = ({ dialect: owner, name, option }: ReturnType<typeof optionsOf>[number]) => {
    const given = Object.keys(option.keys).filter((key) => entry[key] !== undefined)
    if (given.length === 0) return [name, null]
    if (owner === dialect.name) {
      const about = ({ place, read, key, remedy }: OptionIssue) =>
        report(place === '' ? where : `${where}.${place}`, read, key, remedy)
      return [name, option.read(entry, about)]
    }
    const [key = ''] = given
    const about = option.keys[key] ?? fileKeysOf(dialects).mounts
    report(where, given.join(' and '), about, `Remove it: ${dialect.name} ${option.elsewhere}.`)
    return [name, null]
  }
  return Object.fromEntries(optionsOf(dialects).map(read))
}
