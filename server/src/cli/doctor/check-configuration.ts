import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { ConfigurationError } from '../../config/configuration-error.ts'
import { loadDatabaseConfig } from '../../config/load-database-config.ts'
import { type Environment, readSettings } from '../../config/read-settings.ts'
import type { Mode } from '../../config/rules.ts'
import { loadServerConfig } from '../terminal/load-server-config.ts'
import { type Finding, findingOfIssue, findingsOf } from './finding.ts'

/** Node 20.19 is the first version that runs our dependencies. */
export function checkNode(version = process.versions.node): Finding {
  const { ok, fail } = findingsOf('Node.js')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isEnough = major > 20 || (major === 20 && minor >= 19)
  return isEnough ? ok(version) : fail(`${version} is too old`, 'Install Node.js 20.19 or later.')
}

/** An environment with a secret is meant to serve; without one, somebody is trying it out. */
export const inferMode = (env: Environment): Mode =>
  readSettings(env).values.WATCHWORD_SECRET === null ? 'development' : 'production'

/** Reads the configuration as the server would; null if the server would not start. */
export async function checkConfiguration(
  env: Environment,
  mode: Mode,
): Promise<{ config: Config | null; findings: Finding[] }> {
  const { ok, warn } = findingsOf('Configuration')
  try {
    const config = await readWithoutTrace(env, mode)
    const warnings = config.warnings.map((warning) => warn(warning, 'Change it, unless it is intended.'))
    const shown = warnings.length > 0 ? warnings : [ok(`nothing is wrong (${mode})`)]
    return { config, findings: [...shown, checkSecret(config, mode)] }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return { config: null, findings: error.issues.map((issue) => findingOfIssue('Configuration', issue)) }
  }
}

/** Reading the configuration of development makes and keeps a secret; the doctor must not leave one behind. */
function readWithoutTrace(env: Environment, mode: Mode): Promise<Config> {
  const isGiven = Boolean(env.WATCHWORD_SECRET || env.WATCHWORD_SECRET_FILE)
  if (mode === 'production' || isGiven) return loadServerConfig(env, mode)
  const { dataDirectory } = loadDatabaseConfig({ env })
  if (existsSync(join(dataDirectory, 'secret'))) return loadServerConfig(env, mode)
  return loadServerConfig({ ...env, WATCHWORD_SECRET: 'stands for the one that will be made' }, mode)
}

/** Thirty-two bytes with fewer different characters than this were typed, not generated. */
const variedCharactersMin = 12

function checkSecret({ secret, secretPrevious }: Config, mode: Mode): Finding {
  const { ok, warn } = findingsOf('Secret')
  if (mode === 'development') return ok('development keeps one of its own in its directory')
  if (new Set(secret.reveal()).size < variedCharactersMin)
    return warn(
      'WATCHWORD_SECRET repeats few characters and can perhaps be guessed',
      'Generate one: openssl rand -base64 48. "watchword docs operating" says how to change it without a gap.',
    )
  if (secretPrevious !== null)
    return warn(
      'WATCHWORD_SECRET_PREVIOUS is set: the change of secrets is not over',
      'Remove it ten minutes after the last node has begun to use the new one: no code or access token lives longer.',
    )
  return ok('long enough, and from no example')
}
