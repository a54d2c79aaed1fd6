import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ProjectId } from '../../../src/domain/project.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { newEmail } from '../service/service-caller.ts'

/*
 * Addresses that an operator stores and nobody has proven. They are claims: whoever proves one gets the account, and neither the
 * password nor the names that came with it, which may be a stranger's.
 */

let app: TestApp
const password = 'the stranger waits here'
const own = 'the owner has this one'
const named = { firstName: 'Mallory', lastName: 'X', fullName: 'Mallory X', password }
let phones = 0

beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

const newPhone = (): string => {
  phones += 1
  return `+2557123${String(phones).padStart(5, '0')}`
}

async function create(project: ProjectId, user: object) {
  const headers = { authorization: `Bearer ${app.adminToken}` }
  const { status, body } = await app.post(`/admin/v1/projects/${project}/users`, user, headers)
  expect([status, body.message]).toEqual([201, undefined])
  const path = `/admin/v1/projects/${project}/users/${body.userId}`
  return { user: body, find: async () => (await app.get(path, headers)).body }
}
const claim = (email: string, more: object = {}) =>
  create(app.projects.account, { type: 'USER', email, emailVerified: false, ...named, ...more })
const logIn = async (email: string, secret: string) =>
  (await app.post('/auth/login', { email, password: secret })).status

async function askCode(email: string, purpose: string): Promise<string> {
  expect((await app.post('/auth/otp/generate', { email, purpose })).status).toBe(200)
  return app.inbox.lastCode(email)
}

describe('an e-mail address that nobody has proven', () => {
  test('is stored as such, and its password answers as an unverified account does', async () => {
    const email = newEmail()
    const { user } = await claim(email)
    expect(user).toMatchObject({ email, isEmailVerified: false, isActive: true, firstName: 'Mallory' })
    expect([await logIn(email, password), await logIn(email, own)]).toEqual([403, 401])
  })

  test('A5: a login by code proves it, and leaves neither the password nor the names', async () => {
    const email = newEmail()
    const { user, find } = await claim(email, { phone: newPhone(), phoneVerified: false })
    const code = await askCode(email, 'LOGIN_CONFIRMATION')
    const { status, body } = await app.post('/auth/login/otp', { email, code })
    expect([status, body.data.user]).toMatchObject([
      200,
      { id: user.userId, firstname: null, lastname: null },
    ])
    expect(await find()).toMatchObject({ isEmailVerified: true, fullName: null, phone: null })
    expect(await logIn(email, password)).toBe(401)
  })

  test('A5: so do a verification and a reset', async () => {
    const verified = newEmail()
    await claim(verified)
    const code = await askCode(verified, 'ACCOUNT_VERIFICATION')
    const { body } = await app.post('/auth/verify', { email: verified, code })
    expect(body.data.user).toMatchObject({ firstname: null, lastname: null, isVerified: true })
    expect(await logIn(verified, password)).toBe(401)

    const reset = newEmail()
    const { find } = await claim(reset)
    const resetCode = await askCode(reset, 'FORGOT_PASSWORD')
    const answer = await app.post('/auth/reset-password', { email: reset, code: resetCode, newPassword: own })
    expect(answer.status).toBe(200)
    expect([await logIn(reset, password), await logIn(reset, own)]).toEqual([401, 200])
    expect(await find()).toMatchObject({ firstName: null, fullName: null })
  })

  test('A5: its owner registers as with any address that waits, with a password and names of his own', async () => {
    const email = newEmail()
    await claim(email)
    const person = { email, password: own, firstname: 'Ada', lastname: 'Byron' }
    expect((await app.post('/auth/register', person)).status).toBe(201)
    const { body } = await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    expect(body.data.user).toMatchObject({ firstname: 'Ada', lastname: 'Byron' })
    expect([await logIn(email, password), await logIn(email, own)]).toEqual([401, 200])
  })

  test('gives way to an account whose address is proven', async () => {
    const email = newEmail()
    await claim(email)
    const proven = await create(app.projects.account, { email, password: own })
    expect(proven.user.isEmailVerified).toBe(true)
    expect([await logIn(email, password), await logIn(email, own)]).toEqual([401, 200])
  })

  test('A6: beside a proven phone it leads nobody to the account, and keeps nobody out', async () => {
    const email = newEmail()
    const { user, find } = await claim(email, { phone: newPhone() })
    expect(user).toMatchObject({ isEmailVerified: false, isPhoneVerified: true })
    expect(await logIn(email, password)).toBe(401)
    for (const purpose of ['LOGIN_CONFIRMATION', 'FORGOT_PASSWORD', 'ACCOUNT_VERIFICATION'])
      expect((await app.post('/auth/otp/generate', { email, purpose })).status).toBe(200)
    expect(await app.inbox.entries(email)).toEqual([])

    const person = { email, password: own, firstname: 'Ada', lastname: 'Byron' }
    expect((await app.post('/auth/register', person)).status).toBe(201)
    const { body } = await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    expect(body.data.user).toMatchObject({ firstname: 'Ada', isVerified: true })
    expect(body.data.user.id).not.toBe(user.userId)
    expect([await logIn(email, own), await logIn(email, password)]).toEqual([200, 401])
    expect(await find()).toMatchObject({
      email,
      isEmailVerified: false,
      isPhoneVerified: true,
      firstName: 'Mallory',
    })
  })
})

test('a user who is stored as disabled logs in by nothing', async () => {
  const email = newEmail()
  const { user } = await create(app.projects.account, { email, password: own, isActive: false })
  expect(user).toMatchObject({ isActive: false, isEmailVerified: true })
  expect([await logIn(email, own), await logIn(email, password)]).toEqual([403, 401])
  await app.post('/auth/otp/generate', { email, purpose: 'LOGIN_CONFIRMATION' })
  expect(await app.inbox.entries(email)).toEqual([])
})

describe('a phone that nobody has proven', () => {
  const claimPhone = (project: ProjectId, phone: string, more: object = {}) =>
    create(project, { type: 'USER', phone, phoneVerified: false, ...named, ...more })
  const completed = { isPhoneVerified: true, firstName: null, lastName: null, fullName: null }

  test('A5: a login by its code completes the account, without the names and the e-mail address', async () => {
    const [phone, email] = [newPhone(), newEmail()]
    const { user, find } = await claimPhone(app.projects.kikapu, phone, { email, emailVerified: false })
    expect(user).toMatchObject({ isPhoneVerified: false, fullName: 'Mallory X' })
    expect((await app.post('/auth/api/resend-otp/', { phoneNumber: phone })).status).toBe(200)
    const otp = await app.inbox.lastCode(phone)
    expect((await app.post('/auth/api/verify-otp/', { phoneNumber: phone, otp })).status).toBe(200)
    expect(await find()).toMatchObject({ ...completed, phone, email: null })
  })

  test('A3: the password of an agent opens nothing before, and nothing says that it is right', async () => {
    const phone = newPhone()
    await claimPhone(app.projects.kikapu, phone, { type: 'AGENT' })
    const attempt = (phoneNumber: string, secret: string) =>
      app.post('/auth/api/agent/login/', { phoneNumber, password: secret })
    const { status, body } = await attempt(phone, password)
    expect([status, body]).toEqual([404, (await attempt(newPhone(), own)).body])
  })

  test('the code of a citizen completes the account', async () => {
    const phone = '+2250512345678'
    const { find } = await claimPhone(app.projects.citizen, phone, { type: 'CITIZEN' })
    expect((await app.post('/otp', { type: 'create', phoneNumber: phone })).status).toBe(201)
    const otp = await app.inbox.lastCode(phone)
    expect((await app.post('/otp/verify', { phoneNumber: phone, otp })).status).toBe(200)
    expect(await find()).toMatchObject(completed)
  })

  test('the mobile API completes it by a login, and a sign-up takes its place', async () => {
    const prove = async (mobile: string, type: string): Promise<string> => {
      expect((await app.post('/api/auth/otp/send', { mobile, type })).status).toBe(200)
      const otp = await app.inbox.lastCode(`+91${mobile}`)
      const { body } = await app.post('/api/auth/otp/verify', { mobile, type, otp })
      return body.data.verificationToken
    }
    const claimed = await claimPhone(app.projects.mobile, '+919876512301')
    const verificationToken = await prove('9876512301', 'login')
    const login = await app.post('/api/auth/otp/login', { mobile: '9876512301', verificationToken })
    expect([login.status, login.body.data.user.id]).toEqual([200, claimed.user.userId])
    expect(await claimed.find()).toMatchObject(completed)

    const replaced = await claimPhone(app.projects.mobile, '+919876512302')
    const person = { mobile: '9876512302', fullName: 'Ada Byron' }
    const token = await prove(person.mobile, 'signup')
    const signup = await app.post('/api/auth/otp/signup', { ...person, verificationToken: token })
    expect(signup.status).toBe(201)
    expect((await replaced.find()).message).toBe('There is no such user in this project')
  })

  test('several accounts may claim one phone: its owner gets the oldest, unless one has proven it', async () => {
    const phone = newPhone()
    const first = await claimPhone(app.projects.kikapu, phone)
    const second = await claimPhone(app.projects.kikapu, phone)
    await app.post('/auth/api/resend-otp/', { phoneNumber: phone })
    const otp = await app.inbox.lastCode(phone)
    expect((await app.post('/auth/api/verify-otp/', { phoneNumber: phone, otp })).status).toBe(200)
    expect((await first.find()).isPhoneVerified).toBe(true)
    expect((await second.find()).isPhoneVerified).toBe(false)
  })
})
