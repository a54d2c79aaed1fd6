import * as argon2 from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'
import {
  accountLogin,
  accountPasswordReset,
  accountVerification,
} from '../../src/dialects/account/purposes.ts'
import { kikapuLogin, phoneLoginTypes } from '../../src/dialects/kikapu/purposes.ts'
import { createRequestLoginCode } from '../../src/dialects/kikapu/request-login-code.ts'
import { mobileLogin, mobileSignup } from '../../src/dialects/mobile/purposes.ts'
import {
  type EmailAddress,
  type PhoneNumber,
  parseEmailAddress,
  parsePhoneNumber,
} from '../../src/domain/address.ts'
import type { Caller } from '../../src/domain/caller.ts'
import type { Challenge } from '../../src/domain/challenge.ts'
import { defaultProjectSettings, type Project, type ProjectSettings } from '../../src/domain/project.ts'
import type { PurposeName } from '../../src/domain/purpose.ts'
import { Secret } from '../../src/domain/secret.ts'
import { defaultSessionLife } from '../../src/domain/session-life.ts'
import { createImportAccounts } from '../../src/engine/accounts/import-accounts.ts'
import type { AccountPurpose } from '../../src/engine/accounts/request-code.ts'
import { createCodeKeyring, revealCode } from '../../src/engine/codes/code-keys.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import { createManageAccounts } from '../../src/engine/operations/manage-accounts.ts'
import type { DeliveryOutcome } from '../../src/engine/ports/dispatcher.ts'
import type { ImportedAccount } from '../../src/engine/ports/imports.ts'
import type { PasswordHashing } from '../../src/engine/ports/password-hashing.ts'
import { loadCommonPasswords } from '../../src/passwords/common-passwords.ts'
import { kindOf } from '../../src/passwords/hash-kinds.ts'
import { createPasswordHashing } from '../../src/passwords/password-hashing.ts'
import { createDatabase, type Database } from '../../src/storage/postgres/database.ts'
import { readClock } from '../../src/storage/postgres/database-time.ts'
import { createAccountStore } from '../../src/storage/stores/accounts.ts'
import { createApiKeyStore } from '../../src/storage/stores/api-keys.ts'
import { createBusinessStore } from '../../src/storage/stores/businesses.ts'
import { createChallengeStore } from '../../src/storage/stores/challenges.ts'
import { createImportStore } from '../../src/storage/stores/imports.ts'
import { createPasswordStore } from '../../src/storage/stores/passwords.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { createProofStore } from '../../src/storage/stores/proofs.ts'
import { createRecordStore } from '../../src/storage/stores/records.ts'
import { createRegistrationStore } from '../../src/storage/stores/registrations.ts'
import { createSessionStore } from '../../src/storage/stores/sessions.ts'
import { createAccessTokens } from '../../src/tokens/access-tokens.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

export const masterSecret = new Secret('m'.repeat(43))
export const issuer = 'https://otp.example.test'
export const caller: Caller = { network: '192.0.2.7', userAgent: 'test/1', solution: null, isExempt: true }
export const goodPassword = new Secret('a quiet otter swims')

export const email = (text: string): EmailAddress => {
  const address = parseEmailAddress(text)
  if (address === null) throw new Error(`${text} is no e-mail address`)
  return address
}

export const phone = (text: string): PhoneNumber => {
  const number = parsePhoneNumber(text)
  if (number === null) throw new Error(`${text} is no phone number`)
  return number
}

/** The account use cases on a database of their own, with an inbox instead of carriers. */
export type AccountWorld = Awaited<ReturnType<typeof createAccountWorld>>

export async function createAccountWorld() {
  const db = await createTestDatabase()
  const messages: Challenge[] = []
  const carrier: { outcome: DeliveryOutcome } = { outcome: 'accepted' }
  const dispatcher = {
    dispatch: (challenge: Challenge) => void messages.push(challenge),
    async dispatchAndWait(challenge: Challenge) {
      messages.push(challenge)
      return carrier.outcome
    },
  }
  const keyring = createCodeKeyring({ current: masterSecret, previous: null })
  const commonPasswords = await loadCommonPasswords()
  const databases: Database[] = []
  const hashes: string[] = []

  /** Another node on the same database. */
  const startNode = async (database: Database) => {
    const accounts = createAccountStore(database)
    const businesses = createBusinessStore(database)
    const engine = createEngine({
      accounts,
      registrations: createRegistrationStore(database),
      passwords: createPasswordStore(database),
      businesses,
      sessions: createSessionStore(database),
      proofs: createProofStore(database),
      challenges: await createChallengeStore(database),
      records: createRecordStore(database),
      projects: createProjectStore(database),
      keys: createApiKeyStore(database),
      dispatcher,
      keyring,
      accessTokens: createAccessTokens({
        secrets: { current: masterSecret, previous: null },
        readIssuer: () => issuer,
      }),
      lifeOf: () => defaultSessionLife,
      hashing: createCountedHashing(hashes),
      commonPasswords,
      proofOfWorkParts: {
        secrets: { current: masterSecret, previous: null },
        readClock: () => readClock(database),
      },
      disposableDomains: () => new Set(),
      onStop() {},
      count: { send() {}, check() {} },
      onFault: (fault) => {
        throw fault
      },
    })
    return {
      ...withPurposes(engine),
      importAccounts: createImportAccounts({ imports: createImportStore(database) }),
      manageAccounts: createManageAccounts({ accounts, businesses }),
    }
  }

  return {
    ...db,
    ...(await startNode(db.database)),
    messages,
    carrier,
    /** How many passwords were hashed or compared so far: the cost of a login, independent of the machine. */
    hashes,
    startNode: () => {
      const database = createDatabase({ connectionString: db.connectionString })
      databases.push(database)
      return startNode(database)
    },
    createProject: (settings: Partial<ProjectSettings> = {}): Promise<Project> =>
      createProjectStore(db.database).create({
        id: null,
        workspaceId: null,
        name: 'Test',
        settings: {
          ...defaultProjectSettings,
          countries: settings.region == null ? ('any' as const) : null,
          sendsPerTenMinutes: 100,
          sendsPerDay: 100,
          sendsPerDayEverywhere: 1_000,
          ...settings,
        },
        tokensGranted: null,
      }),
    /** The code of the newest message to an address. */
    lastCode(address: string, purpose?: PurposeName): Secret {
      const challenge = messages.findLast(
        (message) => message.address === address && (purpose === undefined || message.purpose === purpose),
      )
      if (challenge === undefined) throw new Error(`nothing was sent to ${address}`)
      return revealCode(keyring, challenge)
    },
    contentsTo: (address: string) =>
      messages.filter((m) => m.address === address).map(({ content }) => content),
    async close(): Promise<void> {
      await Promise.all(databases.map((database) => database.close()))
      await db.drop()
    },
  } satisfies TestDatabase & Record<string, unknown>
}

/** The use cases with the purposes of their dialects filled in, so that tests can leave them out. */
const withPurposes = (engine: Engine) => ({
  ...engine,
  registerAccount: fill(engine.registerAccount, { purpose: accountVerification }),
  verifyAccount: fill(engine.verifyAccount, { purpose: accountVerification }),
  logInWithCode: fill(engine.logInWithCode, { purpose: accountLogin }),
  resetPassword: fill(engine.resetPassword, { purpose: accountPasswordReset }),
  requestLoginCode: createRequestLoginCode(engine.requestPhoneCode),
  logInByPhone: fill(engine.logInByPhone, { purpose: kikapuLogin, types: phoneLoginTypes }),
  logInWithPassword: fill(engine.logInWithPassword, { caller }),
  logInWithPhonePassword: fill(engine.logInWithPhonePassword, { type: 'AGENT', caller }),
  refreshSession: fill(engine.refreshSession, { caller }),
  signUpWithProof: fill(engine.signUpWithProof, { purpose: mobileSignup }),
  logInWithProof: fill(engine.logInWithProof, { purpose: mobileLogin }),
})

const fill =
  <Command, const Given extends Partial<Command>, Result>(
    use: (command: Command) => Promise<Result>,
    given: Given,
  ) =>
  (command: Omit<Command, keyof Given> & Partial<Pick<Command, keyof Given & keyof Command>>) =>
    use({ ...given, ...command } as Command)

/** Hashing that notes what is computed: `hash`, or the kind of hash that is compared with. */
export function createCountedHashing(computed: string[]): PasswordHashing {
  const noteKind = (hash: string) => computed.push(kindOf(hash) ?? hash)
  return createPasswordHashing({
    queueMax: 1_000,
    argon2: {
      hash(...values) {
        computed.push('hash')
        return argon2.hash(...values)
      },
      verify(hash, ...rest) {
        noteKind(String(hash))
        return argon2.verify(hash, ...rest)
      },
    },
    bcrypt: {
      verify(password, hash) {
        noteKind(String(hash))
        return bcrypt.verify(password, hash)
      },
    },
  })
}

/** A registered user of the `account` dialect. */
export async function registerUser(
  world: AccountWorld,
  project: Project,
  {
    address,
    password = goodPassword,
    isVerified = true,
  }: { address: EmailAddress; password?: Secret; isVerified?: boolean },
): Promise<void> {
  const command = { project, email: address, target: address, password, firstName: 'Ada', lastName: 'Byron' }
  const registered = await world.registerAccount({
    ...command,
    languages: { asked: null, accepted: 'en' },
    caller,
  })
  if (!registered.ok) throw new Error(`registering was refused: ${registered.refusal}`)
  if (!isVerified) return
  const verified = await world.verifyAccount({
    project,
    email: address,
    code: world.lastCode(address),
    caller,
  })
  if (!verified.ok) throw new Error(`verifying was refused: ${verified.refusal}`)
}

/** A code for one of the purposes of the `account` dialect. */
export async function sendAccountCode(
  world: AccountWorld,
  project: Project,
  { address, purpose }: { address: EmailAddress; purpose: AccountPurpose },
): Promise<void> {
  const sent = await world.requestCode({
    project,
    purpose,
    email: address,
    target: address,
    languages: { asked: null, accepted: 'en' },
    caller,
  })
  if (!sent.ok) throw new Error(`sending was refused: ${sent.refusal}`)
}

export const importedAccount = (changes: Partial<ImportedAccount>): ImportedAccount => ({
  type: 'USER',
  email: null,
  isEmailVerified: true,
  phone: null,
  isPhoneVerified: true,
  firstName: null,
  lastName: null,
  fullName: null,
  agentCode: null,
  assignedArea: null,
  locale: null,
  businessIds: [],
  passwordHash: null,
  isActive: true,
  ...changes,
})
