import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { singleEvents } from '../../../src/storage/stores/event-rows.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { startTestApp } from '../../harness/start-test-app.ts'
import { until } from '../../harness/until.ts'
import { ada, bob, createAccountClient, logInOverHttp, password, registerOverHttp } from './account-client.ts'

/*
 * The dialect `account` over HTTP: who becomes the owner of an account. `codes.test.ts` covers attempts and sends,
 * `sessions.test.ts` the tokens, `input.test.ts` the fields of requests.
 */

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

  test('S7: a taken address commits as many changes as a new one, for each of them waits for the disk', async () => {
    await registerOverHttp(app, ada)
    const register = async (email: string) => {
      await app.post('/auth/register', { email, password, firstname: 'Eve', lastname: 'Nobody' })
      const events = await host.world.query<{ type: string }>(
        `select type from ${singleEvents()} e where project_id = $1 order by id`,
        [app.project.id],
      )
      return events.slice(-3).map(({ type }) => type)
    }
    expect(await register(bob)).toEqual(['challenge.created', 'account.created', 'password.set'])
    expect(await register(ada)).toEqual(['challenge.created', 'account.contested', 'password.dropped'])
  })
})

describe('messages', () => {
  test('go out in the language of the project, or in the one that the caller asks for', async () => {
    const server = await startTestApp()
    try {
      const person = { password, firstname: 'Ada', lastname: 'Byron' }
      await server.post('/auth/register', { ...person, email: ada })
      await server.post('/auth/register', { ...person, email: bob }, { 'accept-language': 'en' })
      await until(async () => (await server.inbox.entries()).length === 2)
      const [french] = await server.inbox.entries(ada)
      const [english] = await server.inbox.entries(bob)
      expect(french?.text).toContain('minutes')
      expect(french?.subject).toContain('est votre code')
      expect(english?.subject).toContain('is your')

      const verified = await server.post('/auth/verify', { email: ada, code: french?.code })
      expect(verified.body.data.user.email).toBe(ada)
    } finally {
      await server.stop()
    }
  })
})
