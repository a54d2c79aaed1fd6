import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPeople, type People, widenProjects } from '../../harness/people.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { createTestDatabase, type TestDatabase } from '../../harness/test-database.ts'
import { type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts'

/** A whole server that reaches its database through a proxy, while tests look at it directly. */
export type AppBehindProxy = {
  app: TestApp
  db: TestDatabase
  proxy: PostgresProxy
  people: People
  stop(): Promise<void>
}

/** Starts it, with people for every route and without the caps that would end a test. */
export async function startAppBehindProxy(): Promise<AppBehindProxy> {
  const db = await createTestDatabase()
  const proxy = await startPostgresProxy(db.connectionString)
  const dataDirectory = mkdtempSync(join(tmpdir(), 'watchword-faults-'))
  const beside = { db: { ...db, connectionString: proxy.connectionString }, dataDirectory }
  const app = await startTestApp({ beside })
  await widenProjects(app)
  return {
    app,
    db,
    proxy,
    people: await createPeople(app),
    async stop() {
      await app.stop()
      await proxy.stop()
      await db.drop()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}
