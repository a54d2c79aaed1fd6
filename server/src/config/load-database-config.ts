import { isAbsolute, resolve } from 'node:path'
import type { Config } from './config.ts'
import { ConfigurationError } from './mistake.ts'
import { type Environment, readSettings } from './read-settings.ts'

export type DatabaseConfig = Pick<Config, 'databaseUrl' | 'dataDirectory'>

/**
 * Reads only where the database is. A command that starts no server must work wherever one is configured, in either
 * mode, and has no use for the master secret: so it is neither asked for nor made.
 */
export function loadDatabaseConfig({
  env,
  directory = process.cwd(),
}: {
  env: Environment
  directory?: string
}): DatabaseConfig {
  const { values, mistakes } = readSettings(env)
  const ofDatabase = mistakes.filter(({ where }) => /^(DATABASE_URL|WATCHWORD_DATA)(_FILE)?$/.test(where))
  if (ofDatabase.length > 0) throw new ConfigurationError(ofDatabase)

  const { DATABASE_URL: databaseUrl, WATCHWORD_DATA: data } = values
  return { databaseUrl, dataDirectory: isAbsolute(data) ? data : resolve(directory, data) }
}
