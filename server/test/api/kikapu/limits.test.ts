import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PhoneNumber } from '../../../src/domain/address.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { createNumbers } from '../../harness/phone-people.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { createKikapuClient, users } from './kikapu-client.ts'

/*
 * The dialect `kikapu` over HTTP: the limits on callers and the caps on numbers.
 */

let host: DialectHost
let app: DialectApp
let ada: PhoneNumber
let bob: PhoneNumber
const nextNumber = createNumbers('+25571200')
const minute = 60_000
const { resend, verify, sendCode } = createKikapuClient(
  () => host,
  () => app,
)

beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host.close())
beforeEach(async () => {
  app = await host.startApp({ settings: { region: 'TZ' } })
  ada = nextNumber()
  bob = nextNumber()
  await app.addPeople(users(ada, bob))
})

describe('callers', () => {
  const from = (network: string) => ({ 'x-forwarded-for': network })
  const outside = { exemptLoopback: false, trustedProxies: 1 }

  test('V5: a caller that fails on twenty numbers is stopped, and only that caller', async () => {
    app = await host.startApp({ ...outside, settings: { region: 'TZ' } })
    const phones = Array.from({ length: 21 }, nextNumber)
    await app.addPeople(users(...phones))
    const spray = phones.slice(0, 20)
    for (const phone of spray) {
      expect(await verify(phone, '12345', {}, from('192.0.2.1'))).toMatchObject({ status: 401 })
    }
    const [last = ada] = phones.slice(20)
    const stopped = await verify(last, '12345', {}, from('192.0.2.1'))
    expect(stopped).toMatchObject({ status: 429, body: { success: false } })
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await verify(last, '12345', {}, from('192.0.2.2'))).toMatchObject({ status: 401 })
  })

  test('V5: guesses at numbers that nobody has count for their network alone, and stop nobody else', async () => {
    app = await host.startApp({
      ...outside,
      settings: { region: 'TZ', failedChecksPerHour: 4, failedChecksPerCallerHour: 6 },
    })
    await app.addPeople(users(ada, bob))
    const stranger = from('192.0.2.1')
    for (const status of [401, 401, 401, 401, 401, 401, 429])
      expect(await verify(bob, '12345', {}, stranger)).toMatchObject({ status })
    await resend(ada, from('192.0.2.2'))
    const code = app.lastCode(ada, 'kikapu-login')
    expect(await verify(ada, code, {}, from('192.0.2.2'))).toMatchObject({ status: 200 })
  })

  test('V5: wrong guesses at live short codes slow networks that fail, then stop all but who has proven the number', async () => {
    app = await host.startApp({ ...outside, settings: { region: 'TZ', failedChecksPerHour: 8 } })
    const phones = [ada, bob, nextNumber(), nextNumber(), nextNumber()]
    await app.addPeople(users(...phones))
    const owner = from('198.51.100.7')
    const send = async (phone: PhoneNumber, network: string) => {
      expect(await resend(phone, from(network))).toMatchObject({ status: 200 })
      return app.lastCode(phone, 'kikapu-login')
    }
    expect(await verify(ada, await send(ada, '198.51.100.7'), {}, owner)).toMatchObject({ status: 200 })

    const live = new Map<PhoneNumber, string>()
    for (const phone of phones.slice(1)) live.set(phone, await send(phone, '192.0.2.200'))
    let guesses = 0
    const guess = async (network: string, status: number) => {
      const phone = phones[1 + (guesses % 4)] ?? bob
      guesses += 1
      const wrong = wrongCode(live.get(phone) ?? '')
      expect(await verify(phone, wrong, {}, from(network))).toMatchObject({ status })
    }
    // Until half of the limit a network may fail as often as it likes; from then on twice.
    for (const status of [401, 401, 401, 401, 429]) await guess('192.0.2.1', status)
    for (const status of [401, 401, 429]) await guess('192.0.2.2', status)
    for (const network of ['192.0.2.3', '192.0.2.4']) await guess(network, 401)
    await guess('192.0.2.5', 429)

    // A wrong guess of the owner counts on the code as ever, and on nobody else (V1).
    await host.world.moveClock(2 * minute)
    const right = await send(ada, '198.51.100.7')
    for (let nth = 0; nth < 2; nth += 1)
      expect(await verify(ada, wrongCode(right), {}, owner)).toMatchObject({ status: 401 })
    const [row] = await host.world.query<{ tries: number; failures: number }>(
      `select c.tries, r.failures_in_row as failures from challenges c join recipients r using (project_id, address)
      where c.project_id = $1 and c.address = $2 order by c.id desc limit 1`,
      [app.project.id, ada],
    )
    expect(row).toEqual({ tries: 2, failures: 2 })
    expect(await verify(ada, right, {}, owner)).toMatchObject({ status: 200 })
    await host.world.moveClock(58 * minute)
    expect(await verify(bob, '12345', {}, from('192.0.2.5'))).toMatchObject({ status: 401 })
  })

  test('after ten distinct unknown numbers a caller gets 429 for known ones as well', async () => {
    app = await host.startApp({ ...outside, settings: { region: 'TZ' } })
    await app.addPeople(users(ada))
    const prober = from('192.0.2.9')
    for (let nth = 0; nth < 10; nth += 1) {
      const unknown = nextNumber()
      const ask = nth % 2 === 0 ? resend(unknown, prober) : verify(unknown, '12345', {}, prober)
      expect(await ask).toMatchObject({ status: 404, body: { message: 'User not found' } })
    }
    for (const answer of [
      await resend(nextNumber(), prober),
      await resend(ada, prober),
      await verify(ada, '12345', {}, prober),
    ]) {
      expect(answer).toMatchObject({ status: 429, body: { success: false } })
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(await resend(ada, from('192.0.2.10'))).toMatchObject({ status: 200 })
  })

  test('S2: past the cap of a caller the answer is the documented 400', async () => {
    app = await host.startApp({ ...outside, settings: { region: 'TZ', sendsPerCallerHour: 1 } })
    await app.addPeople(users(ada, bob))
    expect(await resend(ada, from('192.0.2.20'))).toMatchObject({ status: 200 })
    const capped = await resend(bob, from('192.0.2.20'))
    expect(capped).toMatchObject({ status: 400, body: { success: false } })
    expect(Number(capped.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await resend(bob, from('192.0.2.21'))).toMatchObject({ status: 200 })
  })
})

describe('sends', () => {
  test('S1: a number gets five unverified codes in ten minutes and ten in a day, and a success clears them', async () => {
    app = await host.startApp({ settings: { region: 'TZ', sendsPerTenMinutes: 5, sendsPerDay: 10 } })
    await app.addPeople(users(ada))
    for (let nth = 0; nth < 5; nth += 1) await sendCode(ada)
    await host.world.moveClock(minute)
    const capped = await resend(ada)
    expect(capped).toMatchObject({ status: 400, body: { success: false } })
    expect(Number(capped.headers.get('retry-after'))).toBeGreaterThan(0)

    await host.world.moveClock(10 * minute)
    for (let nth = 0; nth < 5; nth += 1) await sendCode(ada)
    await host.world.moveClock(10 * minute)
    expect(Number((await resend(ada)).headers.get('retry-after'))).toBeGreaterThan(3_600)

    await host.world.moveClock(24 * 60 * minute)
    await verify(ada, await sendCode(ada))
    for (let nth = 0; nth < 5; nth += 1) await sendCode(ada)
  })

  test('S6: a refused resend stores and sends nothing', async () => {
    await sendCode(ada)
    const before = app.sentTo(ada).length
    expect(await resend(ada)).toMatchObject({ status: 400 })
    expect(app.sentTo(ada)).toHaveLength(before)
  })

  test('S7: an unknown number gets no message', async () => {
    const unknown = nextNumber()
    expect(await resend(unknown)).toMatchObject({ status: 404 })
    expect(app.sentTo(unknown)).toEqual([])
  })
})
