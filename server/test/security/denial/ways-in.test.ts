import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { createNumbers } from '../../harness/phone-people.ts'
import { solveWork } from '../../harness/solve-work.ts'
import { startTestApp } from '../../harness/start-test-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'

/*
 * What a stranger who uses up a cap leaves to the owner of an address, over HTTP. Each caller is a network.
 */

let host: DialectHost
let app: DialectApp
beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host.close())

const from = (network: string) => ({ 'x-forwarded-for': network })
const owner = from('198.51.100.7')
const strangers = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].map(from)
const [stranger = owner, another = owner] = strangers
const minute = 60_000
const day = 24 * 60 * minute

const outside = { exemptLoopback: false, trustedProxies: 1 }
const documentedCaps = { sendsPerTenMinutes: 5, sendsPerDay: 10, sendsPerDayEverywhere: 20 }

let count = 0
/** A verified account of its own for each test, registered from the owner's network. */
async function registerOwner(): Promise<string> {
  count += 1
  const email = `owner${count}@example.test`
  const person = { email, password: 'a quiet otter swims', firstname: 'Ada', lastname: 'Byron' }
  expect((await app.post('/auth/register', person, owner)).status).toBe(201)
  expect((await app.post('/auth/verify', { email, code: app.lastCode(email) }, owner)).status).toBe(200)
  return email
}
const askForCode = async (email: string, headers: Record<string, string>) =>
  (await app.post('/auth/login/otp/generate', { email }, headers)).status
const logIn = async (email: string, code: string, headers: Record<string, string>) =>
  (await app.post('/auth/login/otp', { email, code }, headers)).status

describe('an address whose caps strangers use up', () => {
  beforeEach(async () => {
    app = await host.startApp({ ...outside, settings: documentedCaps })
  })

  test('S1: of ten minutes a stranger spends three sends, all strangers four, and the owner gets a code', async () => {
    const email = await registerOwner()
    const statuses = []
    for (const caller of [stranger, stranger, stranger, stranger, another, another])
      statuses.push(await askForCode(email, caller))
    expect(statuses).toEqual([200, 200, 200, 429, 200, 429])
    expect((await app.post('/auth/forgot-password', { email }, owner)).status).toBe(200)
  })

  test('S1: of a day a stranger spends six, all strangers eight, and the owner logs in whenever he likes', async () => {
    const email = await registerOwner()
    const accepted = new Map<object, number>()
    for (let nth = 0; nth < 12; nth += 1) {
      for (const caller of strangers)
        if ((await askForCode(email, caller)) === 200) accepted.set(caller, (accepted.get(caller) ?? 0) + 1)
      await host.world.moveClock(11 * minute)
    }
    expect([...accepted.values()].reduce((sum, sends) => sum + sends, 0)).toBe(8)
    expect(await askForCode(email, stranger)).toBe(429)
    expect(await askForCode(email, owner)).toBe(200)
    expect(await logIn(email, app.lastCode(email), owner)).toBe(200)
  })

  test('S1, S7: an address without an account is answered alike all the time', async () => {
    const email = await registerOwner()
    const asked = async (address: string) => {
      const answers = []
      for (const caller of [stranger, stranger, stranger, stranger, another, another])
        answers.push(await app.post('/auth/login/otp/generate', { email: address }, caller))
      return answers.map(({ status, body }) => [status, JSON.stringify(body).replaceAll(address, '')])
    }
    expect(await asked('nobody@example.test')).toEqual(await asked(email))
  })

  test('S10: what other strangers have spent leaves a send to one that solves a proof of work, once', async () => {
    // Ten sends in ten minutes: strangers spend eight of them, one that has worked the ninth.
    const server = await startTestApp({ env: { TRUST_PROXY: '1' } })
    try {
      const settings = { ...documentedCaps, sendsPerTenMinutes: 10 }
      await server.changeProject(server.projects.account, { settings })
      const email = 'worker@example.test'
      const ask = async (nth: number, headers = {}) =>
        (await server.post('/auth/login/otp/generate', { email }, { ...from(`192.0.2.${nth}`), ...headers }))
          .status
      for (let nth = 1; nth <= 8; nth += 1) expect(await ask(nth)).toBe(200)
      expect(await ask(9)).toBe(429)
      const solution = { 'x-altcha': solveWork((await server.get('/auth/altcha')).body) }
      expect(await ask(9, solution)).toBe(200)
      expect(await ask(10, { 'x-altcha': solveWork((await server.get('/auth/altcha')).body) })).toBe(429)
    } finally {
      await server.stop()
    }
  })
})

describe('an address that strangers guess at', () => {
  beforeEach(async () => {
    app = await host.startApp(outside)
  })

  /** Asks for codes and makes wrong guesses until no guess counts any more. */
  async function guessUntilLocked(email: string, callers: Record<string, string>[]): Promise<void> {
    for (const caller of callers) {
      for (let codes = 0; codes < 3; codes += 1) {
        if ((await askForCode(email, caller)) !== 200) break
        const wrong = wrongCode(app.lastCode(email))
        for (let guess = 0; guess < 5; guess += 1) await logIn(email, wrong, caller)
      }
    }
  }
  const failuresOf = async (email: string) => {
    const [row] = await host.world.query<{ failures: number }>(
      'select cardinality(failures) as failures from recipients where address = $1',
      [email],
    )
    return row?.failures
  }

  test('V4: a stranger has six attempts, all strangers eight, and the owner goes on with his', async () => {
    const email = await registerOwner()
    await guessUntilLocked(email, [stranger])
    expect(await failuresOf(email)).toBe(6)
    expect(await askForCode(email, stranger)).toBe(429)
    await guessUntilLocked(email, [another, ...strangers])
    expect(await failuresOf(email)).toBe(8)
    expect(await askForCode(email, another)).toBe(429)

    expect(await askForCode(email, owner)).toBe(200)
    expect(await logIn(email, app.lastCode(email), owner)).toBe(200)
    // The success of the owner opens nothing to strangers before their day is over.
    expect(await askForCode(email, another)).toBe(429)
    await host.world.moveClock(day)
    expect(await askForCode(email, another)).toBe(200)
  })

  test('V4: ten wrong codes in a row lock the address for the owner as well', async () => {
    const email = await registerOwner()
    await guessUntilLocked(email, [stranger, another, owner])
    expect(await failuresOf(email)).toBe(10)
    expect(await askForCode(email, owner)).toBe(429)
    await host.world.moveClock(day)
    expect(await askForCode(email, owner)).toBe(200)
  })
})

describe('a prefix and a budget', () => {
  const nextNumber = createNumbers('+91917512')
  const national = (phone: string) => phone.slice(3)
  const ask = async (mobile: string, type: string, headers: Record<string, string>) =>
    (await app.post('/api/auth/otp/send', { mobile: national(mobile), type }, headers)).status
  const network = (nth: number) => from(`203.0.113.${nth}`)

  const pumped = {
    region: 'IN' as const,
    pumpingLimit: { sends: 20, verifiedPercent: 5, surgeSends: 1_000, surgeFactor: 5 },
  }

  test('S4: sends to numbers that nobody has stop no prefix', async () => {
    app = await host.startApp({ ...outside, settings: pumped })
    for (let nth = 0; nth < 30; nth += 1) expect(await ask(nextNumber(), 'login', network(nth % 3))).toBe(200)
    const phone = nextNumber()
    await app.addPeople([{ phone }])
    expect(await ask(phone, 'login', owner)).toBe(200)
    expect(app.sentTo(phone)).toEqual(['code'])
  })

  test('S4, S7: a network that asks for such numbers is stopped where one that sends to real ones is', async () => {
    const statusesOf = async (isKnown: boolean) => {
      app = await host.startApp({ ...outside, settings: pumped })
      const statuses = []
      for (let nth = 0; nth < 22; nth += 1) {
        const phone = nextNumber()
        if (isKnown) await app.addPeople([{ phone }])
        statuses.push(await ask(phone, 'login', stranger))
      }
      return statuses
    }
    const known = await statusesOf(true)
    expect(known).toEqual([...new Array(20).fill(200), 429, 429])
    expect(await statusesOf(false)).toEqual(known)
  })

  test('S4: a stopped prefix still sends to who has proven the number', async () => {
    app = await host.startApp({ ...outside, settings: pumped })
    const phone = nextNumber()
    expect(await ask(phone, 'signup', owner)).toBe(200)
    const otp = app.lastCode(phone)
    const proof = { mobile: national(phone), type: 'signup', otp }
    expect((await app.post('/api/auth/otp/verify', proof, owner)).status).toBe(200)
    for (let nth = 0; nth < 40; nth += 1) await ask(nextNumber(), 'signup', network(nth % 4))
    expect(await ask(nextNumber(), 'signup', another)).toBe(429)
    expect(await ask(phone, 'verification', owner)).toBe(200)
  })

  test('S4: one network spends three fifths of a day’s budget, strangers four fifths, and decoys none', async () => {
    app = await host.startApp({ ...outside, settings: { region: 'IN', sendsPerProjectDay: 10 } })
    const decoys = []
    for (let nth = 0; nth < 8; nth += 1) decoys.push(await ask(nextNumber(), 'login', stranger))
    expect(decoys).toEqual([...new Array(6).fill(200), 429, 429])

    const phone = nextNumber()
    expect(await ask(phone, 'signup', owner)).toBe(200)
    const proof = { mobile: national(phone), type: 'signup', otp: app.lastCode(phone) }
    expect((await app.post('/api/auth/otp/verify', proof, owner)).status).toBe(200)
    const sends = []
    for (let nth = 0; nth < 9; nth += 1) sends.push(await ask(nextNumber(), 'signup', network(nth)))
    expect(sends).toEqual([...new Array(7).fill(200), 429, 429])
    expect(await ask(phone, 'verification', owner)).toBe(200)
  })
})
