import { randomUUID } from 'node:crypto'
import type { Address } from '../../src/domain/address.ts'
import type { Challenge } from '../../src/domain/challenge.ts'
import { defaultProjectSettings, type Project, type ProjectSettings } from '../../src/domain/project.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createAdmitSend } from '../../src/engine/codes/admit-send.ts'
import { type CheckCode, type CheckCommand, createCheckCode } from '../../src/engine/codes/check-code.ts'
import { createCodeKeyring, revealCode } from '../../src/engine/codes/code-keys.ts'
import { createSendCode, type SendCode } from '../../src/engine/codes/send-code.ts'
import type { SendCommand } from '../../src/engine/codes/send-command.ts'
import { createDatabase, type Database } from '../../src/storage/postgres/database.ts'
import { createChallengeStore } from '../../src/storage/stores/challenges.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { purposeNamed } from './purposes.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/*
 * Four nodes on one database, without HTTP and delivery: pools, batchers and the use cases on top.
 */

const keyring = createCodeKeyring({ current: new Secret('k'.repeat(32)), previous: null })
const admitSend = createAdmitSend({ proofOfWork: { read: () => null }, disposableDomains: () => new Set() })
const silent = { dispatch() {}, dispatchAndWait: async () => 'accepted' as const }

export type StorageNode = { send: SendCode; check: CheckCode }

/** The fixture of every test of the contract. Its database exists once it has started. */
export type StorageWorld = ReturnType<typeof createStorageWorld>

/** Starts one node on an open database. */
export async function startStorageNode(database: Database): Promise<StorageNode> {
  const challenges = await createChallengeStore(database)
  return {
    send: createSendCode({ challenges, dispatcher: silent, keyring, admitSend, onStop() {} }),
    check: createCheckCode({ challenges, keyring }),
  }
}

/** A project without limits, except those of the test. */
export const makeUnlimitedProject = (
  database: Database,
  settings: Partial<ProjectSettings> = {},
  tokensGranted: number | null = null,
): Promise<Project> =>
  createProjectStore(database).create({
    id: null,
    workspaceId: null,
    name: 'Contract',
    settings: { ...defaultProjectSettings, rateLimit: null, countries: 'any', ...settings },
    tokensGranted,
  })

/** An address that nobody has used. */
export const mail = () => `${randomUUID()}@example.test` as Address

export const codeOf = (challenge: Challenge): string => revealCode(keyring, challenge).reveal()

export const wrongCodeFor = (challenge: Challenge): string =>
  String((Number(codeOf(challenge)) + 1) % 1_000_000).padStart(6, '0')

/** The default send of tests: a code by mail. */
export const commandFor = (project: Project, address: Address): SendCommand => ({
  project,
  purpose: purposeNamed('service'),
  channel: 'email',
  address,
  target: address,
  content: 'code',
  languages: { asked: null, accepted: 'en' },
  caller: null,
  spendsToken: true,
})

/** Makes the fixture; `serverUrl` is read when it starts. */
export function createStorageWorld(serverUrl: () => string) {
  let db: TestDatabase
  let databases: Database[]
  let nodes: StorageNode[]
  const node = (index: number) => nodes[index % nodes.length] as StorageNode

  const sendTo = (project: Project, address: Address, more: Partial<SendCommand> = {}, index = 0) =>
    node(index).send({ ...commandFor(project, address), ...more })

  return {
    get db() {
      return db
    },
    /** The databases of the nodes. */
    get databases() {
      return databases
    },

    async start(): Promise<void> {
      db = await createTestDatabase({ serverUrl: serverUrl() })
      const others = [1, 2, 3].map(() => createDatabase({ connectionString: db.connectionString }))
      databases = [db.database, ...others]
      nodes = await Promise.all(databases.map(startStorageNode))
    },

    async stop(): Promise<void> {
      const [, ...others] = databases
      await Promise.all(others.map((database) => database.close()))
      await db.drop()
    },

    makeProject: (settings: Partial<ProjectSettings> = {}, tokensGranted: number | null = null) =>
      makeUnlimitedProject(db.database, settings, tokensGranted),

    /** Sends on one of the nodes. */
    sendTo,

    /** Sends, and fails the test when the send is refused. */
    async mustSend(project: Project, address: Address, more: Partial<SendCommand> = {}): Promise<Challenge> {
      const outcome = await sendTo(project, address, more)
      if (!outcome.ok) throw new Error(`refused: ${outcome.refusal}`)
      return outcome.challenge
    },

    /** Checks on one of the nodes. */
    check: (project: Project, address: Address, code: string, more: Partial<CheckCommand> = {}, index = 0) =>
      node(index).check({
        project,
        purpose: purposeNamed('service'),
        address,
        code: new Secret(code),
        caller: null,
        ...more,
      }),
  }
}
