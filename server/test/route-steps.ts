import { demoProjects } from '../src/development/demo.ts'
import type { PhoneNumber } from '../src/domain/address.ts'
import { Secret } from '../src/domain/secret.ts'
import { createCodeKeyring, revealCode } from '../src/engine/code-keys.ts'
import { createPasswordHashing } from '../src/passwords/password-hashing.ts'
import { createAccountStore } from '../src/storage/accounts.ts'
import { type ChallengeRow, challengeColumns, parseChallenge } from '../src/storage/challenge-rows.ts'
import { createProjectStore } from '../src/storage/projects.ts'
import { email, importedAccount } from './account-world.ts'
import { type TestApp, type TestRequestHeaders, testSecret } from './start-test-app.ts'

/*
 * Every documented route, each with a request that succeeds and whatever must come before it. For tests that say something
 * about all routes: what happens to them when the database goes, what they leave in logs.
 */

export type StepRequest = { method: string; path: string; body?: unknown; headers?: TestRequestHeaders }

export type RouteStep = {
  name: string
  /** What the request is answered when nothing is wrong. */
  status: number
  /** What the same request is answered once it has succeeded; the status above where it may be repeated. */
  repeated?: number
  prepare: (people: People) => Promise<StepRequest>
}

export const password = 'a quiet otter swims'

/** Who asks: fresh people for each request, so that no cap of one reaches another. */
export type People = Awaited<ReturnType<typeof createPeople>>

/** Every secret that was made on the way is told to `onSecret`. */
export async function createPeople(app: TestApp, onSecret: (secret: string) => void = () => {}) {
  const accounts = createAccountStore(app.db.database)
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
  /** A request of the preparation, which must succeed. */
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
    const challenge = row === undefined ? null : parseChallenge(row)
    if (challenge === null) throw new Error(`nothing was sent to ${address}`)
    const code = revealCode(keyring, challenge).reveal()
    onSecret(code)
    return code
  }
  /** Tells every code that was ever sent, whether anybody has looked at it or not. */
  const tellAllCodes = async (): Promise<void> => {
    const rows = await app.db.query<ChallengeRow>(`select ${challengeColumns} from challenges c`)
    for (const row of rows) {
      const challenge = parseChallenge(row)
      if (challenge !== null) onSecret(revealCode(keyring, challenge).reveal())
    }
  }
  const newEmail = () => `person${next()}@example.com`
  const newMobile = () => `98765${next().slice(-5)}`

  const importOne = async (
    project: keyof typeof demoProjects,
    person: Parameters<typeof importedAccount>[0],
  ) => {
    const options = { isAllOrNothing: true, onProgress: () => {} }
    const { problems } = await accounts.importAll(demoProjects[project], [importedAccount(person)], options)
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

/** Nothing that bounds a whole project may end a test about its routes. */
export async function widenProjects(app: TestApp): Promise<void> {
  const projects = createProjectStore(app.db.database)
  for (const id of Object.values(demoProjects)) {
    await projects.update(id, { settings: { rateLimit: null }, tokensGranted: null })
  }
}

const post = (path: string, body: unknown, headers: TestRequestHeaders = {}): StepRequest => ({
  method: 'POST',
  path,
  body,
  headers,
})
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const citizen: RouteStep[] = [
  {
    name: 'citizen: create',
    status: 201,
    repeated: 400,
    prepare: async (people) =>
      post('/otp', { type: 'create', phoneNumber: (await people.newCitizen()).national }),
  },
  {
    name: 'citizen: resend',
    status: 200,
    async prepare(people) {
      const { national } = await people.newCitizen()
      await people.ask('/otp', { type: 'create', phoneNumber: national })
      return post('/otp', { type: 'resend', phoneNumber: national })
    },
  },
  {
    name: 'citizen: verify',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const { phone, national } = await people.newCitizen()
      await people.ask('/otp', { type: 'create', phoneNumber: national })
      return post('/otp/verify', { phoneNumber: national, otp: await people.codeFor(phone) })
    },
  },
]

const person = { password, firstname: 'Ada', lastname: 'Byron' }

const account: RouteStep[] = [
  {
    name: 'account: register',
    status: 201,
    prepare: async (people) => post('/auth/register', { email: people.newEmail(), ...person }),
  },
  {
    name: 'account: verify',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const address = people.newEmail()
      await people.ask('/auth/register', { email: address, ...person })
      return post('/auth/verify', { email: address, code: await people.codeFor(address) })
    },
  },
  {
    name: 'account: login',
    status: 200,
    prepare: async (people) => post('/auth/login', { email: await people.newUser(), password }),
  },
  {
    name: 'account: ask for a login code',
    status: 200,
    prepare: async (people) => post('/auth/login/otp/generate', { email: await people.newUser() }),
  },
  {
    name: 'account: login by code',
    status: 200,
    repeated: 401,
    async prepare(people) {
      const address = await people.newUser()
      await people.ask('/auth/login/otp/generate', { email: address })
      return post('/auth/login/otp', { email: address, code: await people.codeFor(address) })
    },
  },
  {
    name: 'account: refresh',
    status: 200,
    repeated: 401,
    async prepare(people) {
      const { refreshToken } = await people.logIn(await people.newUser())
      return post('/auth/refresh', { refreshToken })
    },
  },
  {
    name: 'account: logout',
    status: 200,
    repeated: 401,
    async prepare(people) {
      const tokens = await people.logIn(await people.newUser())
      return post('/auth/logout', tokens, bearer(tokens.accessToken))
    },
  },
  {
    name: 'account: forgot password',
    status: 200,
    prepare: async (people) => post('/auth/forgot-password', { email: await people.newUser() }),
  },
  {
    name: 'account: reset password',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const address = await people.newUser()
      await people.ask('/auth/forgot-password', { email: address })
      const code = await people.codeFor(address)
      return post('/auth/reset-password', { email: address, code, newPassword: `${password} again` })
    },
  },
  {
    name: 'account: ask for a code',
    status: 200,
    async prepare(people) {
      return post('/auth/otp/generate', { email: await people.newUser(), purpose: 'LOGIN_CONFIRMATION' })
    },
  },
  {
    name: 'account: validate a code',
    status: 200,
    async prepare(people) {
      const address = await people.newUser()
      await people.ask('/auth/login/otp/generate', { email: address })
      const code = await people.codeFor(address)
      return post('/auth/otp/validate', { email: address, code, purpose: 'LOGIN_CONFIRMATION' })
    },
  },
  {
    name: 'account: who am I',
    status: 200,
    async prepare(people) {
      const { accessToken } = await people.logIn(await people.newUser())
      return { method: 'GET', path: '/auth/me', headers: bearer(accessToken) }
    },
  },
]

const read = (name: string, path: string): RouteStep => ({
  name,
  status: 200,
  prepare: async ({ app }) => ({ method: 'GET', path, headers: app.serviceHeaders }),
})

const service: RouteStep[] = [
  {
    name: 'service: send',
    status: 201,
    prepare: async ({ app, newEmail }) =>
      post('/api/v1/otp/send', { target: newEmail(), channel: 'email' }, app.serviceHeaders),
  },
  {
    name: 'service: send with an idempotency key',
    status: 201,
    async prepare({ app, newEmail }) {
      const target = newEmail()
      const headers = { ...app.serviceHeaders, 'idempotency-key': target }
      return post('/api/v1/otp/send', { target, channel: 'email' }, headers)
    },
  },
  {
    name: 'service: verify',
    status: 200,
    async prepare({ app, ask, codeFor, newEmail }) {
      const target = newEmail()
      await ask('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
      return post('/api/v1/otp/verify', { target, code: await codeFor(target) }, app.serviceHeaders)
    },
  },
  read('service: records', '/api/v1/otp/records'),
  read('service: stats', '/api/v1/otp/stats'),
  read('service: token info', '/api/v1/otp/token-info'),
]

const kikapu: RouteStep[] = [
  {
    name: 'kikapu: resend',
    status: 200,
    repeated: 400,
    prepare: async (people) => post('/auth/api/resend-otp/', { phoneNumber: await people.newTrader() }),
  },
  {
    name: 'kikapu: verify',
    status: 200,
    repeated: 401,
    async prepare(people) {
      const phoneNumber = await people.newTrader()
      await people.ask('/auth/api/resend-otp/', { phoneNumber })
      return post('/auth/api/verify-otp/', { phoneNumber, otp: await people.codeFor(phoneNumber) })
    },
  },
  {
    name: 'kikapu: agent login',
    status: 200,
    prepare: async (people) =>
      post('/auth/api/agent/login/', { phoneNumber: await people.newAgent(), password }),
  },
]

const mobile: RouteStep[] = [
  {
    name: 'mobile: send',
    status: 200,
    prepare: async (people) => post('/api/auth/otp/send', { mobile: people.newMobile(), type: 'signup' }),
  },
  {
    name: 'mobile: verify',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const who = { mobile: people.newMobile(), type: 'signup' }
      await people.ask('/api/auth/otp/send', who)
      return post('/api/auth/otp/verify', { ...who, otp: await people.codeFor(`+91${who.mobile}`) })
    },
  },
  {
    name: 'mobile: sign up',
    status: 201,
    repeated: 400,
    async prepare(people) {
      const mobile = people.newMobile()
      const verificationToken = await people.proveMobile(mobile, 'signup')
      return post('/api/auth/otp/signup', { mobile, fullName: 'Ada Byron', verificationToken })
    },
  },
  {
    name: 'mobile: log in',
    status: 200,
    repeated: 400,
    async prepare(people) {
      const mobile = await people.newMember()
      return post('/api/auth/otp/login', {
        mobile,
        verificationToken: await people.proveMobile(mobile, 'login'),
      })
    },
  },
]

export const routeSteps: RouteStep[] = [...citizen, ...account, ...service, ...kikapu, ...mobile]
