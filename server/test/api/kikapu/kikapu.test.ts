import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PhoneNumber } from '../../../src/domain/address.ts'
import { goodPassword } from '../../harness/account-world.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { createNumbers, demoAgent, demoPhone } from '../../harness/phone-people.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { createKikapuClient, refused, users } from './kikapu-client.ts'

/*
 * The dialect `kikapu` over HTTP: how attempts are judged, and whom a code or a password logs in.
 */

let host: DialectHost
let app: DialectApp
let ada: PhoneNumber
let bob: PhoneNumber
const nextNumber = createNumbers('+25571200')
const minute = 60_000
const { resend, verify, logIn, sendCode, guessWrong } = createKikapuClient(
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

describe('codes', () => {
  test('V2: of fifty simultaneous right codes on two nodes one is accepted', async () => {
    const otp = await sendCode(ada)
    const body = { phoneNumber: ada, otp }
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, nth) =>
        (nth % 2 === 0 ? app.post : app.other.post)('/auth/api/verify-otp/', body),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49)
  })

  test('V3: three wrong guesses at once close a code', async () => {
    const otp = await sendCode(ada)
    await Promise.all(Array.from({ length: 40 }, () => verify(ada, wrongCode(otp))))
    expect(await verify(ada, otp)).toMatchObject({ status: 401, body: refused })
    const [row] = await host.world.query<{ tries: number }>(
      'select tries from challenges where project_id = $1 and address = $2',
      [app.project.id, ada],
    )
    expect(row?.tries).toBe(3)
  })

  test('V1: a guess that fails together with its request has been counted', async () => {
    const otp = await sendCode(ada)
    for (let nth = 0; nth < 3; nth += 1) await verify(ada, wrongCode(otp), { business_id: 999 })
    expect(await verify(ada, otp)).toMatchObject({ status: 401 })
  })

  test('V4: ten failures in a row over several codes lock the number for a day, and nothing else', async () => {
    const agentLess = await verify(ada, await sendCode(ada))
    await guessWrong(ada, 9)
    const otp = await sendCode(ada)
    expect(await verify(ada, wrongCode(otp))).toMatchObject({ status: 401, body: refused })

    expect(await verify(ada, otp)).toMatchObject({ status: 401, body: refused })
    await host.world.moveClock(minute)
    const locked = await resend(ada)
    expect(locked).toMatchObject({ status: 400, body: { success: false } })
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(80_000)

    // The earlier session continues, and another number is not affected.
    const { refresh_token: refreshToken } = agentLess.body
    expect(await app.post('/auth/refresh', { refreshToken })).toMatchObject({ status: 200 })
    expect(await verify(bob, await sendCode(bob))).toMatchObject({ status: 200 })

    await host.world.moveClock(24 * 60 * minute)
    expect(await verify(ada, await sendCode(ada))).toMatchObject({ status: 200 })
  })

  test('V4: a lock of codes leaves the password login of an agent alone', async () => {
    await app.addPeople([await demoAgent(), ...users(demoPhone)])
    await guessWrong(demoPhone, 10)
    expect(await logIn(demoPhone, 'securepassword')).toMatchObject({ status: 200 })
  })

  test('V6: failures here and at `mobile` count on one number', async () => {
    const mobile = (otp: string) =>
      app.post('/api/auth/otp/verify', { mobile: ada, otp, type: 'verification' })
    await app.post('/api/auth/otp/send', { mobile: ada, type: 'verification' })
    const mobileCode = app.lastCode(ada, 'mobile-verification')
    await guessWrong(ada, 6)
    for (let nth = 0; nth < 4; nth += 1) await mobile(wrongCode(mobileCode))

    expect(await mobile(mobileCode)).toMatchObject({ status: 400, body: { message: 'Invalid OTP' } })
    expect(await verify(ada, app.lastCode(ada, 'kikapu-login'))).toMatchObject({ status: 401, body: refused })
    await host.world.moveClock(minute)
    expect(await resend(ada)).toMatchObject({ status: 400 })
    expect(await app.post('/api/auth/otp/send', { mobile: ada, type: 'login' })).toMatchObject({
      status: 429,
    })
  })

  test('V7: wrong, expired, used, locked and never issued look the same', async () => {
    const never = await verify(ada, '12345')
    const otp = await sendCode(ada)
    const wrong = await verify(ada, wrongCode(otp))
    await verify(ada, otp)
    const used = await verify(ada, otp)
    const expiring = await sendCode(ada)
    await host.world.moveClock(5 * minute)
    const expired = await verify(ada, expiring)
    const closing = await sendCode(ada)
    for (let nth = 0; nth < 3; nth += 1) await verify(ada, wrongCode(closing))
    const locked = await verify(ada, closing)

    for (const { status, body, headers } of [never, wrong, used, expired, locked]) {
      expect({ status, body }).toEqual({ status: 401, body: refused })
      expect(headers.get('retry-after')).toBeNull()
    }
  })

  test('V8: only a text of five digits is looked at', async () => {
    const otp = await sendCode(ada)
    const digits = [...otp]
    const notCodes = [
      null,
      '',
      Number(otp),
      digits,
      { otp },
      true,
      `${otp}0`,
      otp.slice(1),
      `x${otp}`,
      ` ${otp} ${otp}`,
      '1e4  ',
    ]
    for (const notCode of [...notCodes, ...notCodes]) {
      expect(await verify(ada, notCode)).toMatchObject({
        status: 400,
        body: { message: 'Invalid input data' },
      })
    }
    expect(await app.post('/auth/api/verify-otp/', { phoneNumber: ada })).toMatchObject({ status: 400 })
    const persian = digits.map((digit) => String.fromCharCode(0x06f0 + Number(digit))).join('')
    expect(await verify(ada, persian)).toMatchObject({ status: 200 })
  })

  test('V9: of number, project, purpose and code every mix but the right one is refused', async () => {
    await app.addPeople(users(ada), app.otherProject)
    const otp = await sendCode(ada)
    await sendCode(bob)
    await app.post('/api/auth/otp/send', { mobile: ada, type: 'verification' })
    const mobileCode = app.lastCode(ada, 'mobile-verification')

    expect(await verify(bob, otp)).toMatchObject({ status: 401 })
    expect(await app.post('/other/auth/api/verify-otp/', { phoneNumber: ada, otp })).toMatchObject({
      status: 401,
    })
    expect(await verify(ada, mobileCode.slice(0, 5))).toMatchObject({ status: 401 })
    expect(
      await app.post('/api/auth/otp/verify', { mobile: ada, otp: `${otp}0`, type: 'verification' }),
    ).toMatchObject({ status: 400 })
    expect(await verify(ada, wrongCode(otp))).toMatchObject({ status: 401 })
    expect(await verify(ada, otp)).toMatchObject({ status: 200 })
  })
})

describe('accounts', () => {
  test('A3: unknown, wrong and locked agents look and cost the same, and ten wrong passwords lock the login', async () => {
    await app.addPeople([await demoAgent()])
    const unknown = {
      status: 404,
      body: { success: false, message: 'Agent not found or invalid credentials' },
    }
    // A hash of 19 MiB dominates the time of a login, so the number of hashes has to be equal.
    const hashesOf = async (phone: string) => {
      const before = host.world.hashes.length
      for (let nth = 0; nth < 5; nth += 1) expect(await logIn(phone, 'wrong')).toMatchObject(unknown)
      return host.world.hashes.length - before
    }
    expect(await hashesOf(demoPhone)).toBe(5)
    expect(await hashesOf(nextNumber())).toBe(5)

    await hashesOf(demoPhone)
    expect(await logIn(demoPhone, 'securepassword')).toMatchObject(unknown)
    await host.world.moveClock(15 * minute)
    expect(await logIn(demoPhone, 'securepassword')).toMatchObject({ status: 200 })
  })

  test('A3: that an agent is inactive is told to the right password only', async () => {
    await app.addPeople([await demoAgent()])
    const [agent] = await host.world.manageAccounts.list({ projectId: app.project.id, type: 'AGENT' })
    await host.world.manageAccounts.setActive(app.project.id, agent?.id ?? 0, false)
    expect(await logIn(demoPhone, goodPassword.reveal())).toMatchObject({ status: 404 })
    expect(await logIn(demoPhone, 'securepassword')).toMatchObject({
      status: 403,
      body: { success: false, message: 'Agent account is inactive' },
    })
  })

  test('A6: a code opens the account of its own number, whatever else the request says', async () => {
    const projectId = app.project.id
    const shop = { name: 'Shop', type: 'retailer' }
    await host.world.manageAccounts.createBusiness({ projectId, id: 7, ...shop })
    const owner = nextNumber()
    await app.addPeople([{ phone: owner, type: 'BUSINESS', fullName: 'Owner', businessIds: [7] }])

    const otp = await sendCode(ada)
    expect(await verify(ada, wrongCode(otp), { business_id: 7 })).toMatchObject({
      status: 401,
      body: refused,
    })
    const foreign = { status: 404, body: { success: false, message: 'Business not found' } }
    expect(await verify(ada, otp, { business_id: 7 })).toMatchObject(foreign)
    expect(await verify(ada, otp, { business_id: 8 })).toMatchObject(foreign)

    // The foreign business has not spent the code. The server ignores the other fields.
    const more = { email: 'bob@example.test', user_id: 2, user: { phoneNumber: bob }, username: bob }
    const login = await verify(ada, otp, more)
    expect(login).toMatchObject({ status: 200, body: { user: { name: `User ${ada}`, email: null } } })
    expect(login.body).not.toHaveProperty('business')
  })

  test('T1: tokens come with a right code or password alone, and only once for a code', async () => {
    const agent = await demoAgent()
    await app.addPeople([agent])
    const otp = await sendCode(ada)
    const refusals = [
      await verify(ada, wrongCode(otp)),
      await verify(bob, otp),
      await verify(ada, otp, { business_id: 1 }),
      await logIn(demoPhone, otp),
      await logIn(ada, 'securepassword'),
    ]
    for (const { body } of refusals) expect(Object.keys(body)).toEqual(['success', 'message'])

    const { body } = await verify(ada, otp)
    const bearer = { authorization: `Bearer ${body.access_token}` }
    expect(await app.get('/auth/me', bearer)).toMatchObject({
      status: 200,
      body: { data: { user: { id: body.user.id } } },
    })
    expect(await app.get('/other/auth/me', bearer)).toMatchObject({ status: 401 })
    expect((await verify(ada, otp)).body).toEqual(refused)
  })

  test('K1: the same number in two projects has two codes, two counters and two accounts', async () => {
    await app.addPeople(users(nextNumber(), ada), app.otherProject)
    const otp = await sendCode(ada)
    const elsewhere = (path: string, body: object) => app.post(`/other/auth/api/${path}/`, body)
    expect(await elsewhere('resend-otp', { phoneNumber: bob })).toMatchObject({ status: 404 })
    expect(await elsewhere('resend-otp', { phoneNumber: ada })).toMatchObject({ status: 200 })
    const otherOtp = app.lastCode(ada)
    for (let nth = 0; nth < 3; nth += 1) {
      await elsewhere('verify-otp', { phoneNumber: ada, otp: wrongCode(otherOtp) })
    }
    expect(await elsewhere('verify-otp', { phoneNumber: ada, otp: otherOtp })).toMatchObject({ status: 401 })

    const mine = await verify(ada, otp)
    expect(mine).toMatchObject({ status: 200 })
    const { refresh_token: refreshToken } = mine.body
    expect(await app.post('/other/auth/refresh', { refreshToken })).toMatchObject({ status: 401 })
    expect(await app.post('/auth/refresh', { refreshToken })).toMatchObject({ status: 200 })
  })
})
