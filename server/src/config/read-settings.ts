import { type ConfigurationIssue, suggest } from './configuration-error.ts'
import { type Environment, readVariable } from './read-variable.ts'
import { type Setting, type SettingName, settings, type Values } from './settings.ts'

export type { Environment } from './read-variable.ts'

const names = Object.keys(settings) as SettingName[]

/** Reads every setting, from its variable or from the file that `NAME_FILE` names. An invalid one counts as not set. */
export function readSettings(env: Environment): { values: Values; issues: ConfigurationIssue[] } {
  const issues = unknownNames(env)
  const values: Record<string, unknown> = {}
  for (const name of names) {
    const entry: Setting<unknown> = settings[name]
    const given = readText(env, name, issues)
    const text = given ?? entry.default
    const value = text === null ? null : entry.parse(text)
    if (value === undefined) issues.push(wrongValue(name, given ?? ''))
    values[name] = value ?? (entry.default === null ? null : entry.parse(entry.default))
  }
  return { values: values as Values, issues }
}

/** How a value may be shown in a message. */
function showValue(name: SettingName, text: string): string {
  const { isSecret = false }: Setting<unknown> = settings[name]
  return isSecret ? `a value of ${Buffer.byteLength(text)} bytes, not shown` : JSON.stringify(text)
}

function readText(env: Environment, name: SettingName, issues: ConfigurationIssue[]): string | null {
  const variable = readVariable(env, name)
  if (variable.kind === 'text') return variable.text

  const about = {
    expected: settings[name].expected,
    example: `${name}_FILE=/run/secrets/${name.toLowerCase()}`,
  }
  if (variable.kind === 'both') {
    const remedy = `Keep one of ${name} and ${name}_FILE and remove the other.`
    issues.push({ where: name, read: `both ${name} and ${name}_FILE`, ...about, remedy })
    return null
  }
  const read = `${JSON.stringify(variable.file)} (${variable.reason})`
  const remedy = 'Name a file that exists and that this user may read.'
  issues.push({ where: `${name}_FILE`, read, ...about, remedy })
  return null
}

function wrongValue(name: SettingName, text: string): ConfigurationIssue {
  const { expected, example, default: defaultText }: Setting<unknown> = settings[name]
  const remedy =
    defaultText === null
      ? 'Correct it, or remove it.'
      : `Correct it, or remove it for the default ${defaultText}.`
  return { where: name, read: showValue(name, text), expected, example: `${name}=${example}`, remedy }
}

/**
 * Whether Kubernetes has set it: in every pod, for a Service whose name is `watchword` or begins with `watchword-`. The value tells
 * `WATCHWORD_PORT=tcp://10.0.0.1:3000` from a PORT that somebody has misspelt.
 */
const isOfService = (name: string, value: string): boolean =>
  /^WATCHWORD_(\w+_)?SERVICE_(HOST|PORT(_\w+)?)$/.test(name) ||
  /^WATCHWORD_(\w+_)?PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
  (/^WATCHWORD_(\w+_)?PORT$/.test(name) && /^(tcp|udp|sctp):\/\//.test(value))

/** A misspelt name would silently leave its default in effect. */
function unknownNames(env: Environment): ConfigurationIssue[] {
  const known = new Set<string>(names.flatMap((name) => [name, `${name}_FILE`]))
  return Object.keys(env)
    .filter((name) => name.startsWith('WATCHWORD_') && !known.has(name))
    .filter((name) => !isOfService(name, env[name] ?? ''))
    .sort()
    .map((name) => ({
      where: name,
      read: 'a setting that does not exist',
      expected: `one of ${names.filter((known) => known.startsWith('WATCHWORD_')).join(', ')}, or one of these with _FILE`,
      example: 'WATCHWORD_DATA=/var/lib/watchword',
      remedy: `${suggest(name, [...known])}Rename it or remove it.`,
    }))
}
