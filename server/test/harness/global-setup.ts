import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/storage/postgres/embedded/embedded-postgres.ts'
import { searchDirectory } from '../security/canary/search.ts'
import { canBrowse } from './find-browser.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The one PostgreSQL of a test run. Tests make databases of their own in it. */
    postgresUrl: string
    /** Where every test file writes what it watched (canary/watch.ts). */
    canaryDirectory: string
  }
}

/**
 * Starts one embedded PostgreSQL for all tests, with the product's own settings. The first test project that needs it
 * starts it for the whole run: a run of rules alone starts no database.
 */
export default async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const run = vitest.getRootProject()
  if (run.getProvidedContext().postgresUrl !== undefined) return

  if (!canBrowse) console.info('There is no Chromium, so the tests in a browser are left out.')
  const dataDirectory = mkdtempSync(join(tmpdir(), 'watchword-test-'))
  const postgres = await startEmbeddedPostgres({ dataDirectory })
  run.provide('postgresUrl', postgres.connectionString)
  const canaryDirectory = mkdtempSync(join(tmpdir(), 'watchword-canary-'))
  run.provide('canaryDirectory', canaryDirectory)

  return async () => {
    await postgres.stop()
    rmSync(dataDirectory, { recursive: true, force: true })
    searchAll(canaryDirectory)
  }
}

/** C2, I8: the run fails if anything that its servers left behind holds one of its secrets. */
function searchAll(directory: string): void {
  const startedAt = performance.now()
  const { hits, ...counts } = searchDirectory(directory)
  rmSync(directory, { recursive: true, force: true })
  const found = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.info(`C2, I8: the canary of the whole run: ${found.join(', ')}, ${hits.length} hits, ${seconds} s`)
  if (hits.length === 0) return
  // An error of a teardown is printed, but does not fail the run.
  process.exitCode = 1
  console.error(`Secrets were found:\n${hits.map((hit) => JSON.stringify(hit)).join('\n')}`)
}
