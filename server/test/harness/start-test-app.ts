import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../src/composition/create-log.ts'
import { readConfig } from '../../src/composition/read-config.ts'
import { startServer } from '../../src/composition/start-server.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { ProjectId, ProjectSettings } from '../../src/domain/project.ts'
import type { ProjectChange } from '../../src/engine/ports/projects.ts'
import type { DialectManifest } from '../../src/http/dialect-manifest.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { watch } from '../security/canary/watch.ts'
import { createAsker, type TestRequestHeaders } from './ask.ts'
import { demoProjects } from './demo-projects.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/** The master secret of every test app. */
export const testSecret = 'a secret for tests that is long enough'

export type TestApp = Awaited<ReturnType<typeof startTestApp>>

export type TestAppOptions = {
  /** More environment, such as `WATCHWORD_CONFIG` or `SMTP_URL`. */
  env?: Record<string, string>
  /** Another node on the database of a test app that runs already. */
  beside?: { db: TestDatabase; dataDirectory: string }
  /** All dialects, where a test adds one of its own. */
  manifests?: readonly DialectManifest[]
  /** Collects what the server logs, one JSON line each. */
  logLines?: string[]
}

/**
 * Starts a complete development node, over real HTTP on a free port, on a database of its own: the five dialects, the demo
 * people, the inbox.
 */
export async function startTestApp({
  env = {},
  beside,
  logLines = [],
  manifests = dialects,
}: TestAppOptions = {}) {
  const db = beside?.db ?? (await createTestDatabase())
  const dataDirectory = beside?.dataDirectory ?? mkdtempSync(join(tmpdir(), 'watchword-app-'))
  const environment = {
    PORT: '0',
    DATABASE_URL: db.connectionString,
    WATCHWORD_DATA: dataDirectory,
    WATCHWORD_SECRET: testSecret,
    ...env,
  }
  watch.noteEnvironment(environment)
  const config = readConfig({ env: environment, mode: 'development', dialects: manifests })
  const log = createLog('trace', {
    write(line: string) {
      logLines.push(line)
      watch.noteRecord('log', line)
    },
  })
  const server = await startServer(config, { log, manifests })
  const { apiKey, adminToken } = JSON.parse(readFileSync(join(dataDirectory, 'dev.json'), 'utf8')) as {
    apiKey: string
    adminToken: string
  }

  watch.noteSecret(apiKey)
  watch.noteSecret(adminToken)
  const asker = createAsker(server.url)
  const inboxEntries = async (to?: string): Promise<InboxEntry[]> =>
    (await asker.get(to === undefined ? '/dev/inbox' : `/dev/inbox?to=${encodeURIComponent(to)}`)).body

  return {
    ...asker,
    url: server.url,
    db,
    dataDirectory,
    config,
    projects: demoProjects,
    apiKey,
    adminToken,
    /** Signs in the owner of development. */
    signInLink: server.signInLink?.reveal() ?? null,
    logLines,
    /** The headers of the `service` demo project. */
    serviceHeaders: { 'x-api-key': apiKey, 'x-project-id': demoProjects.service } as TestRequestHeaders,
    inbox: {
      entries: inboxEntries,
      /** The newest code, of one address if given; fails when there is none. */
      async lastCode(to?: string): Promise<string> {
        const code = (await inboxEntries(to)).find((entry) => entry.code !== null)?.code
        if (code == null) throw new Error(`no code has been sent${to === undefined ? '' : ` to ${to}`}`)
        return code
      },
    },
    moveClock: db.moveClock,
    /** Changes a project and waits until every node must apply the change. */
    async changeProject(
      id: ProjectId,
      change: Omit<ProjectChange, 'settings'> & { settings?: Partial<ProjectSettings> },
    ): Promise<void> {
      await createProjectStore(db.database).update(id, change)
      await new Promise((resolve) => setTimeout(resolve, 600))
    },
    /** Another node on the same database. */
    startSecondNode: () => startTestApp({ env, manifests, beside: { db, dataDirectory } }),
    /** A second node leaves the database to the first. */
    async stop(): Promise<void> {
      const { body: metrics } = await asker.get('/metrics')
      for (const line of String(metrics).split('\n')) watch.noteRecord('metrics', line)
      await server.stop()
      if (beside !== undefined) return
      await db.drop()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

export type InboxEntry = {
  id: string
  channel: string
  to: string
  subject: string | null
  text: string
  html: string | null
  code: string | null
  createdAt: string
  verifiedAt: string | null
}
