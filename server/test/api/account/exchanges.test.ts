import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Unavailable } from '../../../src/engine/ports/unavailable.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { playExchange } from '../exchange.ts'
import { type AccountExchange, accountExchanges } from './exchanges.ts'

let host: DialectHost
let app: DialectApp
let away: DialectApp
let tokens = { accessToken: '', refreshToken: '' }
const she = 'user@example.com'

beforeAll(async () => {
  host = await createDialectHost()
  const settings = { sendsPerTenMinutes: 5, sendsPerDay: 10, sendsPerCallerHour: 1_000 }
  app = await host.startApp({ settings, exemptLoopback: false })
  away = await host.startApp({ instead: withoutDatabase() })
})
afterAll(() => host.close())

/** Every use case that a route may start with, throwing what storage throws when no database answers. */
function withoutDatabase() {
  const fail = async () => {
    throw new Unavailable('the database is away')
  }
  return {
    registerAccount: fail,
    verifyAccount: fail,
    logInWithPassword: fail,
    requestCode: fail,
    validateCode: fail,
    logInWithCode: fail,
    resetPassword: fail,
    refreshSession: fail,
    authenticate: fail,
    identifySession: fail,
  }
}

const minutes = (count: number) => host.world.moveClock(count * 60_000)
const password = async (text: string) => app.post('/auth/login', { email: she, password: text })
const setActive = async (isActive: boolean) => {
  const accounts = await host.world.manageAccounts.list({ projectId: app.project.id })
  const account = accounts.find(({ email }) => email === she)
  await host.world.manageAccounts.setActive(app.project.id, account?.id ?? 0, isActive)
}
const tables = ['accounts', 'sessions', 'challenges']

const steps: Record<NonNullable<AccountExchange['before']>[number], () => Promise<unknown>> = {
  'ten minutes pass': () => minutes(10),
  'a quarter of an hour passes': () => minutes(15),
  'a day passes': () => minutes(24 * 60),
  async 'she logs in'() {
    const attempts = [await password('your_password'), await password('new_password')]
    tokens = attempts.find(({ status }) => status === 200)?.body.data
    expect(tokens).toBeDefined()
  },
  async 'somebody asks for every code'() {
    const email = 'somebody@example.com'
    const person = { email, password: 'your_password', firstname: 'Some', lastname: 'Body' }
    await app.post('/auth/register', person)
    await app.post('/auth/login/otp/generate', { email })
    await app.post('/auth/forgot-password', { email })
  },
  'her account is disabled': () => setActive(false),
  'her account is enabled': () => setActive(true),
  async 'her password is tried ten times'() {
    for (let count = 0; count < 10; count += 1) await password('somebody else')
  },
  async 'her code is tried ten times'() {
    for (let count = 0; count < 10; count += 1) {
      if (count % 5 === 0) await app.post('/auth/login/otp/generate', { email: she })
      await app.post('/auth/login/otp', { email: she, code: wrongCode(app.lastCode(she)) })
    }
  },
  async 'the caller fails on twenty addresses'() {
    for (let count = 0; count < 20; count += 1) {
      await app.post('/auth/login/otp', { email: `user${count}@example.com`, code: '123456' })
    }
  },
  async 'there is a cool-down'() {
    app.project.settings.cooldownSeconds = 60
  },
  async 'there is no cool-down'() {
    app.project.settings.cooldownSeconds = 0
  },
  async 'the tables are gone'() {
    for (const table of tables) await host.world.query(`alter table ${table} rename to ${table}_away`)
  },
  async 'the tables are back'() {
    for (const table of tables) await host.world.query(`alter table ${table}_away rename to ${table}`)
  },
}

/** The exchange with the tokens of the newest login. */
const withTokens = (exchange: AccountExchange): AccountExchange =>
  JSON.parse(
    JSON.stringify(exchange)
      .replaceAll('<access token>', tokens.accessToken)
      .replaceAll('<refresh token>', tokens.refreshToken),
  )

describe('account answers as its document and its decisions say', () => {
  for (const exchange of accountExchanges) {
    test(exchange.name, async () => {
      for (const step of exchange.before ?? []) await steps[step]()
      const { url } = exchange.at === undefined ? app : away
      await playExchange(withTokens(exchange), { url, lastCode: app.lastCode })
    })
  }
})
