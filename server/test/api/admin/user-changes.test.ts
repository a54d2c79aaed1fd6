import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SessionId } from '../../../src/domain/session.ts'
import { createSessionStore } from '../../../src/storage/stores/sessions.ts'
import { email as emailAddress } from '../../harness/account-world.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { newEmail } from '../service/service-caller.ts'

/* What an operator changes in a user, and what ends with it. */

let app: TestApp
let headers: Record<string, string>
const password = 'a quiet otter swims'

beforeAll(async () => {
  app = await startTestApp()
  headers = { authorization: `Bearer ${app.adminToken}` }
})
afterAll(() => app.stop())

const usersPath = () => `/admin/v1/projects/${app.projects.account}/users`

/** A user of the project of `account`, with what changes them. */
async function createUser(user: object) {
  const { status, body } = await app.post(usersPath(), { password, ...user }, headers)
  expect([status, body.message]).toEqual([201, undefined])
  const path = `${usersPath()}/${body.userId}`
  return {
    id: body.userId as number,
    change: (change: object) => app.request('PATCH', path, { body: change, headers }),
    find: async () => (await app.get(path, headers)).body,
  }
}

const logIn = (email: string, secret = password) => app.post('/auth/login', { email, password: secret })
const refresh = async (refreshToken: string) => (await app.post('/auth/refresh', { refreshToken })).status

async function askCode(email: string, purpose = 'LOGIN_CONFIRMATION'): Promise<string> {
  expect((await app.post('/auth/otp/generate', { email, purpose })).status).toBe(200)
  return app.inbox.lastCode(email)
}

describe('a change', () => {
  test('touches what it names, reads addresses as everywhere, and null removes', async () => {
    const [email, next] = [newEmail(), newEmail()]
    const user = await createUser({ email, firstName: 'Ada', lastName: 'Byron', locale: 'fr' })
    const change = {
      email: ` ${next.toUpperCase()} `,
      emailVerified: true,
      phone: '+255 712-345 601',
      phoneVerified: false,
    }
    const { status, body } = await user.change({
      ...change,
      firstName: null,
      fullName: 'Ada King',
      locale: 'de',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      email: next,
      isEmailVerified: true,
      phone: '+255712345601',
      isPhoneVerified: false,
      firstName: null,
      lastName: 'Byron',
      fullName: 'Ada King',
      locale: 'de',
      isActive: true,
    })
    expect(await user.find()).toEqual(body)
    expect((await user.change({ phone: null, isActive: false })).body).toMatchObject({
      email: next,
      phone: null,
      isPhoneVerified: false,
      isActive: false,
    })
  })

  test('that cannot be made says all that is wrong, and makes nothing', async () => {
    const user = await createUser({ email: newEmail(), firstName: 'Ada' })
    const before = await user.find()
    const refuse = async (change: object) => {
      const { status, body } = await user.change(change)
      expect([change, status]).toEqual([change, 400])
      return body.message
    }
    expect(await refuse({ email: newEmail(), firstName: 'Eve' })).toBe(
      'emailVerified must say whether the new email is proven',
    )
    expect(
      await refuse({ email: 'nobody', emailVerified: true, phone: '12', phoneVerified: true, locale: 'xx' }),
    ).toBe(
      'email is not an e-mail address; phone is not a phone number; locale must be one of en, fr, sw, hi, ar, es, pt, de',
    )
    expect(await refuse({ email: null })).toBe('the user would have neither email nor phone')
    expect(await refuse({ phoneVerified: true })).toBe('phoneVerified is about no phone: the user has none')
    expect(await refuse({})).toBe('The request changes nothing: say what is to change')
    expect(await refuse({ isActive: null, userId: 7 })).toContain('userId does not exist; there are email,')
    expect(await user.find()).toEqual(before)
  })

  test('an address that another user of the type owns is a conflict, and the rest of the change is not made', async () => {
    const taken = { email: newEmail(), phone: '+255712345602' }
    await createUser(taken)
    const user = await createUser({ email: newEmail(), firstName: 'Ada' })
    const attempt = async (change: object) => {
      const { status, body } = await user.change({ firstName: 'Eve', ...change })
      return [status, body.message]
    }
    const conflicts = { email: taken.email, emailVerified: false }
    expect(await attempt(conflicts)).toEqual([409, 'email belongs to a user of this type already'])
    expect(await attempt({ ...conflicts, emailVerified: true })).toEqual([
      409,
      'email belongs to a user of this type already',
    ])
    expect(await attempt({ phone: taken.phone, phoneVerified: true })).toEqual([
      409,
      'phone belongs to a user of this type already',
    ])
    expect((await user.find()).firstName).toBe('Ada')
    // A phone that is only claimed keeps nobody out, and is kept out by nobody.
    expect((await user.change({ phone: taken.phone, phoneVerified: false })).status).toBe(200)
  })

  test('of two operators who give one address at once, one gets it and the other a conflict', async () => {
    const email = newEmail()
    const users = await Promise.all(Array.from({ length: 4 }, () => createUser({ email: newEmail() })))
    const answers = await Promise.all(users.map((user) => user.change({ email, emailVerified: true })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
  })

  test('L1: is on record with the names of what changed, and without the addresses', async () => {
    const email = newEmail()
    const user = await createUser({ email: newEmail(), firstName: 'Ada' })
    await user.change({ email, emailVerified: true, firstName: 'Ada', isActive: false })
    // Sorted by name, because events of the same millisecond have no order.
    const rows = await app.db.query<{ type: string; details: unknown }>(
      'select type, details from events where project_id = $1 and account_id = $2 and challenge_id is null order by type',
      [app.projects.account, user.id],
    )
    const actor = 'admin-token'
    expect(rows).toEqual([
      { type: 'account.changed', details: { changed: ['email'], actor } },
      { type: 'account.disabled', details: { actor } },
      { type: 'account.imported', details: { accountType: 'USER', actor } },
    ])
  })
})

describe('an address that is changed', () => {
  test('T4: takes the sessions of the user and the codes of the former address with it, and leaves the password', async () => {
    const [email, next] = [newEmail(), newEmail()]
    const user = await createUser({ email })
    const { refreshToken } = (await logIn(email)).body.data
    const code = await askCode(email)
    await user.change({ email: next, emailVerified: true })

    expect(await refresh(refreshToken)).toBe(401)
    expect((await app.post('/auth/login/otp', { email, code })).status).toBe(401)
    expect((await app.post('/auth/login/otp', { email: next, code })).status).toBe(401)
    expect([(await logIn(email)).status, (await logIn(next)).status]).toEqual([401, 200])
  })

  test('is told of it, in the language of the user, where it was a proven e-mail address', async () => {
    const [email, next] = [newEmail(), newEmail()]
    const user = await createUser({ email, locale: 'fr' })
    const told = async (address: string) =>
      (await app.inbox.entries(address)).map(({ subject, code }) => [subject, code])
    await user.change({ email: next, emailVerified: false })
    expect(await told(email)).toEqual([['Votre adresse Account demo a été changée', null]])
    await user.change({ emailVerified: true })
    await user.change({ phone: '+255712345606', phoneVerified: true })
    expect(await told(next)).toEqual([])
    await user.change({ email: null })
    expect(await told(next)).toHaveLength(1)
  })

  test('other changes, and an address that is added, leave the sessions alone', async () => {
    const email = newEmail()
    const user = await createUser({ email })
    const { refreshToken } = (await logIn(email)).body.data
    await user.change({ firstName: 'Ada', phone: '+255712345603', phoneVerified: true })
    await user.change({ email, emailVerified: true })
    expect(await refresh(refreshToken)).toBe(200)
  })

  test('T4: an address that is proven no more takes the sessions with it too', async () => {
    const email = newEmail()
    const user = await createUser({ email })
    const { refreshToken } = (await logIn(email)).body.data
    expect((await user.change({ emailVerified: false })).body.isEmailVerified).toBe(false)
    expect([await refresh(refreshToken), (await logIn(email)).status]).toEqual([401, 403])
    expect((await user.change({ emailVerified: true })).body.isEmailVerified).toBe(true)
    expect((await logIn(email)).status).toBe(200)
  })

  test('A5: to one that is not proven, is completed by its code, without the password and the names', async () => {
    const next = newEmail()
    const user = await createUser({ email: newEmail(), firstName: 'Ada' })
    await user.change({ email: next, emailVerified: false })
    expect((await logIn(next)).status).toBe(403)
    const code = await askCode(next, 'ACCOUNT_VERIFICATION')
    expect((await app.post('/auth/verify', { email: next, code })).status).toBe(200)
    expect(await user.find()).toMatchObject({ isEmailVerified: true, firstName: null })
    expect((await logIn(next)).status).toBe(401)
  })

  test('A5: costs nobody the code of a registration that waits for the former one', async () => {
    const email = newEmail()
    const person = { email, password, firstname: 'Ada', lastname: 'Byron' }
    expect((await app.post('/auth/register', person)).status).toBe(201)
    const code = await app.inbox.lastCode(email)
    const { users } = (await app.get(`${usersPath()}?email=${email}`, headers)).body
    const path = `${usersPath()}/${users[0].userId}`
    const moved = await app.request('PATCH', path, {
      body: { email: newEmail(), emailVerified: true },
      headers,
    })
    expect(moved.status).toBe(200)
    const verified = await app.post('/auth/verify', { email, code })
    expect([verified.status, verified.body.data.user]).toMatchObject([200, { email, firstname: 'Ada' }])
    expect((await logIn(email)).status).toBe(200)
  })

  test('takes a claim of another user with it, when the operator says that it is proven', async () => {
    const email = newEmail()
    const other = await createUser({ email, emailVerified: false, phone: '+255712345604' })
    const waiting = await createUser({ email, emailVerified: false })
    const user = await createUser({ email: newEmail() })
    expect((await user.change({ email, emailVerified: true })).status).toBe(200)
    expect(await other.find()).toMatchObject({ email: null, phone: '+255712345604' })
    expect((await waiting.find()).statusCode).toBe(404)
  })

  test('T1: a code that was right before the change opens no session after it', async () => {
    const email = newEmail()
    const user = await createUser({ email })
    const open = (provenAddress: string) =>
      createSessionStore(app.db.database).open({
        projectId: app.projects.account,
        accountId: user.id,
        id: crypto.randomUUID() as SessionId,
        label: null,
        refreshHash: Buffer.from(provenAddress),
        mount: null,
        lifeSeconds: 60,
        passwordVersion: null,
        provenAddress: emailAddress(provenAddress),
        otherAddress: null,
        method: 'code',
        keptProof: null,
      })
    const next = newEmail()
    await user.change({ email: next, emailVerified: true })
    expect(await open(email)).toBeNull()
    expect(await open(next)).not.toBeNull()
  })
})

describe('a search', () => {
  const search = async (query: string) => {
    const { status, body } = await app.get(`${usersPath()}?${query}`, headers)
    return [status, body.users?.map(({ userId }: { userId: number }) => userId) ?? body.message]
  }

  test('finds those with an address, however it is written, proven or not', async () => {
    const email = newEmail()
    const phone = '+255712345605'
    const user = await createUser({ email, phone })
    const agent = await createUser({ type: 'AGENT', email, emailVerified: false, password: null })
    expect(await search(`email=${email}`)).toEqual([200, [user.id, agent.id]])
    expect(await search(`email=%20${email.toUpperCase()}&type=AGENT`)).toEqual([200, [agent.id]])
    expect(await search(`phone=${encodeURIComponent('+255 712 345 605')}`)).toEqual([200, [user.id]])
    expect(await search(`phone=${encodeURIComponent(phone)}&email=${email}`)).toEqual([200, [user.id]])
    expect(await search(`email=${email}&limit=1&after=${user.id}`)).toEqual([200, [agent.id]])
    expect(await search(`email=${newEmail()}`)).toEqual([200, []])
  })

  test('that cannot be read finds nobody, and says so', async () => {
    expect(await search('email=nobody&phone=12')).toEqual([
      400,
      'email is not an e-mail address; phone is not a phone number; its + is written as %2B in a query',
    ])
    expect(await search('email=')).toEqual([400, 'email is not an e-mail address'])
  })
})
