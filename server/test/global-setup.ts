import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../src/storage/embedded-postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The one PostgreSQL of a test run. Tests make databases of their own in it. */
    postgresUrl: string
  }
}

/** Starts one embedded PostgreSQL for all tests, with the product's own settings. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'watchword-test-'))
  const postgres = await startEmbeddedPostgres({ dataDirectory })
  project.provide('postgresUrl', postgres.connectionString)

  return async () => {
    await postgres.stop()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}
