import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { Secret } from '../domain/secret.ts'
import type { Config } from './config.ts'
import { ConfigurationError } from './configuration-error.ts'
import { keepSecret } from './keep-secret.ts'
import { type Environment, readSettings } from './read-settings.ts'

export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'dataDirectory'>

/**
 * Reads only where the database is. A command that starts no server must work wherever one is configured, in either
 * mode, and has no use for the master secret, so the secret is neither required nor made.
 */
export function loadDatabaseConfig({
  env,
  directory = process.cwd(),
}: {
  env: Environment
  directory?: string
}): DatabaseConfig {
  const { values, issues } = readSettings(env)
  const ofDatabase = issues.filter(({ where }) => /^(DATABASE_URL|WATCHWORD_DATA)(_FILE)?$/.test(where))
  if (ofDatabase.length > 0) throw new ConfigurationError(ofDatabase)

  const { DATABASE_URL: databaseUrl, WATCHWORD_DATA: data } = values
  return { databaseUrl, dataDirectory: isAbsolute(data) ? data : resolve(directory, data) }
}

export type MasterSecrets = {
  current: Secret
  previous: Secret | null
  /** The file of development that it was read from; null if it came from the environment. */
  keptIn: string | null
}

/**
 * The master secret of the server that a command works with: the one of the environment, otherwise the one that
 * development keeps beside its database. Null if there is neither, because a new secret would differ from the server's.
 */
export function loadMasterSecrets({
  env,
  directory = process.cwd(),
}: {
  env: Environment
  directory?: string
}): MasterSecrets | null {
  const { values, issues } = readSettings(env)
  const ofSecret = issues.filter(({ where }) => /^WATCHWORD_SECRET(_PREVIOUS)?(_FILE)?$/.test(where))
  if (ofSecret.length > 0) throw new ConfigurationError(ofSecret)
  const previous = values.WATCHWORD_SECRET_PREVIOUS
  if (values.WATCHWORD_SECRET !== null) return { current: values.WATCHWORD_SECRET, previous, keptIn: null }

  const path = join(loadDatabaseConfig({ env, directory }).dataDirectory, 'secret')
  if (!existsSync(path)) return null
  const kept = keepSecret(path)
  if (!kept.ok) throw new ConfigurationError([kept.issue])
  return { current: kept.secret, previous, keptIn: path }
}
