import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach } from 'vitest'
import { readConfig } from '../../src/composition/read-config.ts'
import { ConfigurationError } from '../../src/config/configuration-error.ts'

export type Env = Record<string, string | undefined>

export const secret = 'q7Zk2mP9xV4tB8nL3wR6yH1cJ5sD0fGa'

/** Reads configurations as a server does, each test in a directory of its own. */
export function createConfigReader() {
  const home = mkdtempSync(join(tmpdir(), 'watchword-config-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(home, 'case-'))
  })

  const write = (name: string, content: string): string => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
  return {
    directory: () => directory,
    develop: (env: Env = {}) => readConfig({ env, mode: 'development', directory }),
    serve: (env: Env = {}) =>
      readConfig({ env: { WATCHWORD_SECRET: secret, ...env }, mode: 'production', directory }),
    write,
    withFile: (yaml: string, env: Env = {}): Env => ({
      ...env,
      WATCHWORD_CONFIG: write('watchword.yaml', yaml),
    }),
  }
}

export function issuesOf(load: () => unknown): ConfigurationError {
  try {
    load()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
  throw new Error('The configuration was accepted.')
}

/** Where a configuration that is refused is wrong. */
export const placesOf = (load: () => unknown) => issuesOf(load).issues.map(({ where }) => where)
