import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  defaultProjectSettings,
  type Project,
  type ProjectSettings,
  type WorkspaceId,
} from '../../../src/domain/project.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { createCodeKeyring, revealCode } from '../../../src/engine/codes/code-keys.ts'
import { createApiKey } from '../../../src/engine/operations/api-keys.ts'
import {
  type ChallengeRow,
  challengeColumns,
  challengeFromRow,
} from '../../../src/storage/batches/challenge-rows.ts'
import { startEmbeddedPostgres } from '../../../src/storage/postgres/embedded/embedded-postgres.ts'
import { createApiKeyStore } from '../../../src/storage/stores/api-keys.ts'
import { createProjectStore } from '../../../src/storage/stores/projects.ts'
import { demoProjects } from '../../harness/demo-projects.ts'
import { createTestDatabase } from '../../harness/test-database.ts'
import { sleep } from '../../harness/until.ts'
import { startWebhookPeer } from '../../providers/webhook-peer.ts'
import { openLoad } from './load.ts'
import { type NodeProcess, startNodeProcess } from './node-process.ts'

/** Nodes in processes of their own on one PostgreSQL, an SMS gateway, and the test's access to both. */
export type RaceWorld = Awaited<ReturnType<typeof startRaceWorld>>

const secret = 'a secret for races that is long enough'

/** Races are about the rules of one address, so nothing that bounds a whole project may end them early. */
const wide: Partial<ProjectSettings> = {
  rateLimit: null,
  sendsPerTenMinutes: 1_000,
  sendsPerDay: 1_000,
  sendsPerCallerHour: 1_000_000,
  failedChecksPerHour: 1_000_000,
  failedAddressesPerCallerHour: 10_000,
  pumpingLimit: null,
}

const everyDialect = `mounts:
  - { dialect: service }
  - { dialect: account, project: ${demoProjects.account} }
  - { dialect: citizen, project: ${demoProjects.citizen} }
  - { dialect: kikapu, project: ${demoProjects.kikapu} }
  - { dialect: mobile, project: ${demoProjects.mobile} }
  - { dialect: account, project: ${demoProjects.mobile}, prefix: /m }
`

/** A PostgreSQL of its own, because four nodes need all its connections. */
export async function startRaceWorld({
  nodeCount = 4,
  envOf = () => ({}),
  postgresDirectory: given,
  startPostgres = startEmbeddedPostgres,
}: {
  nodeCount?: number
  /** What the environment of a node has beside that of all. */
  envOf?: (node: number) => Record<string, string>
  /** Where PostgreSQL keeps its data, when that matters; it is left there. */
  postgresDirectory?: string
  /** What is started there instead of a single server. */
  startPostgres?: typeof startEmbeddedPostgres
} = {}) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'watchword-race-'))
  const postgresDirectory = given ?? mkdtempSync(join(tmpdir(), 'watchword-race-pg-'))
  const postgres = await startPostgres({ dataDirectory: postgresDirectory })
  const db = await createTestDatabase({ serverUrl: postgres.connectionString })
  const gateway = await startWebhookPeer()
  const configuration = join(dataDirectory, 'watchword.yaml')
  writeFileSync(configuration, everyDialect)
  const env = {
    DATABASE_URL: db.connectionString,
    WATCHWORD_DATA: dataDirectory,
    WATCHWORD_SECRET: secret,
    WATCHWORD_CONFIG: configuration,
    SMS_WEBHOOK_URL: gateway.url,
  }
  // All at once, which is a race of its own: each finds the demo half made by the others.
  const starts = await Promise.allSettled(
    Array.from({ length: nodeCount }, (_, node) => startNodeProcess({ ...env, ...envOf(node) })),
  )
  const nodes: NodeProcess[] = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const failed = starts.find((start) => start.status === 'rejected')
  if (failed !== undefined) {
    // A run that cannot begin leaves no PostgreSQL and no node behind.
    await Promise.all(nodes.map((node) => node.stop()))
    await Promise.all([gateway.stop(), db.drop()])
    await postgres.stop()
    throw failed.reason
  }
  const { apiKey, adminToken } = JSON.parse(readFileSync(join(dataDirectory, 'dev.json'), 'utf8')) as {
    apiKey: string
    adminToken: string
  }
  const projects = createProjectStore(db.database)
  for (const id of Object.values(demoProjects)) {
    await projects.update(id, { settings: wide, tokensGranted: null })
  }
  // A node caches a project for half a second.
  await sleep(600)
  const load = await openLoad(nodes.map(({ url }) => url))
  const keyring = createCodeKeyring({ current: new Secret(secret), previous: null })
  const admin = { authorization: `Bearer ${adminToken}` }
  const service = { 'x-api-key': apiKey, 'x-project-id': demoProjects.service as string }
  let names = 0

  return {
    ...load,
    db,
    /** Of the PostgreSQL that only this world uses. */
    postgresDirectory,
    env,
    nodes,
    gateway,
    admin,
    /** The headers of the `service` demo project. */
    service,
    adminToken,
    startedAt: new Date(),
    newEmail: () => {
      names += 1
      return `racer${names}@example.com`
    },
    newMobile: () => {
      names += 1
      return `98${String(names).padStart(8, '0')}`
    },
    /** The newest code for an address, derived as the server derives it. */
    async codeFor(address: string): Promise<string> {
      const [row] = await db.query<ChallengeRow>(
        `select ${challengeColumns} from challenges c
        where address = $1 and content = 'code' order by id desc limit 1`,
        [address],
      )
      const challenge = row === undefined ? null : challengeFromRow(row)
      if (challenge === null) throw new Error(`nothing was sent to ${address}`)
      return revealCode(keyring, challenge).reveal()
    },
    /** A project in a workspace of its own, with a key to it. */
    async createProject(tokensGranted: number | null, workspaceId: WorkspaceId | null = null) {
      const project: Project = await projects.create({
        id: null,
        workspaceId,
        name: 'Race',
        settings: { ...defaultProjectSettings, ...wide },
        tokensGranted,
      })
      const { key, stored } = await createApiKey(createApiKeyStore(db.database), {
        workspaceId: project.workspaceId,
        name: 'race',
        scopes: ['otp'],
        expiresAt: null,
      })
      const headers = { 'x-api-key': key.reveal(), 'x-project-id': project.id as string }
      return { project, keyId: stored.id, headers }
    },
    async close(): Promise<void> {
      load.close()
      try {
        await Promise.all(nodes.map((node) => node.stop()))
        await gateway.stop()
        await db.drop()
      } finally {
        // A test that has failed may have left nothing to drop; its PostgreSQL ends all the same.
        await postgres.stop()
      }
      rmSync(dataDirectory, { recursive: true, force: true })
      if (given === undefined) rmSync(postgresDirectory, { recursive: true, force: true })
    },
  }
}
