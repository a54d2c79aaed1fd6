import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { email, importedAccount, phone } from '../../harness/account-world.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { createNumbers } from '../../harness/phone-people.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { base, createMobileClient, e164, invalidOtp, nationalOf, notVerified } from './mobile-client.ts'

/*
 * The dialect `mobile` over HTTP: how attempts are judged. `proofs.test.ts` covers what a code proves.
 */

let host: DialectHost
let app: DialectApp
let count = 0
/** National, as people in the project's region write it. */
let ada = ''
let bob = ''
let adaMail = ''
let bobMail = ''
const nextNumber = createNumbers('+91917511')
const minute = 60_000
const day = 24 * 60 * minute
const { send, verify, signup, login, sendCode, prove, register } = createMobileClient(() => app)

beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host.close())
beforeEach(async () => {
  app = await host.startApp({ settings: { region: 'IN' } })
  ada = nationalOf(nextNumber())
  bob = nationalOf(nextNumber())
  count += 1
  adaMail = `ada${count}@example.test`
  bobMail = `bob${count}@example.test`
})

describe('codes', () => {
  test('V2: of fifty simultaneous right codes on two nodes one is accepted', async () => {
    const who = { mobile: ada, email: adaMail }
    const body = { ...who, type: 'signup', otp: await sendCode(who, 'signup') }
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, nth) =>
        (nth % 2 === 0 ? app.post : app.other.post)(`${base}/verify`, body),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('V3: five wrong guesses at once close a code', async () => {
    const who = { mobile: ada, email: adaMail }
    const otp = await sendCode(who, 'signup')
    await Promise.all(Array.from({ length: 40 }, () => verify(who, 'signup', wrongCode(otp))))
    expect(await verify(who, 'signup', otp)).toMatchObject(invalidOtp)
    const [row] = await host.world.query<{ tries: number }>(
      'select tries from challenges where project_id = $1 and address = $2',
      [app.project.id, adaMail],
    )
    expect(row?.tries).toBe(5)
  })

  test('V4: failures of an address count over codes and types, and the tenth locks it for a day', async () => {
    const who = { mobile: ada, email: adaMail }
    for (const type of ['signup', 'verification'] as const) {
      const wrong = wrongCode(await sendCode(who, type))
      for (let nth = 0; nth < 5; nth += 1) await verify(who, type, wrong)
    }
    const locked = await send(who, 'signup')
    expect(locked).toMatchObject({ status: 429, body: { success: false, data: null } })
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(80_000)
    await sendCode({ mobile: ada, email: bobMail }, 'signup')

    await host.world.moveClock(24 * 60 * minute)
    await prove(who, 'signup')
  })

  test('V4: a number that thirty wrong codes have locked is open again in a month once its owner proves another address', async () => {
    await host.world.importAccounts({
      projectId: app.project.id,
      accounts: [importedAccount({ phone: phone(e164(ada)), email: email(adaMail) })],
    })
    const [bySms, byMail] = [{ mobile: ada }, { mobile: ada, email: adaMail }]
    for (let days = 0; days < 3; days += 1) {
      if (days > 0) await host.world.moveClock(day)
      for (let codes = 0; codes < 2; codes += 1) {
        const wrong = wrongCode(await sendCode(bySms, 'login'))
        for (let nth = 0; nth < 5; nth += 1) await verify(bySms, 'login', wrong)
      }
    }
    await host.world.moveClock(27 * day)
    expect(await send(bySms, 'login')).toMatchObject({ status: 429 })

    const verificationToken = await prove(byMail, 'login')
    expect(await login({ ...byMail, verificationToken })).toMatchObject({ status: 200 })
    const refused = await send(bySms, 'login')
    expect(refused).toMatchObject({ status: 429 })
    const waitMilliseconds = Number(refused.headers.get('retry-after')) * 1_000
    expect(waitMilliseconds).toBeLessThanOrEqual(day)
    await host.world.moveClock(waitMilliseconds)
    await prove(bySms, 'login')
  })

  test('V5: a caller that fails on twenty addresses is stopped', async () => {
    app = await host.startApp({ settings: { region: 'IN' }, exemptLoopback: false, trustedProxies: 1 })
    const from = (network: string) => ({ 'x-forwarded-for': network })
    const guess = (nth: number, network: string) =>
      verify({ mobile: ada, email: `spray${nth}-${count}@example.test` }, 'login', '123456', from(network))
    for (let nth = 0; nth < 20; nth += 1) expect(await guess(nth, '192.0.2.1')).toMatchObject(invalidOtp)
    const stopped = await guess(20, '192.0.2.1')
    expect(stopped).toMatchObject({ status: 429, body: { success: false, data: null } })
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await guess(20, '192.0.2.2')).toMatchObject(invalidOtp)
  })

  test('V6: failures here and at `account` count on one e-mail address', async () => {
    const who = { mobile: ada, email: adaMail }
    await register(who)
    const otp = await sendCode(who, 'login')
    for (let nth = 0; nth < 5; nth += 1) await verify(who, 'login', wrongCode(otp))
    await app.post('/auth/login/otp/generate', { email: adaMail })
    const code = app.lastCode(adaMail, 'account-login')
    for (let nth = 0; nth < 5; nth += 1)
      await app.post('/auth/login/otp', { email: adaMail, code: wrongCode(code) })

    expect(await app.post('/auth/login/otp', { email: adaMail, code })).toMatchObject({ status: 401 })
    expect(await send(who, 'login')).toMatchObject({ status: 429 })
  })

  test('V7: wrong, expired, used, locked, never issued and nobody’s look the same', async () => {
    const who = { mobile: ada, email: adaMail }
    const answers = [await verify(who, 'signup', '123456')]
    const closing = await sendCode(who, 'signup')
    for (let nth = 0; nth < 5; nth += 1) answers.push(await verify(who, 'signup', wrongCode(closing)))
    answers.push(await verify(who, 'signup', closing))
    const used = await sendCode(who, 'signup')
    await verify(who, 'signup', used)
    answers.push(await verify(who, 'signup', used))
    const expiring = await sendCode(who, 'signup')
    await host.world.moveClock(10 * minute)
    answers.push(await verify(who, 'signup', expiring))
    await send({ mobile: bob, email: bobMail }, 'login')
    answers.push(await verify({ mobile: bob, email: bobMail }, 'login', '123456'))

    for (const { status, body, headers } of answers) {
      expect({ status, body }).toEqual({
        status: 400,
        body: { success: false, message: 'Invalid OTP', data: null, timestamp: expect.any(String) },
      })
      expect(headers.get('retry-after')).toBeNull()
    }
  })

  test('V8: only a text of six digits is looked at, and anything else costs no try', async () => {
    const who = { mobile: ada, email: adaMail }
    const otp = await sendCode(who, 'signup')
    const notCodes = [null, '', Number(otp), [...otp], { otp }, true, `${otp}0`, otp.slice(1), `x${otp}`]
    for (const notCode of notCodes) expect(await verify(who, 'signup', notCode)).toMatchObject(invalidOtp)
    const arabic = [...otp].map((digit) => String.fromCharCode(0x0660 + Number(digit))).join('')
    expect(await verify(who, 'signup', arabic)).toMatchObject({ status: 200 })
  })

  test('V9: of mobile, e-mail, type, project and code every mix but the right one is refused', async () => {
    const who = { mobile: ada, email: adaMail }
    const otp = await sendCode(who, 'signup')
    const smsOtp = await sendCode({ mobile: ada }, 'signup')
    await app.post(`/other${base}/send`, { ...who, type: 'signup' })

    const mixes = [
      verify({ mobile: bob, email: adaMail }, 'signup', otp),
      verify({ mobile: ada, email: bobMail }, 'signup', otp),
      verify({ mobile: ada }, 'signup', otp),
      verify(who, 'login', otp),
      verify(who, 'verification', otp),
      verify(who, 'signup', smsOtp),
      app.post(`/other${base}/verify`, { ...who, type: 'signup', otp }),
      verify(who, 'signup', wrongCode(otp)),
    ]
    for (const answer of await Promise.all(mixes)) expect(answer).toMatchObject(invalidOtp)
    expect(await verify({ mobile: e164(ada), email: adaMail.toUpperCase() }, 'signup', otp)).toMatchObject({
      status: 200,
    })
  })
})

test('S3: an SMS goes to the countries of the project alone, and never to a premium-rate number', async () => {
  app = await host.startApp({ settings: { region: 'IN', countries: ['IN', 'US'] } })
  for (const mobile of ['+255712345678', '+19005551234']) {
    expect([mobile, (await send({ mobile }, 'signup')).status]).toEqual([mobile, 400])
    expect(app.sentTo(mobile)).toEqual([])
  }
  for (const mobile of [e164(ada), '+12025550123'])
    expect(await send({ mobile }, 'signup')).toMatchObject({ status: 200 })
})

describe('a project without a region', () => {
  const country = { countryCode: '+91' }

  beforeEach(async () => {
    app = await host.startApp()
  })

  test('asks for the country of a national mobile when it sends', async () => {
    const answer = await send({ mobile: ada, email: adaMail }, 'signup')
    expect(answer).toMatchObject({
      status: 400,
      body: { message: 'Country code is required for this mobile number' },
    })
    expect(await send({ mobile: e164(ada), email: adaMail }, 'signup')).toMatchObject({ status: 200 })
  })

  test('knows the mobile again by e-mail, from the sign-up to the login', async () => {
    const who = { mobile: ada, email: adaMail }
    for (const type of ['signup', 'login'] as const) {
      const otp = await sendCode({ ...who, ...country }, type)
      expect(await verify({ mobile: bob, email: adaMail }, type, otp)).toMatchObject(invalidOtp)
      expect(await verify(who, type, otp)).toMatchObject({ status: 200 })
      expect(await (type === 'signup' ? signup : login)({ mobile: bob, email: adaMail })).toMatchObject(
        notVerified,
      )
      expect(await (type === 'signup' ? signup : login)(who)).toMatchObject({ body: { success: true } })
    }
  })

  test('knows the mobile again by SMS, from the sign-up to the login', async () => {
    const who = { mobile: ada }
    for (const type of ['signup', 'login'] as const) {
      const otp = await sendCode({ ...who, ...country }, type)
      expect(await verify({ mobile: bob }, type, otp)).toMatchObject(invalidOtp)
      expect(await verify(who, type, otp)).toMatchObject({ status: 200 })
      expect(await (type === 'signup' ? signup : login)(who)).toMatchObject({ body: { success: true } })
    }
  })
})
