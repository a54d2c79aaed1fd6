import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { environmentCarrierNames } from '../domain/carrier-name.ts'
import { noPrices, type Prices } from '../domain/money.ts'
import type { ProjectId } from '../domain/project.ts'
import type { RouteTable } from '../domain/route.ts'
import type { ConfiguredCarrier } from '../engine/ports/carriers.ts'
import { fileKeys, mountKeys } from './file-keys.ts'
import { type Mistake, suggest } from './mistake.ts'
import { parseNetwork } from './parse-network.ts'
import { type ReadCarriersParts, readCarriers } from './read-carriers.ts'
import { readPrices } from './read-prices.ts'
import { readRoutes } from './read-routes.ts'

export const dialectNames = ['service', 'account', 'mobile', 'kikapu', 'citizen'] as const
export type DialectName = (typeof dialectNames)[number]

/** Who sees the codes in the answers of `citizen`. */
export type CodesFor =
  | { who: 'anyone' }
  | { who: 'api-key' }
  | { who: 'networks'; networks: readonly string[] }
  | { who: 'nobody' }

export type MountConfig = {
  dialect: DialectName
  /** Null for the only project there is, and for `service`, whose callers name theirs. */
  project: ProjectId | null
  /** Empty, or like `/shop`. */
  prefix: string
  /** Null for every dialect but `citizen`, and for a `citizen` mount that does not say. */
  codesFor: CodesFor | null
}

export type FileConfig = {
  mounts: MountConfig[] | null
  carriers: Record<string, ConfiguredCarrier>
  /** Only the channels that the file names; carriers by names of `carriers` or of the environment's. */
  routes: RouteTable
  prices: Prices
}

export const emptyFile: FileConfig = { mounts: null, carriers: {}, routes: {}, prices: noPrices }

export type ReadFileParts = Pick<ReadCarriersParts, 'readCarrier' | 'resolve'> & { mistakes: Mistake[] }

/** Reads the YAML file. What is wrong in it goes to `mistakes`, and counts as not written. */
export function readConfigFile(path: string, { mistakes, ...carrierParts }: ReadFileParts): FileConfig {
  const content = readYaml(path, mistakes)
  const report = (where: string, read: unknown, key: { expected: string; example: string }, remedy: string) =>
    mistakes.push({ where, read: read === undefined ? null : showYaml(read), ...key, remedy })
  if (content === null) return emptyFile
  if (!isMap(content)) {
    report(
      path,
      content,
      { expected: 'keys and values', example: fileKeys.mounts.example },
      'Write the keys at the left.',
    )
    return emptyFile
  }
  reportUnknownKeys(content, Object.keys(fileKeys), '', report)
  const parts = { ...carrierParts, report: (mistake: Mistake) => void mistakes.push(mistake) }
  // A carrier with a mistake in it is still a name, and no second mistake in the routes.
  const declared = isMap(content.carriers) ? Object.keys(content.carriers) : []
  return {
    mounts: readMounts(content.mounts, report),
    carriers: readCarriers(content.carriers, parts),
    routes: readRoutes(content.routes, [...declared, ...environmentCarrierNames], report),
    prices: readPrices(content, [...declared, ...environmentCarrierNames], report),
  }
}

type Report = (
  where: string,
  read: unknown,
  key: { expected: string; example: string },
  remedy: string,
) => void
type Map = Record<string, unknown>

const isMap = (value: unknown): value is Map =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function showYaml(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

function readYaml(path: string, mistakes: Mistake[]): unknown {
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
    mistakes.push({ ...about, read: `${JSON.stringify(path)} (${reason})`, remedy })
    return null
  }
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true })
  // The first alone, for the others are mostly its consequences; and of it the place, for the line may hold a secret.
  const [first] = document.errors
  if (first === undefined) return document.toJS()
  const [reason = ''] = first.message.split('\n')
  const line = text.split('\n')[(first.linePos?.[0].line ?? 1) - 1] ?? ''
  const braces = /\{.*\$\{/.test(line) ? `Within {…} a \${NAME} stands in quotes: "\${NAME}". ` : ''
  mistakes.push({
    ...about,
    read: `${path}: ${reason.replace(/:$/, '')}`,
    remedy: `${braces}Correct that line or the one before it; docs/watchword.sample.yaml is a whole example.`,
  })
  return null
}

function reportUnknownKeys(map: Map, known: string[], inside: string, report: Report): void {
  for (const key of Object.keys(map).filter((key) => !known.includes(key))) {
    const where = inside === '' ? key : `${inside}.${key}`
    const about = { expected: `one of ${known.join(', ')}`, example: `${known[0]}: …` }
    report(where, map[key], about, `${suggest(key, known)}Rename it or remove it.`)
  }
}

function readMounts(value: unknown, report: Report): MountConfig[] | null {
  if (value === undefined || value === null) return null
  if (!Array.isArray(value)) {
    report('mounts', value, fileKeys.mounts, 'Write a list: each mount begins with a dash.')
    return null
  }
  const mounts = value.flatMap((entry, index) => readMount(entry, `mounts[${index}]`, report) ?? [])
  mounts.forEach(({ dialect, prefix }, index) => {
    const isSecond = mounts.findIndex((other) => other.dialect === dialect && other.prefix === prefix) < index
    if (isSecond)
      report(
        `mounts[${index}]`,
        `${dialect} at "${prefix}" again`,
        mountKeys.prefix,
        'Give it another prefix.',
      )
  })
  return mounts
}

function readMount(entry: unknown, where: string, report: Report): MountConfig | null {
  if (!isMap(entry)) {
    report(where, entry, fileKeys.mounts, 'Write its keys below each other.')
    return null
  }
  reportUnknownKeys(entry, Object.keys(mountKeys), where, report)
  const dialect = dialectNames.find((name) => name === entry.dialect)
  if (dialect === undefined) {
    const remedy = `${suggest(String(entry.dialect ?? ''), dialectNames)}Name one of the five.`
    report(`${where}.dialect`, entry.dialect, mountKeys.dialect, remedy)
    return null
  }
  return {
    dialect,
    project: readProject(entry.project, dialect, where, report),
    prefix: readPrefix(entry.prefix, where, report),
    codesFor: readCodesFor(entry, dialect, where, report),
  }
}

function readProject(value: unknown, dialect: DialectName, where: string, report: Report): ProjectId | null {
  if (value === undefined || value === null) return null
  if (dialect === 'service') {
    report(
      `${where}.project`,
      value,
      mountKeys.project,
      'Remove it: callers of service name their project in x-project-id.',
    )
  } else if (typeof value !== 'string' || !/^PRJ_[A-Za-z0-9]{1,64}$/.test(value)) {
    report(`${where}.project`, value, mountKeys.project, 'Take the id that `watchword projects list` shows.')
  } else return value as ProjectId
  return null
}

function readPrefix(value: unknown, where: string, report: Report): string {
  if (value === undefined || value === null || value === '' || value === '/') return ''
  if (typeof value === 'string' && /^(\/[A-Za-z0-9._~-]+)+$/.test(value)) return value
  report(`${where}.prefix`, value, mountKeys.prefix, 'Begin with a slash and end without one.')
  return ''
}

function readCodesFor(
  { codes, codeInResponse }: Map,
  dialect: DialectName,
  where: string,
  report: Report,
): CodesFor | null {
  if (codes === undefined && codeInResponse === undefined) return null
  if (dialect !== 'citizen') {
    report(where, 'codes or codeInResponse', mountKeys.codes, `Remove it: ${dialect} never answers codes.`)
    return null
  }
  if (codeInResponse !== undefined && typeof codeInResponse !== 'boolean') {
    report(
      `${where}.codeInResponse`,
      codeInResponse,
      mountKeys.codeInResponse,
      'Write true or false without quotes.',
    )
    return null
  }
  if (codeInResponse === false) {
    if (codes === undefined) return { who: 'nobody' }
    report(where, 'codes beside codeInResponse: false', mountKeys.codes, 'Keep one of the two.')
    return null
  }
  return readCodes(codes, where, report)
}

function readCodes(codes: unknown, where: string, report: Report): CodesFor | null {
  if (codes === undefined) return null
  const { apiKey, networks, ...others } = isMap(codes) ? codes : {}
  if (apiKey === true && networks === undefined && Object.keys(others).length === 0) return { who: 'api-key' }
  if (
    Array.isArray(networks) &&
    networks.length > 0 &&
    apiKey === undefined &&
    Object.keys(others).length === 0
  ) {
    const parsed = networks.map((network) => (typeof network === 'string' ? parseNetwork(network) : null))
    const wrong = parsed.indexOf(null)
    if (wrong === -1) return { who: 'networks', networks: parsed.filter((network) => network !== null) }
    const remedy = 'Write an address, a slash and the bits, at most 64 of IPv6.'
    report(`${where}.codes.networks[${wrong}]`, networks[wrong], mountKeys.codes, remedy)
    return null
  }
  report(`${where}.codes`, codes, mountKeys.codes, 'Say either apiKey: true, or networks with at least one.')
  return null
}
