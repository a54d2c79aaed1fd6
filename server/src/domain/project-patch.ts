import type { Issue, Parsed } from './issue.ts'
import type { ProjectSettings } from './project.ts'
import { displayText } from './project-setting-kinds.ts'
import { projectSettings } from './project-settings.ts'
import type { PurposeName } from './purpose.ts'
import { orNull, wholeNumber, yesOrNo } from './settings/kinds.ts'
import { type Kind, type SettingTable, setting, type ValuesOf } from './settings/setting.ts'

/** What an operator may change in a project. What is absent stays as it is; `tokens: null` grants unlimited tokens. */
export type ProjectPatch = {
  name?: string
  isActive?: boolean
  tokens?: number | null
  settings: Partial<ProjectSettings>
}

const entryLengthMax = 100

const projectName: Kind<string> = {
  ...displayText,
  takes: `${displayText.takes}; it stands in the messages`,
}

/** Not a setting, because its use is counted next to it, but described and typed like one. */
export const grantedTokens = setting(
  orNull(wholeNumber(0, 1_000_000_000_000), { word: 'unlimited', means: 'tokens without end' }),
  {
    default: null,
    example: 5000,
    option: '--tokens <N>',
    description: 'sends that the project may make in all',
  },
)

/** Parses a new project: only the name is required. */
export function parseNewProject(
  input: unknown,
  purposes: readonly PurposeName[],
): Parsed<ProjectPatch & { name: string }> {
  const patch = parseProjectPatch(input, purposes)
  if (!patch.ok) return patch
  const { name } = patch.value
  if (name !== undefined) return { ok: true, value: { ...patch.value, name } }
  return { ok: false, issues: [issueOf(projectName, 'name', name)] }
}

/** Parses changes to a project on a server with these purposes, and reports everything that is wrong with them at once. */
export function parseProjectPatch(input: unknown, purposes: readonly PurposeName[]): Parsed<ProjectPatch> {
  if (!isObject(input)) return { ok: false, issues: [{ path: '', message: 'must be an object' }] }
  const issues: Issue[] = []
  const settings = readSettings(input.settings ?? {}, projectSettings, issues)
  issues.push(...unknownPurposes(settings, purposes))
  const name = readValue(projectName, 'name', input.name, issues)
  const isActive = readValue(yesOrNo, 'isActive', input.isActive, issues)
  const tokens = readValue(grantedTokens, 'tokens', input.tokens, issues)
  if (issues.length > 0) return { ok: false, issues }
  const patch = {
    settings,
    ...(name === undefined ? {} : { name }),
    ...(isActive === undefined ? {} : { isActive }),
    ...(tokens === undefined ? {} : { tokens }),
  }
  return { ok: true, value: patch }
}

/** The length of codes for an unknown purpose is an issue, because it would silently change nothing. */
const unknownPurposes = (
  { codeLength = null }: Partial<ProjectSettings>,
  purposes: readonly PurposeName[],
): Issue[] =>
  Object.keys(typeof codeLength === 'object' ? (codeLength ?? {}) : {})
    .filter((name) => !purposes.includes(name))
    .map((name) => ({
      path: 'settings.codeLength',
      message: `names ${name}, which is not a purpose; there are ${purposes.join(', ')}`,
    }))

/**
 * Parses some of the settings of a table. Problems go to `issues`. An unknown setting is one of them, because a misspelt
 * limit would silently protect nobody.
 */
export function readSettings<Table extends SettingTable>(
  input: unknown,
  table: Table,
  issues: Issue[],
): Partial<ValuesOf<Table>> {
  if (!isObject(input)) {
    issues.push({ path: 'settings', message: 'must be an object' })
    return {}
  }
  const read = Object.entries(input).map(([name, given]) => {
    const path = `settings.${name}`
    const known = Object.hasOwn(table, name) ? table[name] : undefined
    if (known !== undefined) return [name, readValue(known, path, given, issues)] as const
    issues.push({ path, message: `does not exist; there are ${Object.keys(table).join(', ')}` })
    return [name, undefined] as const
  })
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as Partial<ValuesOf<Table>>
}

/** Undefined for an absent value, and for a wrong one, which goes to `issues`. */
function readValue<Value>(kind: Kind<Value>, path: string, given: unknown, issues: Issue[]) {
  if (given === undefined) return undefined
  const value = kind.parse(given)
  if (value === undefined) issues.push(issueOf(kind, path, given))
  return value
}

function issueOf<Value>({ takes, parseEntry }: Kind<Value>, path: string, given: unknown): Issue {
  const issue = { path, message: `must be ${takes}` }
  if (parseEntry === undefined || !Array.isArray(given)) return issue
  const wrong = given.findIndex((entry) => parseEntry(entry) === undefined)
  return wrong === -1 ? issue : { ...issue, entry: JSON.stringify(given[wrong]).slice(0, entryLengthMax) }
}

const isObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === 'object' && input !== null && !Array.isArray(input)
