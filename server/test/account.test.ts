import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type AccountApp,
  type AccountHost,
  createAccountHost,
  logInOverHttp,
  password,
  registerOverHttp,
  wrongFor,
} from './account-app.ts'

/*
 * The dialect `account` over HTTP: who becomes the owner of an account, and what guesses and sends are worth.
 * `account-sessions.test.ts` has the tokens, `account-input.test.ts` what callers may write.
 */

let host: AccountHost
let app: AccountApp
const ada = 'ada@example.test'
const bob = 'bob@example.test'

beforeAll(async () => {
  host = await createAccountHost()
})
afterAll(() => host.close())
beforeEach(async () => {
  app = await host.startApp()
})

const sendCode = (purpose: string, email = ada) => app.post('/auth/otp/generate', { email, purpose })
const logInByCode = (code: string, email = ada) => app.post('/auth/login/otp', { email, code })
const logInByPassword = (text: string, email = ada) => app.post('/auth/login', { email, password: text })

describe('an account', () => {
  test('registers, is verified, logs in, says who it is, refreshes and logs out', async () => {
    const person = { email: ' Ada@Example.test ', password, firstname: ' Ada ', lastname: 'Byron' }
    const registered = await app.post('/auth/register', person)
    expect(registered.status).toBe(201)
    expect(registered.body).toEqual({
      status: 'success',
      message: expect.any(String),
      data: { email: ada, expiresIn: 600 },
    })

    const verified = await app.post('/auth/verify', { email: ada, code: app.lastCode(ada) })
    expect(verified.body.data.user).toEqual({
      id: expect.any(Number),
      email: ada,
      firstname: 'Ada',
      lastname: 'Byron',
      isVerified: true,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })

    const login = await logInByPassword(password)
    expect(login.body.data).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 600,
      user: verified.body.data.user,
    })

    const { refreshToken } = login.body.data
    const { data: pair } = (await app.post('/auth/refresh', { refreshToken })).body
    const bearer = { authorization: `Bearer ${pair.accessToken}` }
    expect((await app.get('/auth/me', bearer)).body.data).toEqual({ user: verified.body.data.user })
    expect((await app.post('/auth/logout', pair, bearer)).status).toBe(200)
    expect((await app.get('/auth/me', bearer)).status).toBe(401)
  })

  test('A2: bad passwords are refused with the field that held them, and cost no code', async () => {
    await registerOverHttp(app, ada)
    await app.post('/auth/forgot-password', { email: ada })
    const code = app.lastCode(ada)
    const bad = ['1234567', 'x'.repeat(257), 'password123', 'ada@example.test', 'Ada.Byron-1815']
    for (const text of bad) {
      const person = { email: bob, password: text, firstname: 'Ada', lastname: 'Byron' }
      const asked = text.includes('@') ? { ...person, email: ada } : person
      const registered = await app.post('/auth/register', asked)
      expect([text, registered.status]).toEqual([text, 400])
      expect(registered.body.data.errors).toEqual([{ field: 'password', message: expect.any(String) }])

      const reset = await app.post('/auth/reset-password', { email: ada, code, newPassword: text })
      expect(reset.body.data.errors).toEqual([{ field: 'newPassword', message: expect.any(String) }])
    }
    const fine = { email: ada, code, newPassword: 'x'.repeat(256) }
    expect((await app.post('/auth/reset-password', fine)).status).toBe(200)
  })

  test('A3: unknown, wrong, locked and disabled answer alike, and ten wrong passwords lock', async () => {
    await registerOverHttp(app, ada)
    await registerOverHttp(app, bob)
    const [, disabled] = await host.world.manageAccounts.list({ projectId: app.project.id })
    await host.world.manageAccounts.setActive(app.project.id, disabled?.id ?? 0, false)

    const answers = [
      await logInByPassword('not the password', 'nobody@example.test'),
      await logInByPassword('not the password', bob),
    ]
    for (let count = 0; count < 10; count += 1) answers.push(await logInByPassword('not the password'))
    answers.push(await logInByPassword(password))
    for (const { status, body } of answers) {
      expect(status).toBe(401)
      expect(body).toEqual({ status: 'error', message: 'Identifiants invalides', data: null })
    }

    expect((await logInByPassword(password, bob)).body.message).toBe('Compte désactivé')
    await sendCode('LOGIN_CONFIRMATION')
    expect((await logInByCode(app.lastCode(ada))).status).toBe(200)
    await host.world.moveClock(15 * 60_000)
    expect((await logInByPassword(password)).status).toBe(200)
  })

  test('A3: that an account is not verified is told to the right password only', async () => {
    await registerOverHttp(app, ada, false)
    expect((await logInByPassword('not the password')).body.message).toBe('Identifiants invalides')
    const { status, body } = await logInByPassword(password)
    expect([status, body.message]).toEqual([403, 'Compte non vérifié'])
  })

  test('A4: a reset spends its code, ends every session, tells the owner and logs nobody in', async () => {
    await registerOverHttp(app, ada)
    const sessions = [await logInOverHttp(app, ada), await logInOverHttp(app, ada)]
    await app.post('/auth/forgot-password', { email: ada })
    const request = { email: ada, code: app.lastCode(ada), newPassword: 'another quiet otter' }

    const reset = await app.post('/auth/reset-password', request)
    expect(reset.body).toEqual({ status: 'success', message: expect.any(String), data: null })
    expect(app.sentTo(ada).at(-1)).toBe('notice-password-reset')
    for (const { bearer, refreshToken } of sessions) {
      expect((await app.other.get('/auth/me', bearer)).status).toBe(401)
      expect((await app.other.post('/auth/refresh', { refreshToken })).status).toBe(401)
    }
    expect((await app.post('/auth/reset-password', request)).status).toBe(400)
    expect((await logInByPassword(password)).status).toBe(401)
    expect((await logInByPassword('another quiet otter')).status).toBe(200)
  })

  test('A5: a stranger’s pending registration does not survive the owner’s login by code', async () => {
    await registerOverHttp(app, ada, false)
    const strangersCode = app.lastCode(ada)
    await app.post('/auth/login/otp/generate', { email: ada })
    const login = await logInByCode(app.lastCode(ada, 'account-login'))

    expect(login.status).toBe(200)
    expect((await logInByPassword(password)).status).toBe(401)
    await app.post('/auth/verify', { email: ada, code: strangersCode })
    expect((await logInByPassword(password)).status).toBe(401)
  })

  test('A5: registering again replaces the stranger’s password and kills the code before', async () => {
    await registerOverHttp(app, ada, false)
    const older = app.lastCode(ada)
    const owner = { email: ada, password: 'the owner speaks up', firstname: 'A', lastname: 'B' }
    await app.post('/auth/register', owner)

    expect((await app.post('/auth/verify', { email: ada, code: older })).status).toBe(400)
    const verified = await app.post('/auth/verify', { email: ada, code: app.lastCode(ada) })
    expect(verified.body.data.user.firstname).toBe('A')
    expect((await logInByPassword(password)).status).toBe(401)
    expect((await logInByPassword('the owner speaks up')).status).toBe(200)
  })

  test('A6: a code opens the address it was delivered to, whatever else the request names', async () => {
    await registerOverHttp(app, ada)
    await registerOverHttp(app, bob)
    await sendCode('LOGIN_CONFIRMATION', bob)
    const code = app.lastCode(bob)
    const fields = { id: 1, accountId: 1, userId: 1, user: { email: ada }, username: ada, phone: ada }

    expect((await app.post('/auth/login/otp', { ...fields, email: ada, code })).status).toBe(401)
    const login = await app.post('/auth/login/otp', { ...fields, email: bob, code })
    expect(login.body.data.user.email).toBe(bob)
  })

  test('S7: a taken address registers like a new one, and its owner gets a notice', async () => {
    await registerOverHttp(app, ada)
    const person = { password: 'the second password', firstname: 'Eve', lastname: 'Nobody' }
    const [taken, fresh] = [
      await app.post('/auth/register', { ...person, email: ada }),
      await app.post('/auth/register', { ...person, email: bob }),
    ]
    expect(taken.status).toBe(fresh.status)
    expect(taken.body).toEqual({ ...fresh.body, data: { ...fresh.body.data, email: ada } })
    expect(app.sentTo(ada).at(-1)).toBe('notice-account-exists')
    expect((await logInByPassword('the second password')).status).toBe(401)
  })
})

describe('codes', () => {
  const forms: [path: string, purpose: string, more?: object][] = [
    ['/auth/login/otp', 'LOGIN_CONFIRMATION'],
    ['/auth/reset-password', 'FORGOT_PASSWORD', { newPassword: 'another quiet otter' }],
    ['/auth/otp/validate', 'LOGIN_CONFIRMATION', { purpose: 'LOGIN_CONFIRMATION' }],
  ]

  test('V2: of 50 simultaneous logins with one code on two nodes one succeeds', async () => {
    await registerOverHttp(app, ada)
    await sendCode('LOGIN_CONFIRMATION')
    const body = { email: ada, code: app.lastCode(ada) }
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? app : app.other).post('/auth/login/otp', body)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49)
  })

  test('V1, V3: of 200 simultaneous wrong guesses five are judged, and the right one comes too late', async () => {
    await registerOverHttp(app, ada)
    await sendCode('LOGIN_CONFIRMATION')
    const code = app.lastCode(ada)
    const guess = (index: number) =>
      (index % 2 ? app : app.other).post('/auth/login/otp', { email: ada, code: wrongFor(code) })
    await Promise.all(Array.from({ length: 200 }, (_, index) => guess(index)))

    expect((await logInByCode(code)).status).toBe(401)
    const rows = await host.world.query<{ tries: number }>(
      "select tries from challenges where project_id = $1 and purpose = 'account-login'",
      [app.project.id],
    )
    expect(rows).toEqual([{ tries: 5 }])
  })

  test('V4, V6: failures of every door count together, across codes; ten lock codes but not passwords', async () => {
    await registerOverHttp(app, ada)
    for (let count = 0; count < 10; count += 1) {
      const [path, purpose, more] = forms[count % forms.length] as (typeof forms)[number]
      await sendCode(purpose)
      await app.post(path, { email: ada, code: wrongFor(app.lastCode(ada)), ...more })
    }
    const locked = await sendCode('LOGIN_CONFIRMATION')
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(86_000)
    expect((await logInByPassword(password)).status).toBe(200)

    await host.world.moveClock(24 * 3_600_000)
    await sendCode('LOGIN_CONFIRMATION')
    expect((await logInByCode(app.lastCode(ada))).status).toBe(200)
  })

  test('V5: after wrong codes for twenty addresses a caller’s next one is refused, whatever header it forges', async () => {
    app = await host.startApp({ exemptLoopback: false })
    const guess = (index: number) =>
      app.post(
        '/auth/login/otp',
        { email: `user${index}@example.test`, code: '123456' },
        { 'x-forwarded-for': `198.51.100.${index}` },
      )
    for (let index = 0; index < 20; index += 1) expect((await guess(index)).status).toBe(401)
    const refused = await guess(20)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500)
  })

  test('V7: wrong, expired, used, locked and never issued codes are answered alike', async () => {
    await registerOverHttp(app, ada)
    for (const [path, purpose, more] of forms) {
      const ask = (code: string, email = ada) => app.post(path, { email, code, ...more })
      const answers = [await ask('123456', 'nobody@example.test')]
      await sendCode(purpose)
      answers.push(await ask(wrongFor(app.lastCode(ada))))
      await host.world.moveClock(600_000)
      answers.push(await ask(app.lastCode(ada)))
      await sendCode(purpose)
      const spend = purpose === 'FORGOT_PASSWORD' ? '/auth/reset-password' : '/auth/login/otp'
      const right = { email: ada, code: app.lastCode(ada, purposeOf(purpose)), newPassword: `new ${path}` }
      expect((await app.post(spend, right)).status).toBe(200)
      answers.push(await ask(right.code))

      const [first] = answers
      expect(first?.body).toEqual({ status: 'error', message: 'Code invalide ou expiré', data: null })
      for (const { status, body } of answers)
        expect({ status, body }).toEqual({ status: first?.status, body: first?.body })
    }
  })

  test('V9: of the mixes of code, address, purpose and project one passes', async () => {
    const elsewhere = await host.startApp()
    for (const place of [app, elsewhere]) for (const email of [ada, bob]) await registerOverHttp(place, email)
    await sendCode('FORGOT_PASSWORD')
    const code = app.lastCode(ada)
    let passed = 0
    for (const place of [app, elsewhere]) {
      for (const email of [ada, bob]) {
        for (const purpose of ['FORGOT_PASSWORD', 'LOGIN_CONFIRMATION', 'ACCOUNT_VERIFICATION']) {
          for (const text of [code, wrongFor(code)]) {
            const { status } = await place.post('/auth/otp/validate', { email, purpose, code: text })
            if (status === 200) passed += 1
          }
        }
      }
    }
    expect(passed).toBe(1)
  })

  test('V10: a code is good until, and not at, its six hundredth second', async () => {
    await registerOverHttp(app, ada)
    await sendCode('LOGIN_CONFIRMATION')
    const request = { email: ada, code: app.lastCode(ada), purpose: 'LOGIN_CONFIRMATION' }
    await host.world.moveClock(597_000)
    expect((await app.post('/auth/otp/validate', request)).status).toBe(200)
    await host.world.moveClock(3_000)
    expect((await app.post('/auth/otp/validate', request)).status).toBe(400)
  })

  test('validating spends nothing, so that the route that acts still can', async () => {
    await registerOverHttp(app, ada)
    await app.post('/auth/forgot-password', { email: ada })
    const code = app.lastCode(ada)
    const validate = () => app.post('/auth/otp/validate', { email: ada, code, purpose: 'FORGOT_PASSWORD' })
    for (let count = 0; count < 2; count += 1) {
      expect((await validate()).body.data).toEqual({ valid: true, purpose: 'FORGOT_PASSWORD' })
    }
    const reset = { email: ada, code, newPassword: 'another quiet otter' }
    expect((await app.post('/auth/reset-password', reset)).status).toBe(200)
    expect((await validate()).status).toBe(400)
  })
})

describe('sends', () => {
  const routes: [path: string, more: object][] = [
    ['/auth/login/otp/generate', {}],
    ['/auth/forgot-password', {}],
    ['/auth/otp/generate', { purpose: 'LOGIN_CONFIRMATION' }],
    ['/auth/otp/generate', { purpose: 'FORGOT_PASSWORD' }],
    ['/auth/otp/generate', { purpose: 'ACCOUNT_VERIFICATION' }],
  ]

  test('S1: the sixth send in ten minutes is refused on every route, for unknown addresses as well', async () => {
    app = await host.startApp({ settings: { sendsPerTenMinutes: 5, sendsPerDay: 10 } })
    await registerOverHttp(app, ada)
    for (const email of [ada, 'nobody@example.test']) {
      for (const [path, more] of routes) expect((await app.post(path, { email, ...more })).status).toBe(200)
      for (const [path, more] of routes) {
        const refused = await app.post(path, { email, ...more })
        expect(refused.status).toBe(429)
        expect(refused.body).toEqual({
          status: 'error',
          message: expect.stringContaining('Trop'),
          data: null,
        })
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(590)
      }
    }
    const person = { email: ada, password, firstname: 'Ada', lastname: 'Byron' }
    expect((await app.post('/auth/register', person)).status).toBe(429)
  })

  test('S2: the thirty-first send of a network in an hour is refused, whatever header it forges', async () => {
    app = await host.startApp({ exemptLoopback: false })
    const send = (index: number) =>
      app.post(
        '/auth/forgot-password',
        { email: `user${index}@example.test` },
        {
          'x-forwarded-for': `198.51.100.${index}`,
          'x-real-ip': '198.51.100.1',
          forwarded: 'for=198.51.100.2',
        },
      )
    for (let index = 0; index < 30; index += 1) expect((await send(index)).status).toBe(200)
    const refused = await send(30)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  })

  test('S7: an unknown address is answered like a known one, and nothing is sent to it', async () => {
    await registerOverHttp(app, ada)
    for (const [path, more] of routes) {
      const known = await app.post(path, { email: ada, ...more })
      const unknown = await app.post(path, { email: bob, ...more })
      expect(unknown.status).toBe(known.status)
      expect(unknown.body).toEqual({ ...known.body, data: { ...known.body.data, email: bob } })
      const names = ({ headers }: typeof known) => [...headers.keys()].sort()
      expect(names(unknown)).toEqual(names(known))
    }
    expect(app.sentTo(bob)).toEqual([])
  })
})

const purposeOf = (name: string) =>
  name === 'FORGOT_PASSWORD' ? ('account-password-reset' as const) : ('account-login' as const)
