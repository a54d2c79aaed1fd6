import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createNumbers, createPhoneHost, type PhoneApp, type PhoneHost, wrongCode } from './phone-app.ts'

/*
 * The dialect `mobile` over HTTP: what a code proves, who may spend that proof, and what guesses and sends are worth.
 */

let host: PhoneHost
let app: PhoneApp
let count = 0
/** National, as people in the project's region write it. */
let ada = ''
let bob = ''
let adaMail = ''
let bobMail = ''
const nextNumber = createNumbers('+91917511')
const nationalOf = (phone: string) => phone.slice(3)
const e164 = (mobile: string) => `+91${mobile}`
const minute = 60_000
const base = '/api/auth/otp'

const notVerified = {
  status: 400,
  body: { success: false, message: 'Mobile number not verified. Please verify OTP first', data: null },
}
const invalidOtp = { status: 400, body: { success: false, message: 'Invalid OTP', data: null } }

beforeAll(async () => {
  host = await createPhoneHost()
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

type Who = { mobile: string; email?: string | null }
type Type = 'signup' | 'login' | 'verification'
type Headers = Record<string, string>

const send = (who: Who, type: Type, headers: Headers = {}) =>
  app.post(`${base}/send`, { ...who, type }, headers)
const verify = (who: Who, type: Type, otp: unknown, headers: Headers = {}) =>
  app.post(`${base}/verify`, { ...who, type, otp }, headers)
const signup = (who: object, headers: Headers = {}) =>
  app.post(`${base}/signup`, { fullName: 'Ada Byron', ...who }, headers)
const login = (who: object, headers: Headers = {}) => app.post(`${base}/login`, who, headers)
const addressOf = ({ mobile, email }: Who) => email ?? e164(mobile)

async function sendCode(who: Who, type: Type): Promise<string> {
  expect(await send(who, type)).toMatchObject({ status: 200 })
  return app.lastCode(addressOf(who), `mobile-${type}`)
}

/** Sends and verifies; answers the verification token. */
async function prove(who: Who, type: Type, headers: Headers = {}): Promise<string> {
  const answer = await verify(who, type, await sendCode(who, type), headers)
  expect(answer).toMatchObject({ status: 200 })
  return answer.body.data.verificationToken
}

async function register(who: Who): Promise<number> {
  const verificationToken = await prove(who, 'signup')
  const answer = await signup({ ...who, verificationToken })
  expect(answer).toMatchObject({ status: 201 })
  return answer.body.data.user.id
}

describe('codes', () => {
  test('V2: of fifty simultaneous right codes on two nodes one is accepted', async () => {
    const who = { mobile: ada, email: adaMail }
    const body = { ...who, type: 'signup', otp: await sendCode(who, 'signup') }
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, nth) =>
        (nth % 2 === 0 ? app.post : app.postElsewhere)(`${base}/verify`, body),
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
    const notCodes = [null, '', Number(otp), [...otp], { otp }, true, `${otp}0`, otp.slice(1), ` ${otp}`]
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

describe('proofs', () => {
  const from = (network: string, userAgent = 'app/1') => ({
    'x-forwarded-for': network,
    'user-agent': userAgent,
  })
  const home = from('192.0.2.1')

  beforeEach(async () => {
    app = await host.startApp({ settings: { region: 'IN' }, trustedProxies: 1 })
  })

  test('T1: without a proof of its own nothing answers a token', async () => {
    const who = { mobile: ada, email: adaMail }
    await register(who)
    const refusals = [
      await login(who),
      await signup({ mobile: bob, email: bobMail }),
      await login({ ...who, verified: true, accountId: 1, verificationToken: `wwv_${'A'.repeat(43)}` }),
    ]
    const verification = await prove(who, 'verification')
    refusals.push(await login({ ...who, verificationToken: verification }))
    refusals.push(await signup({ ...who, verificationToken: verification }))
    refusals.push(await login(who))
    const signupProof = await prove({ mobile: bob, email: bobMail }, 'signup')
    refusals.push(await login({ mobile: bob, email: bobMail, verificationToken: signupProof }))
    for (const answer of refusals) expect(answer).toMatchObject(notVerified)
  })

  test('T1: a proof opens one session, however many ask for it', async () => {
    const who = { mobile: ada, email: adaMail }
    await register(who)
    await prove(who, 'login', home)
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, nth) =>
        (nth % 2 === 0 ? app.post : app.postElsewhere)(`${base}/login`, who, home),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const { accessToken, refreshToken } = answers.find(({ status }) => status === 200)?.body.data.tokens ?? {}
    expect(await app.get('/auth/me', { authorization: `Bearer ${accessToken}` })).toMatchObject({
      status: 200,
      body: { data: { user: { email: adaMail } } },
    })
    expect(await app.post('/auth/refresh', { refreshToken })).toMatchObject({ status: 200 })
  })

  test('a proof is bound to the network and the user agent, or to its token wherever that is', async () => {
    const who = { mobile: ada, email: adaMail }
    const token = await prove(who, 'signup', home)
    expect(await signup(who, from('192.0.2.2'))).toMatchObject(notVerified)
    expect(await signup(who, from('192.0.2.1', 'app/2'))).toMatchObject(notVerified)
    // A wrong token is not mended by the right network.
    expect(await signup({ ...who, verificationToken: token.slice(0, -1) }, home)).toMatchObject(notVerified)
    expect(await signup(who, { ...home, 'x-verification-token': 'x' })).toMatchObject(notVerified)
    expect(await signup(who, { ...from('192.0.2.2', 'app/2'), 'x-verification-token': token })).toMatchObject(
      {
        status: 201,
      },
    )
    expect(await signup(who, home)).toMatchObject(notVerified)
  })

  test('a caller without a token and with the same network and user agent goes on', async () => {
    const who = { mobile: ada, email: adaMail }
    await prove(who, 'signup', home)
    expect(await signup(who, home)).toMatchObject({ status: 201 })
  })

  test('a project can demand the token', async () => {
    app = await host.startApp({ settings: { region: 'IN', requireVerificationToken: true } })
    const who = { mobile: ada, email: adaMail }
    const verificationToken = await prove(who, 'signup')
    expect(await signup(who)).toMatchObject(notVerified)
    expect(await signup({ ...who, verificationToken })).toMatchObject({ status: 201 })
  })

  test('a proof lives ten minutes for a sign-up and two for a login', async () => {
    const who = { mobile: ada, email: adaMail }
    await register(who)
    const other = { mobile: bob, email: bobMail }
    const late = await prove(other, 'signup')
    const loginToken = await prove(who, 'login')
    await host.world.moveClock(2 * minute)
    expect(await login({ ...who, verificationToken: loginToken })).toMatchObject(notVerified)
    await host.world.moveClock(8 * minute)
    expect(await signup({ ...other, verificationToken: late })).toMatchObject(notVerified)
  })

  test('an address that was registered meanwhile is told to whoever proves it', async () => {
    const first = await prove({ mobile: ada, email: adaMail }, 'signup')
    const second = await prove({ mobile: bob, email: adaMail }, 'signup')
    expect(await signup({ mobile: ada, email: adaMail, verificationToken: first })).toMatchObject({
      status: 201,
    })
    expect(await signup({ mobile: bob, email: adaMail, verificationToken: second })).toMatchObject({
      status: 400,
      body: { success: false, message: 'User already registered. Please log in' },
    })
  })
})

describe('accounts', () => {
  test('A6: a code sent to one e-mail address opens no account by the mobile beside it', async () => {
    const victim = await register({ mobile: ada })
    // The attacker names the victim's mobile beside an address of the attacker's own.
    const claim = { mobile: ada, email: bobMail }
    expect(await send(claim, 'login')).toMatchObject({ status: 200 })
    expect(app.sentTo(bobMail)).toEqual([])
    const attacker = await register(claim)
    expect(attacker).not.toBe(victim)

    const token = await prove(claim, 'login')
    expect(await login({ mobile: ada, verificationToken: token })).toMatchObject(notVerified)
    expect(await login({ ...claim, verificationToken: token })).toMatchObject({
      status: 200,
      body: { data: { user: { id: attacker } } },
    })
    const own = await prove({ mobile: ada }, 'login')
    expect(await login({ mobile: ada, verificationToken: own })).toMatchObject({
      body: { data: { user: { id: victim } } },
    })
  })

  test('A6: a proof signs up and logs in for the very mobile and e-mail that were verified', async () => {
    const who = { mobile: ada, email: adaMail }
    const verificationToken = await prove(who, 'signup')
    for (const other of [{ mobile: bob, email: adaMail }, { mobile: ada, email: bobMail }, { mobile: ada }]) {
      expect(await signup({ ...other, verificationToken })).toMatchObject(notVerified)
    }
    expect(await signup({ ...who, verificationToken })).toMatchObject({ status: 201 })
  })

  test('A6: a mobile that was only claimed belongs to whoever proves it by SMS', async () => {
    const claimant = await register({ mobile: ada, email: adaMail })
    expect(await send({ mobile: ada }, 'login')).toMatchObject({ status: 200 })
    expect(app.sentTo(e164(ada))).toEqual([])
    const owner = await register({ mobile: ada })
    expect(owner).not.toBe(claimant)
    const token = await prove({ mobile: ada }, 'login')
    expect(await login({ mobile: ada, verificationToken: token })).toMatchObject({
      body: { data: { user: { id: owner } } },
    })
  })

  test('S7: who has an account is not told, and nothing goes to who has none', async () => {
    const who = { mobile: ada, email: adaMail }
    await register(who)
    const shapeOf = ({ status, body }: Awaited<ReturnType<typeof send>>) => ({
      status,
      body: { ...body, timestamp: '', data: { ...body.data, mobile: '', email: '' } },
    })
    const known = await send(who, 'login')
    const strangers = [
      { mobile: bob, email: bobMail },
      { mobile: ada, email: bobMail },
      { mobile: bob, email: adaMail },
    ]
    for (const stranger of strangers) expect(shapeOf(await send(stranger, 'login'))).toEqual(shapeOf(known))
    expect(app.sentTo(bobMail)).toEqual([])
    expect(app.sentTo(adaMail)).toEqual(['code', 'code'])

    expect(shapeOf(await send(who, 'signup'))).toEqual(
      shapeOf(await send({ mobile: bob, email: bobMail }, 'signup')),
    )
    expect(app.sentTo(adaMail)).toEqual(['code', 'code', 'notice-account-exists'])
    expect(await verify(who, 'signup', '123456')).toMatchObject(invalidOtp)
  })

  test('S1: five unverified codes in ten minutes, and the same for who has no account', async () => {
    app = await host.startApp({ settings: { region: 'IN', sendsPerTenMinutes: 5, sendsPerDay: 10 } })
    for (const email of [adaMail, bobMail]) {
      const type = email === adaMail ? 'signup' : 'login'
      for (let nth = 0; nth < 5; nth += 1)
        expect(await send({ mobile: ada, email }, type)).toMatchObject({ status: 200 })
      const capped = await send({ mobile: ada, email }, type)
      expect(capped).toMatchObject({ status: 429, body: { success: false, data: null } })
      expect(Number(capped.headers.get('retry-after'))).toBeGreaterThan(0)
    }
  })

  test('K1: an account, a code and a proof of one project are nothing in another', async () => {
    const who = { mobile: ada, email: adaMail }
    await register(who)
    const elsewhere = (path: string, body: object) => app.post(`/other${base}/${path}`, body)
    expect(await elsewhere('send', { ...who, type: 'login' })).toMatchObject({ status: 200 })
    expect(app.sentTo(adaMail)).toEqual(['code'])
    const verificationToken = await prove(who, 'login')
    expect(await elsewhere('login', { ...who, verificationToken })).toMatchObject(notVerified)
    expect(await login({ ...who, verificationToken })).toMatchObject({ status: 200 })
  })

  test('S9: a name is data and comes back as it was given; the device labels the session', async () => {
    const who = { mobile: ada, email: adaMail }
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is what a template engine would read.
    const fullName = '{{7*7}} ${1} <script>alert(1)</script> __proto__'
    const verificationToken = await prove(who, 'signup')
    const body = {
      ...who,
      fullName: `  ${fullName} `,
      device_name: 'iPhone 13',
      verificationToken,
      roleId: 9,
    }
    expect(await signup(body)).toMatchObject({
      status: 201,
      body: { data: { user: { fullName, roleId: 1, roleSlug: 'user', isActive: true } } },
    })
    const labels = await host.world.query('select label from sessions where project_id = $1', [
      app.project.id,
    ])
    expect(labels).toEqual([{ label: 'iPhone 13' }])
  })
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
