import type { PhoneNumber } from '../../src/domain/address.ts'
import { Secret } from '../../src/domain/secret.ts'
import { createCodeKeyring, revealCode } from '../../src/engine/codes/code-keys.ts'
import { createPasswordHashing } from '../../src/passwords/password-hashing.ts'
import {
  type ChallengeRow,
  challengeColumns,
  challengeFromRow,
} from '../../src/storage/batches/challenge-rows.ts'
import { createImportStore } from '../../src/storage/stores/imports.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { email, importedAccount } from './account-world.ts'
import type { TestRequestHeaders } from './ask.ts'
import { demoProjects } from './demo-projects.ts'
import { type TestApp, testSecret } from './start-test-app.ts'

/*
 * Users of all five dialects, for tests about every route.
 */

export const password = 'a quiet otter swims'

/** New users for each request, so that no cap of one affects another. */
export type People = Awaited<ReturnType<typeof createPeople>>

/** Makes them. `onSecret` gets every secret that is made meanwhile. */
export async function createPeople(app: TestApp, onSecret: (secret: string) => void = () => {}) {
  const imports = createImportStore(app.db.database)
  const keyring = createCodeKeyring({ current: new Secret(testSecret), previous: null })
  const passwordHash = await createPasswordHashing().hash(new Secret(password))
  const noteTokens = (body: unknown): void => {
    for (const [secret] of JSON.stringify(body).matchAll(/ww[a-z]_[\w-]+|eyJ[\w-]+\.[\w-]+\.[\w-]+/g))
      onSecret(secret)
  }
  let count = 0
  const next = (): string => {
    count += 1
    return String(count).padStart(6, '0')
  }
  /** A preparatory request, which must succeed. */
  const ask = async (path: string, body: unknown, headers: TestRequestHeaders = {}) => {
    const answer = await app.post(path, body, headers)
    if (answer.status >= 300)
      throw new Error(`${path} was answered ${answer.status} ${JSON.stringify(answer.body)}`)
    noteTokens(answer.body)
    return answer.body
  }
  const codeFor = async (address: string): Promise<string> => {
    const [row] = await app.db.query<ChallengeRow>(
      `select ${challengeColumns} from challenges c where address = $1 and content = 'code' order by id desc limit 1`,
      [address],
    )
    const challenge = row === undefined ? null : challengeFromRow(row)
    if (challenge === null) throw new Error(`nothing was sent to ${address}`)
    const code = revealCode(keyring, challenge).reveal()
    onSecret(code)
    return code
  }
  /** Passes every code that was ever sent to `onSecret`, also those that no test has read. */
  const tellAllCodes = async (): Promise<void> => {
    const rows = await app.db.query<ChallengeRow>(`select ${challengeColumns} from challenges c`)
    for (const row of rows) {
      const challenge = challengeFromRow(row)
      if (challenge !== null) onSecret(revealCode(keyring, challenge).reveal())
    }
  }
  const newEmail = () => `person${next()}@example.com`
  const newMobile = () => `98765${next().slice(-5)}`

  const importOne = async (
    project: keyof typeof demoProjects,
    person: Parameters<typeof importedAccount>[0],
  ) => {
    const options = { keep: 'all-or-none' as const, onProgress: () => {} }
    const { problems } = await imports.storeAll(demoProjects[project], [importedAccount(person)], options)
    if (problems.length > 0) throw new Error(JSON.stringify(problems))
  }
  const newUser = async () => {
    const address = newEmail()
    await importOne('account', { email: email(address), firstName: 'Ada', passwordHash })
    return address
  }
  return {
    app,
    ask,
    codeFor,
    newEmail,
    newMobile,
    noteTokens,
    tellAllCodes,
    newUser,
    async newCitizen() {
      const national = `0${next().padStart(9, '1')}`
      await importOne('citizen', { type: 'CITIZEN', phone: `+225${national}` as PhoneNumber })
      return { phone: `+225${national}`, national }
    },
    async newTrader() {
      const phone = `+255713${next()}` as PhoneNumber
      await importOne('kikapu', { type: 'BUSINESS', phone, fullName: 'John Doe' })
      return phone
    },
    async newAgent() {
      const phone = `+255714${next()}` as PhoneNumber
      await importOne('kikapu', { type: 'AGENT', phone, fullName: 'John Agent', passwordHash })
      return phone
    },
    async logIn(address: string) {
      const body = await ask('/auth/login', { email: address, password })
      return body.data as { accessToken: string; refreshToken: string }
    },
    async proveMobile(mobile: string, type: 'signup' | 'login'): Promise<string> {
      await ask('/api/auth/otp/send', { mobile, type })
      const otp = await codeFor(`+91${mobile}`)
      const body = await ask('/api/auth/otp/verify', { mobile, type, otp })
      return body.data.verificationToken
    },
    async newMember() {
      const mobile = newMobile()
      const verificationToken = await this.proveMobile(mobile, 'signup')
      await ask('/api/auth/otp/signup', { mobile, fullName: 'Ada Byron', verificationToken })
      return mobile
    },
  }
}

/** Raises the limits of whole projects, so that they do not end a test about routes. */
export async function widenProjects(app: TestApp): Promise<void> {
  const projects = createProjectStore(app.db.database)
  for (const id of Object.values(demoProjects)) {
    await projects.update(id, { settings: { rateLimit: null }, tokensGranted: null })
  }
}
