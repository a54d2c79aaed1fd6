import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { createNumbers } from '../../harness/phone-people.ts'
import { base, createMobileClient, e164, invalidOtp, nationalOf, notVerified } from './mobile-client.ts'

/*
 * The dialect `mobile` over HTTP: what a code proves, who may spend that proof, and whose account it opens.
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
const { send, verify, signup, login, prove, register } = createMobileClient(() => app)

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
        (nth % 2 === 0 ? app.post : app.other.post)(`${base}/login`, who, home),
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
    // The right network does not make up for a wrong token.
    expect(await signup({ ...who, verificationToken: token.slice(0, -1) }, home)).toMatchObject(notVerified)
    expect(await signup(who, { ...home, 'x-verification-token': 'x' })).toMatchObject(notVerified)
    expect(await signup(who, { ...from('192.0.2.2', 'app/2'), 'x-verification-token': token })).toMatchObject(
      {
        status: 201,
      },
    )
    expect(await signup(who, home)).toMatchObject(notVerified)
  })

  test('T1: a sign-up that is sent again is told that there is an account, to the same token or caller alone', async () => {
    const exists = { status: 400, body: { message: 'User already registered. Please log in' } }
    const [byToken, byCaller] = [{ mobile: ada }, { mobile: bob }]
    const verificationToken = await prove(byToken, 'signup', home)
    expect(await signup({ ...byToken, verificationToken }, home)).toMatchObject({ status: 201 })
    expect(await signup({ ...byToken, verificationToken }, home)).toMatchObject(exists)
    expect(await signup(byToken, home)).toMatchObject(notVerified)
    expect(await signup({ ...byToken, email: adaMail, verificationToken }, home)).toMatchObject(notVerified)

    await prove(byCaller, 'signup', home)
    expect(await signup(byCaller, home)).toMatchObject({ status: 201 })
    expect(await signup(byCaller, home)).toMatchObject(exists)
    expect(await signup(byCaller, from('192.0.2.2'))).toMatchObject(notVerified)

    await host.world.moveClock(minute)
    expect(await signup({ ...byToken, verificationToken }, home)).toMatchObject(notVerified)
    expect(await signup(byCaller, home)).toMatchObject(notVerified)
    const sessions = await host.world.query('select id from sessions where project_id = $1', [app.project.id])
    expect(sessions).toHaveLength(2)
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
