import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { account } from '../../../src/dialects/account/index.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { createDialectHost, type DialectApp, type DialectHost, routesOf } from '../../harness/dialect-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { ada, bob, createAccountClient, password, registerOverHttp } from './account-client.ts'

/* What guesses and sends of the dialect `account` are worth, over HTTP and on two nodes. */

let host: DialectHost
let app: DialectApp
const { sendCode, logInByCode, logInByPassword } = createAccountClient(() => app)

beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host.close())
beforeEach(async () => {
  app = await host.startApp()
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
      (index % 2 ? app : app.other).post('/auth/login/otp', { email: ada, code: wrongCode(code) })
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
      await app.post(path, { email: ada, code: wrongCode(app.lastCode(ada)), ...more })
    }
    const locked = await sendCode('LOGIN_CONFIRMATION')
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(86_000)
    expect((await logInByPassword(password)).status).toBe(200)

    await host.world.moveClock(24 * 3_600_000)
    await sendCode('LOGIN_CONFIRMATION')
    expect((await logInByCode(app.lastCode(ada))).status).toBe(200)
  })

  test('V6: every route that takes a code counts a wrong one on the address', async () => {
    const routes = routesOf(account, {
      ...host.world,
      projectId: app.project.id,
      options: {},
      revealCode: () => new Secret('never'),
    })
    const doors = routes.filter(({ body }) => 'code' in ((body as { properties?: object })?.properties ?? {}))
    expect(doors).toHaveLength(4)
    await registerOverHttp(app, ada)
    await registerOverHttp(app, bob, false)

    for (const [index, { path }] of doors.entries()) {
      const email = path === '/auth/verify' ? bob : ada
      for (const purpose of email === bob
        ? ['ACCOUNT_VERIFICATION']
        : ['LOGIN_CONFIRMATION', 'FORGOT_PASSWORD'])
        await sendCode(purpose, email)
      const codes = { code: wrongCode(app.lastCode(email)), newPassword: 'another quiet otter' }
      await app.post(path, { email, ...codes, purpose: 'LOGIN_CONFIRMATION' })
      const [row] = await host.world.query<{ count: number }>(
        'select sum(cardinality(failures))::integer as count from recipients where project_id = $1',
        [app.project.id],
      )
      expect([path, row?.count]).toEqual([path, index + 1])
    }
  })

  test('V5: after wrong codes for twenty addresses a caller’s next one is refused for an hour, whatever header it forges', async () => {
    app = await host.startApp({ exemptLoopback: false })
    const guess = (index: number) =>
      app.post(
        '/auth/login/otp',
        { email: `user${index}@example.test`, code: '123456' },
        { 'x-forwarded-for': `198.51.100.${index}` },
      )
    // Repeated attempts at one address count as one address.
    for (let nth = 0; nth < 25; nth += 1) expect((await guess(0)).status).toBe(401)
    for (let index = 1; index < 20; index += 1) expect((await guess(index)).status).toBe(401)
    const refused = await guess(20)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500)
    await host.world.moveClock(3_600_000)
    expect((await guess(20)).status).toBe(401)
  })

  test('V7: wrong, expired, used, locked and never issued codes are answered alike', async () => {
    await registerOverHttp(app, ada)
    for (const [path, purpose, more] of forms) {
      const ask = (code: string, email = ada) => app.post(path, { email, code, ...more })
      const answers = [await ask('123456', 'nobody@example.test')]
      await sendCode(purpose)
      answers.push(await ask(wrongCode(app.lastCode(ada))))
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
          for (const text of [code, wrongCode(code)]) {
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

  test('S1: a form that is sent twice sends one code, which stays good, and counts twice', async () => {
    app = await host.startApp({ settings: { sendsPerTenMinutes: 3 } })
    await registerOverHttp(app, ada)
    const clicks = await Promise.all([0, 1].map(() => sendCode('LOGIN_CONFIRMATION')))
    clicks.push(await sendCode('LOGIN_CONFIRMATION'))
    expect(clicks.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(clicks[2]?.body).toEqual(clicks[0]?.body)
    expect(app.sentTo(ada).filter((content) => content === 'code')).toHaveLength(2)
    expect((await sendCode('LOGIN_CONFIRMATION')).status).toBe(429)
    expect((await logInByCode(app.lastCode(ada))).status).toBe(200)
  })

  test('S1: a send five seconds later, or after a guess, has a code of its own', async () => {
    await registerOverHttp(app, ada)
    const codes = []
    for (const wait of [0, 5_000, 0]) {
      await host.world.moveClock(wait)
      await sendCode('LOGIN_CONFIRMATION')
      codes.push(app.lastCode(ada))
      if (wait > 0) await logInByCode(wrongCode(app.lastCode(ada)))
    }
    expect(app.sentTo(ada).filter((content) => content === 'code')).toHaveLength(4)
    expect((await logInByCode(codes[1] ?? '')).status).toBe(401)
    expect((await logInByCode(codes[2] ?? '')).status).toBe(200)
  })

  test('S2: the thirty-first send of a network is refused for an hour, whatever header it forges', async () => {
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
    await host.world.moveClock(3_600_000)
    expect((await send(31)).status).toBe(200)
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
