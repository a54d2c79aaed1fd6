import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { singleEvents } from '../../../src/storage/stores/event-rows.ts'
import { email as emailAddress, importedAccount, phone } from '../../harness/account-world.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'

/*
 * Who registers an address that somebody else registers as well: two callers, each from a network of its own. What the prover
 * of an address has not set himself never survives the proof (A5), and nobody's registration costs another's code.
 */

let host: DialectHost
let app: DialectApp
const email = 'ada@example.test'
const own = 'the owner has this one'
const evil = 'the stranger waits here'

beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host.close())
beforeEach(async () => {
  app = await host.startApp({ trustedProxies: 1 })
})

/** A caller from a network. */
const createCaller = (network: string, { password, name }: { password: string; name: string }) => {
  const headers = { 'x-forwarded-for': network, 'user-agent': 'browser/1' }
  const post = (path: string, body: object) => app.post(path, { email, ...body }, headers)
  return {
    post,
    /** Answers the code that was sent. */
    async register(): Promise<string> {
      const answer = await post('/auth/register', { password, firstname: name, lastname: 'X' })
      expect(answer.status).toBe(201)
      return app.lastCode(email)
    },
    async askCode(purpose: string): Promise<string> {
      expect((await post('/auth/otp/generate', { purpose })).status).toBe(200)
      return app.lastCode(email)
    },
    verify: (code: string) => post('/auth/verify', { code }),
  }
}
const owner = createCaller('192.0.2.1', { password: own, name: 'Ada' })
const stranger = createCaller('198.51.100.1', { password: evil, name: 'Mallory' })

const logIn = async (password: string): Promise<number> =>
  (await app.post('/auth/login', { email, password })).status

describe('a stranger registers the address of somebody who registers it', () => {
  test('A5: the owner’s code opens the owner’s password, though a stranger has registered since', async () => {
    const code = await owner.register()
    await stranger.register()
    const verified = await owner.verify(code)

    expect(verified).toMatchObject({ status: 200, body: { data: { user: { firstname: 'Ada' } } } })
    expect([await logIn(own), await logIn(evil)]).toEqual([200, 401])
  })

  test('A5: the stranger’s code, typed by the owner, verifies the address and leaves neither password nor name', async () => {
    await owner.register()
    const verified = await owner.verify(await stranger.register())

    expect(verified).toMatchObject({
      status: 200,
      body: { data: { user: { firstname: null, lastname: null, isVerified: true } } },
    })
    expect([await logIn(own), await logIn(evil)]).toEqual([401, 401])

    const code = await owner.askCode('FORGOT_PASSWORD')
    expect((await owner.post('/auth/reset-password', { code, newPassword: own })).status).toBe(200)
    expect(await logIn(own)).toBe(200)
  })

  test('A5: a code that the owner asked for leaves no password of a stranger', async () => {
    await stranger.register()
    expect((await owner.verify(await owner.askCode('ACCOUNT_VERIFICATION'))).status).toBe(200)
    expect(await logIn(evil)).toBe(401)
  })

  test('A5: a code that the stranger asked for leaves no password either, whoever has registered', async () => {
    await owner.register()
    await stranger.register()
    expect((await owner.verify(await stranger.askCode('ACCOUNT_VERIFICATION'))).status).toBe(200)
    expect([await logIn(own), await logIn(evil)]).toEqual([401, 401])
  })

  test('A5: a code that was asked for again opens the caller’s own registration', async () => {
    const older = await owner.register()
    await stranger.register()
    const newer = await owner.askCode('ACCOUNT_VERIFICATION')
    expect((await owner.verify(older)).status).toBe(400)
    expect((await owner.verify(newer)).status).toBe(200)
    expect([await logIn(own), await logIn(evil)]).toEqual([200, 401])
  })

  test('A5: a registration, a code asked for and a second registration of a stranger kill nobody’s code', async () => {
    const code = await owner.register()
    await stranger.register()
    await stranger.askCode('ACCOUNT_VERIFICATION')
    await stranger.register()
    expect((await owner.post('/auth/otp/validate', { code, purpose: 'ACCOUNT_VERIFICATION' })).status).toBe(
      200,
    )
    expect((await owner.verify(code)).status).toBe(200)
    expect(await logIn(own)).toBe(200)
  })

  test('A5: of two codes the first that is used wins, and the second changes nothing', async () => {
    const code = await owner.register()
    const strangers = await stranger.register()
    expect((await owner.verify(code)).status).toBe(200)
    await stranger.verify(strangers)
    expect([await logIn(own), await logIn(evil)]).toEqual([200, 401])
  })

  test('A5: a code typed in another network than it was asked for in verifies without a password', async () => {
    const code = await owner.register()
    const phone = createCaller('203.0.113.9', { password: own, name: 'Ada' })
    expect(await phone.verify(code)).toMatchObject({
      status: 200,
      body: { data: { user: { firstname: null } } },
    })
    expect(await logIn(own)).toBe(401)
  })

  test('A5: neither name nor password of a stranger survives a login by code', async () => {
    await stranger.register()
    const code = await owner.askCode('LOGIN_CONFIRMATION')
    const login = await owner.post('/auth/login/otp', { code })
    expect(login).toMatchObject({
      status: 200,
      body: { data: { user: { firstname: null, lastname: null } } },
    })
    expect(await logIn(evil)).toBe(401)
  })

  test('A5: neither name nor password of a stranger survives a reset, nor do they speak against the new password', async () => {
    await stranger.register()
    const code = await owner.askCode('FORGOT_PASSWORD')
    const reset = await owner.post('/auth/reset-password', { code, newPassword: 'Mallory and Ada 1815' })
    expect(reset.status).toBe(200)
    const login = await app.post('/auth/login', { email, password: 'Mallory and Ada 1815' })
    expect(login.body.data.user).toMatchObject({ firstname: null, lastname: null, isVerified: true })
    expect(await logIn(evil)).toBe(401)
  })

  test('A5: what was registered is gone from the database once the address is proven', async () => {
    const code = await owner.register()
    await stranger.register()
    await owner.verify(code)
    expect(
      await host.world.query('select * from registrations where project_id = $1', [app.project.id]),
    ).toEqual([])
    expect(
      await host.world.query('select first_name from accounts where project_id = $1', [app.project.id]),
    ).toEqual([{ first_name: 'Ada' }])
  })

  test('A5: a password that an earlier version has left on the account does not survive the proof', async () => {
    await stranger.register()
    const where = 'where project_id = $1 and email = $2'
    await host.world.query(
      `update accounts set first_name = 'Mallory',
        password_hash = (select password_hash from registrations r where r.project_id = $1 and account_id = accounts.id)
      ${where}`,
      [app.project.id, email],
    )
    const code = await owner.register()
    expect((await owner.verify(code)).status).toBe(200)
    expect([await logIn(own), await logIn(evil)]).toEqual([200, 401])
    expect(
      await host.world.query(`select first_name from accounts ${where}`, [app.project.id, email]),
    ).toEqual([{ first_name: 'Ada' }])
  })
})

describe('guesses at an address with several codes', () => {
  test('V3, V4: a wrong one counts once for the address and once for each code', async () => {
    await owner.register()
    const code = await stranger.register()
    for (let count = 0; count < 3; count += 1) await owner.verify(wrongCode(code, count))
    const tries = await host.world.query('select tries from challenges where project_id = $1', [
      app.project.id,
    ])
    expect(tries).toEqual([{ tries: 3 }, { tries: 3 }])
    expect(
      await host.world.query(
        'select cardinality(failures)::integer as failures from recipients where project_id = $1',
        [app.project.id],
      ),
    ).toEqual([{ failures: 3 }])
  })

  test('V3: five wrong guesses close every code of the address', async () => {
    const code = await owner.register()
    const strangers = await stranger.register()
    const wrong = Array.from({ length: 20 }, (_, nth) => wrongCode(code, nth)).filter(
      (text) => text !== strangers,
    )
    for (const text of wrong.slice(0, 5)) await stranger.verify(text)
    expect((await owner.verify(code)).status).toBe(400)
    expect((await owner.verify(strangers)).status).toBe(400)
  })
})

describe('a form that is sent twice', () => {
  test('V2: the same caller is answered the same within seconds, and nothing happens again', async () => {
    const code = await owner.register()
    const [first, second] = await Promise.all([owner.verify(code), owner.verify(code)])
    expect([first?.status, second?.status]).toEqual([200, 200])
    expect(second?.body).toEqual(first?.body)
    const proofs = await host.world.query(
      `select id from ${singleEvents()} e where project_id = $1 and type = 'account.verified'`,
      [app.project.id],
    )
    expect(proofs).toHaveLength(1)
  })

  test('V2: nobody else is, nor the same caller later, nor for another code', async () => {
    const code = await owner.register()
    await owner.verify(code)
    expect((await stranger.verify(code)).status).toBe(400)
    expect((await owner.verify(wrongCode(code))).status).toBe(400)
    expect((await owner.verify(code)).status).toBe(200)
    await host.world.moveClock(11_000)
    expect((await owner.verify(code)).status).toBe(400)
  })

  test('V3: guesses at a code that was just used are as few as at any other', async () => {
    const code = await owner.register()
    await owner.verify(code)
    for (let count = 0; count < 4; count += 1) await owner.verify(wrongCode(code, count))
    expect((await owner.verify(code)).status).toBe(400)
  })
})

test('A5: who proves an imported phone gets the account, and costs nobody the code of its e-mail address', async () => {
  const claimed = phone('+255712345678')
  const { stored } = await host.world.importAccounts({
    projectId: app.project.id,
    accounts: [
      importedAccount({
        email: emailAddress(email),
        isEmailVerified: false,
        phone: claimed,
        isPhoneVerified: false,
        fullName: 'Mallory X',
      }),
    ],
  })
  expect(stored).toBe(1)
  const code = await owner.register()
  expect((await app.post('/auth/api/resend-otp/', { phoneNumber: claimed })).status).toBe(200)
  const otp = app.lastCode(claimed)
  expect((await app.post('/auth/api/verify-otp/', { phoneNumber: claimed, otp })).status).toBe(200)

  const verified = await owner.verify(code)
  expect(verified).toMatchObject({
    status: 200,
    body: { data: { user: { firstname: 'Ada', isVerified: true } } },
  })
  expect(await logIn(own)).toBe(200)
  const accounts = await host.world.manageAccounts.list({ projectId: app.project.id })
  expect(accounts).toMatchObject([
    { email: null, phone: claimed, fullName: null },
    { email, phone: null, firstName: 'Ada' },
  ])
})
