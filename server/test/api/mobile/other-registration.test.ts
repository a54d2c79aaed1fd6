import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * `account` and `mobile` on one project: people who have registered with an e-mail address and come to the app.
 */

let directory: string
let app: TestApp

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'watchword-both-'))
  const file = join(directory, 'watchword.yaml')
  const mount = (dialect: string) => `{dialect: ${dialect}, project: PRJ_mobile}`
  writeFileSync(file, `mounts: [${mount('account')}, ${mount('mobile')}]`)
  app = await startTestApp({ env: { WATCHWORD_CONFIG: file } })
})
afterAll(async () => {
  await app?.stop()
  rmSync(directory, { recursive: true, force: true })
})

const password = 'a quiet otter swims'
const step = (name: string, body: object) => app.post(`/api/auth/otp/${name}`, body)
const sentTo = async (to: string): Promise<number> =>
  (await app.inbox.entries(to)).filter(({ code }) => code !== null).length

/** Registers at `account`, and proves the address unless told otherwise. */
async function register(email: string, { isVerified = true } = {}): Promise<void> {
  await app.post('/auth/register', { email, password, firstname: 'Ada', lastname: 'L' })
  if (!isVerified) return
  const { status } = await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
  expect(status).toBe(200)
}

/** Asks for a login by the pair; the code if one came. */
async function requestLogin(email: string, mobile: string): Promise<string | null> {
  const before = await sentTo(email)
  const { status, body } = await step('send', { mobile, email, type: 'login' })
  expect([status, body.message]).toEqual([200, 'OTP sent successfully'])
  return (await sentTo(email)) > before ? app.inbox.lastCode(email) : null
}

/** Verifies with a code, and logs in. */
async function logIn(email: string, mobile: string, otp: string | null) {
  await step('verify', { mobile, email, type: 'login', otp: otp ?? '000000' })
  return step('login', { mobile, email })
}

const userOf = async (email: string) => {
  const [row] = await app.db.query<{
    id: number
    phone: string | null
    proven: boolean
    has_password: boolean
  }>(
    `select id::integer as id, phone, phone_verified_at is not null as proven, password_hash is not null as has_password
    from accounts where project_id = 'PRJ_mobile' and email = $1`,
    [email],
  )
  return row
}

describe('an account that was registered with an e-mail address alone', () => {
  test('logs in by a code to that address, takes the mobile as claimed, and keeps its password', async () => {
    const [email, mobile] = ['known@example.com', '9175113040']
    await register(email)
    const before = await userOf(email)
    expect(before).toMatchObject({ phone: null, has_password: true })

    const answer = await logIn(email, mobile, await requestLogin(email, mobile))
    expect(answer).toMatchObject({ status: 200, body: { data: { user: { id: before?.id, email, mobile } } } })
    expect(await userOf(email)).toEqual({ ...before, phone: '+919175113040', proven: false })
    expect((await app.post('/auth/login', { email, password })).body.data.user.id).toBe(before?.id)
    const events = await app.db.query<{ count: number }>(
      `select count(*)::integer as count from events where type = 'account.phone-claimed' and account_id = $1`,
      [before?.id],
    )
    expect(events).toEqual([{ count: 1 }])

    // From now on it is an account with a mobile like any other.
    expect((await logIn(email, mobile, await requestLogin(email, mobile))).status).toBe(200)
    expect(await requestLogin(email, '9175113041')).toBeNull()
  })

  test('A6: is not opened by a code to the mobile, which the claim does not prove', async () => {
    const [email, mobile] = ['claims@example.com', '9175113042']
    await register(email)
    await logIn(email, mobile, await requestLogin(email, mobile))
    const phone = '+919175113042'
    expect((await step('send', { mobile, type: 'login' })).status).toBe(200)
    expect(await sentTo(phone)).toBe(0)
    // Whoever proves the mobile gets an account of his own with it.
    await step('send', { mobile, type: 'signup' })
    await step('verify', { mobile, type: 'signup', otp: await app.inbox.lastCode(phone) })
    const signedUp = await step('signup', { mobile, fullName: 'Eve' })
    expect(signedUp.status).toBe(201)
    expect(signedUp.body.data.user.id).not.toBe((await userOf(email))?.id)
  })

  test('A5: is not opened before its address is proven', async () => {
    const [email, mobile] = ['unproven@example.com', '9175113043']
    await register(email, { isVerified: false })
    const code = await requestLogin(email, mobile)
    expect(code).toBeNull()
    // Nor by the code that waits for the registration.
    expect((await logIn(email, mobile, await app.inbox.lastCode(email))).status).toBe(400)
    expect((await userOf(email))?.phone ?? null).toBeNull()
  })

  test('A6: a code opens it for the mobile alone that it was requested with', async () => {
    const [email, mobile] = ['pair@example.com', '9175113044']
    await register(email)
    const otp = await requestLogin(email, mobile)
    await step('verify', { mobile, email, type: 'login', otp: otp ?? '' })
    expect((await step('login', { mobile: '9175113045', email })).status).toBe(400)
    expect((await userOf(email))?.phone).toBeNull()
    expect((await step('login', { mobile, email })).status).toBe(200)
  })

  test('A6: of two verified mobiles the first login decides, and the other proof opens nothing', async () => {
    const [email, first, second] = ['race@example.com', '9175113046', '9175113047']
    await register(email)
    for (const mobile of [first, second]) {
      const otp = await requestLogin(email, mobile)
      expect((await step('verify', { mobile, email, type: 'login', otp: otp ?? '' })).status).toBe(200)
    }
    const answers = await Promise.all([first, second].map((mobile) => step('login', { mobile, email })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  test('S7: whoever has an account of his own learns of no mobile whether somebody has it', async () => {
    const mine = 'curious@example.com'
    await register(mine)
    const theirs = '9175113048'
    await step('send', { mobile: theirs, type: 'signup' })
    await step('verify', { mobile: theirs, type: 'signup', otp: await app.inbox.lastCode('+919175113048') })
    expect((await step('signup', { mobile: theirs, fullName: 'Eve' })).status).toBe(201)

    const ask = async (mobile: string) => {
      const { status, body } = await step('send', { mobile, email: mine, type: 'login' })
      const otp = await app.inbox.lastCode(mine)
      const verified = await step('verify', { mobile, email: mine, type: 'login', otp })
      return { status, message: body.message, verified: verified.body.message, sent: await sentTo(mine) }
    }
    const known = await ask(theirs)
    const unknown = await ask('9175113049')
    expect({ ...known, sent: 0 }).toEqual({ ...unknown, sent: 0 })
    expect(unknown.sent - known.sent).toBe(1)
    // And the account of the mobile stays its owner's.
    const owner = await app.db.query<{ email: string | null; proven: boolean }>(
      `select email, phone_verified_at is not null as proven from accounts where phone = '+919175113048' and phone_verified_at is not null`,
    )
    expect(owner).toEqual([{ email: null, proven: true }])
  })

  test('a disabled account gets no code', async () => {
    const email = 'disabled@example.com'
    await register(email)
    await app.db.query(`update accounts set is_active = false where email = $1`, [email])
    expect(await requestLogin(email, '9175113050')).toBeNull()
  })
})
