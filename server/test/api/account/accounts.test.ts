import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  accountLogin,
  accountPasswordReset,
  accountVerification,
} from '../../../src/dialects/account/purposes.ts'
import type { ChallengeId } from '../../../src/domain/challenge.ts'
import type { Project } from '../../../src/domain/project.ts'
import { registrantOf } from '../../../src/domain/registrant.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { createPasswordHashing } from '../../../src/passwords/password-hashing.ts'
import { createRegistrationStore } from '../../../src/storage/stores/registrations.ts'
import {
  type AccountWorld,
  caller,
  createAccountWorld,
  email,
  goodPassword,
  importedAccount,
  phone,
  registerUser,
  sendAccountCode,
} from '../../harness/account-world.ts'
import { purposeNamed } from '../../harness/purposes.ts'
import { wrongCode } from '../../harness/wrong-code.ts'

let world: AccountWorld
let project: Project
const ada = email('ada@example.test')
const stranger = new Secret('the stranger waits here')
const wrong = (code: Secret) => new Secret(wrongCode(code.reveal()))

beforeAll(async () => {
  world = await createAccountWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  project = await world.createProject()
  world.messages.length = 0
})

const logIn = (password: Secret, address = ada) =>
  world.logInWithPassword({ project, email: address, password })

const register = (password: Secret, address = ada, firstName: string | null = 'Ada') =>
  world.registerAccount({
    project,
    email: address,
    target: address,
    password,
    firstName,
    lastName: null,
    languages: { asked: null, accepted: 'en' },
    caller,
  })

describe('registration', () => {
  test('an account opens to its password only after its address is verified', async () => {
    await registerUser(world, project, { address: ada, isVerified: false })
    expect(await logIn(goodPassword)).toEqual({ ok: false, refusal: 'unverified', retryAfterSeconds: null })
    expect(await logIn(stranger)).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })

    const verified = await world.verifyAccount({ project, email: ada, code: world.lastCode(ada), caller })
    expect(verified).toMatchObject({ ok: true, account: { id: 1, firstName: 'Ada', type: 'USER' } })
    expect(await logIn(goodPassword)).toMatchObject({ ok: true, account: { email: ada } })
  })

  test('A5: registering again replaces the password and kills the older code', async () => {
    await register(stranger, ada, 'Mallory')
    const old = world.lastCode(ada)
    await register(goodPassword)

    expect(await world.verifyAccount({ project, email: ada, code: old, caller })).toMatchObject({ ok: false })
    const verified = await world.verifyAccount({ project, email: ada, code: world.lastCode(ada), caller })
    expect(verified).toMatchObject({ ok: true, account: { firstName: 'Ada' } })
    expect(await logIn(stranger)).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })
    expect(await logIn(goodPassword)).toMatchObject({ ok: true })
  })

  test('A5: a login by code drops the password of a registration that nobody verified', async () => {
    await register(stranger)
    await sendAccountCode(world, project, { address: ada, purpose: purposeNamed('account-login', 'login') })
    const login = await world.logInWithCode({
      project,
      email: ada,
      code: world.lastCode(ada, 'account-login'),
      caller,
    })

    expect(login).toMatchObject({ ok: true, account: { email: ada } })
    expect(await logIn(stranger)).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })
    expect(
      await world.query('select password_hash from accounts where project_id = $1', [project.id]),
    ).toEqual([{ password_hash: null }])
  })

  test('A5: a registration that began after the proven code was sent leaves no password behind', async () => {
    await register(goodPassword)
    const proof = await world.checkCode({
      project,
      purpose: purposeNamed('account-verification', 'registration'),
      address: ada,
      recordId: registrantOf(caller),
      code: world.lastCode(ada),
      caller,
    })
    if (!proof.ok) throw new Error('the code was refused')
    await register(stranger)
    await createRegistrationStore(world.database).verifyEmail(proof.proof, registrantOf(caller))

    expect(await logIn(stranger)).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })
  })

  test('A5: a registration that was overtaken stores nothing over the newer one', async () => {
    const registrations = createRegistrationStore(world.database)
    const begin = (challengeId: string, firstName: string) =>
      registrations.begin({
        projectId: project.id,
        challengeId: challengeId as ChallengeId,
        email: ada,
        registrant: registrantOf(caller),
        firstName,
        lastName: null,
        locale: null,
      })
    const finish = (challengeId: string, hash: string) =>
      registrations.finish(
        {
          projectId: project.id,
          email: ada,
          registrant: registrantOf(caller),
          challengeId: challengeId as ChallengeId,
        },
        new Secret(hash),
      )
    const [older, newer] = ['0a'.repeat(12), '0b'.repeat(12)] as const
    await begin(newer, 'Newer')
    await begin(older, 'Older')
    await finish(newer, 'newer hash')
    await finish(older, 'older hash')

    const rows = await world.query(
      'select first_name, password_hash from registrations where project_id = $1',
      [project.id],
    )
    expect(rows).toEqual([{ first_name: 'Newer', password_hash: 'newer hash' }])
  })

  test('S7: a taken address answers as a new one does, changes nothing, and its owner gets a notice', async () => {
    await registerUser(world, project, { address: ada })
    const taken = await register(stranger, ada, 'Mallory')
    const fresh = await register(stranger, email('new@example.test'))

    expect(taken.ok && fresh.ok && Object.keys(taken).sort()).toEqual(fresh.ok && Object.keys(fresh).sort())
    expect(world.contentsTo(ada)).toEqual(['code', 'notice-account-exists'])
    expect(await logIn(stranger)).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })
    expect(await logIn(goodPassword)).toMatchObject({ ok: true, account: { firstName: 'Ada' } })
  })

  test('S6: a refused send stores neither account nor password', async () => {
    project = await world.createProject({ sendsPerTenMinutes: 1 })
    await register(goodPassword)
    expect(await register(stranger)).toMatchObject({ ok: false, refusal: 'too-many-sends' })
    await world.verifyAccount({ project, email: ada, code: world.lastCode(ada), caller })
    expect(await logIn(goodPassword)).toMatchObject({ ok: true })
  })

  test('A1: whom a limit or a wrong code refuses costs no hash', async () => {
    project = await world.createProject({ sendsPerTenMinutes: 1 })
    await register(goodPassword)
    const code = world.lastCode(ada)
    await world.verifyAccount({ project, email: ada, code, caller })
    const bob = email('bob@example.test')
    await register(goodPassword, bob)

    const before = world.hashes.length
    expect(await register(stranger, bob)).toMatchObject({ ok: false, refusal: 'too-many-sends' })
    const reset = { project, email: ada, code, newPassword: stranger, caller }
    const languages = { asked: null, accepted: 'en' } as const
    expect(await world.resetPassword({ ...reset, languages })).toMatchObject({ ok: false })
    expect(world.hashes.length).toBe(before)
  })

  test('A2: a bad password is refused before anything is sent', async () => {
    expect(await register(new Secret('short'))).toEqual({
      ok: false,
      refusal: 'weak-password',
      problem: 'too-short',
    })
    expect(await register(new Secret('password1'))).toMatchObject({ problem: 'common' })
    expect(await register(new Secret('Ada@Example.test'))).toMatchObject({ problem: 'own-data' })
    expect(world.messages).toEqual([])
  })

  test('names with control characters are stored without them', async () => {
    await register(goodPassword, ada, ' A\u0000da\r\nByron ')
    const verified = await world.verifyAccount({ project, email: ada, code: world.lastCode(ada), caller })
    expect(verified).toMatchObject({ ok: true, account: { firstName: 'A da Byron' } })
  })

  test('of twenty simultaneous registrations the one whose code lives is the one whose password counts', async () => {
    const passwords = Array.from({ length: 20 }, (_, index) => new Secret(`a quiet otter no. ${index}`))
    const sent = await Promise.all(passwords.map((password) => register(password)))
    const newest = sent
      .map((outcome, index) => ({ id: outcome.ok ? outcome.challenge.id : '', index }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .at(-1)
    const challenge = world.messages.find(({ id }) => id === newest?.id)
    if (challenge === undefined || newest === undefined) throw new Error('nothing was sent')
    world.messages.push(challenge)

    const verified = await world.verifyAccount({ project, email: ada, code: world.lastCode(ada), caller })
    expect(verified).toMatchObject({ ok: true })
    expect(await logIn(passwords[newest.index] as Secret)).toMatchObject({ ok: true })
  })
})

describe('codes of an account', () => {
  test('S7: an unknown, a disabled and a known address answer alike, and only the known one gets a code', async () => {
    await registerUser(world, project, { address: ada })
    const off = email('off@example.test')
    await registerUser(world, project, { address: off })
    const [disabled] = (await world.manageAccounts.list({ projectId: project.id })).filter(
      (a) => a.email === off,
    )
    await world.manageAccounts.setActive(project.id, disabled?.id ?? 0, false)
    world.messages.length = 0

    for (const purpose of [accountLogin, accountPasswordReset, accountVerification])
      for (const address of [ada, off, email('nobody@example.test')])
        await sendAccountCode(world, project, { address, purpose })
    expect(world.messages.map(({ address, purpose }) => [address, purpose])).toEqual([
      [ada, 'account-login'],
      [ada, 'account-password-reset'],
    ])
  })

  test('validating leaves a right code unspent and counts a wrong one', async () => {
    await registerUser(world, project, { address: ada })
    await sendAccountCode(world, project, { address: ada, purpose: purposeNamed('account-login', 'login') })
    const code = world.lastCode(ada)
    const guess = { project, purpose: purposeNamed('account-login', 'login'), email: ada, caller } as const

    expect(await world.validateCode({ ...guess, code })).toEqual({ ok: true })
    expect(await world.validateCode({ ...guess, code })).toEqual({ ok: true })
    for (let nth = 0; nth < 5; nth += 1) await world.validateCode({ ...guess, code: wrong(code) })
    expect(await world.logInWithCode({ project, email: ada, code, caller })).toMatchObject({
      refusal: 'locked',
    })
  })

  test('A4: a reset spends its code, ends every session, tells the owner and logs nobody in', async () => {
    await registerUser(world, project, { address: ada })
    const login = await logIn(goodPassword)
    if (!login.ok) throw new Error('the login was refused')
    await sendAccountCode(world, project, {
      address: ada,
      purpose: purposeNamed('account-password-reset', 'password-reset'),
    })
    const code = world.lastCode(ada)
    const reset = (newPassword: string) =>
      world.resetPassword({
        project,
        email: ada,
        code,
        newPassword: new Secret(newPassword),
        languages: { asked: null, accepted: 'en' },
        caller,
      })

    expect(await reset('short')).toMatchObject({ refusal: 'weak-password', problem: 'too-short' })
    expect(await reset('Ada Byron 1815')).toMatchObject({ refusal: 'weak-password', problem: 'own-data' })
    expect(await reset('another quiet otter')).toEqual({ ok: true })
    expect(await reset('a third quiet otter')).toMatchObject({ ok: false, refusal: 'used' })

    const accessToken = login.tokens.accessToken.reveal()
    const refreshToken = login.tokens.refreshToken.reveal()
    expect(await world.authenticate({ projectId: project.id, accessToken })).toBeNull()
    expect(await world.refreshSession({ project, refreshToken })).toEqual({
      ok: false,
      refusal: 'ended',
      retryAfterSeconds: null,
    })
    expect(await logIn(goodPassword)).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })
    expect(await logIn(new Secret('another quiet otter'))).toMatchObject({ ok: true })
    expect(world.contentsTo(ada).at(-1)).toBe('notice-password-reset')
  })

  test('A4: without the code nobody learns whether a password is like the owner’s name', async () => {
    await registerUser(world, project, { address: ada })
    await sendAccountCode(world, project, {
      address: ada,
      purpose: purposeNamed('account-password-reset', 'password-reset'),
    })
    const code = wrong(world.lastCode(ada))
    const newPassword = new Secret('Ada Byron 1815')
    expect(
      await world.resetPassword({
        project,
        email: ada,
        code,
        newPassword,
        languages: { asked: null, accepted: 'en' },
        caller,
      }),
    ).toMatchObject({
      refusal: 'mismatch',
    })
  })

  test('K1: a code, an account and a session of one project open nothing in another', async () => {
    const other = await world.createProject()
    await registerUser(world, project, { address: ada })
    await sendAccountCode(world, project, { address: ada, purpose: purposeNamed('account-login', 'login') })
    const code = world.lastCode(ada)
    const login = await logIn(goodPassword)
    if (!login.ok) throw new Error('the login was refused')
    const accessToken = login.tokens.accessToken.reveal()
    const refreshToken = login.tokens.refreshToken.reveal()

    expect(await world.logInWithCode({ project: other, email: ada, code, caller })).toMatchObject({
      ok: false,
    })
    expect(await world.authenticate({ projectId: other.id, accessToken })).toBeNull()
    expect(await world.refreshSession({ project: other, refreshToken })).toMatchObject({
      refusal: 'unknown',
    })
    expect(await world.manageAccounts.setActive(other.id, login.account.id, false)).toBeNull()
    expect(await world.logInWithCode({ project, email: ada, code, caller })).toMatchObject({ ok: true })
  })
})

describe('kikapu', () => {
  const john = phone('+255712345678')

  const importJohn = async () => {
    const shop = await world.manageAccounts.createBusiness({
      projectId: project.id,
      id: 123,
      name: 'My Store',
      type: 'retailer',
    })
    const strange = await world.manageAccounts.createBusiness({
      projectId: project.id,
      name: 'Other',
      type: 'retailer',
    })
    await world.importAccounts({
      projectId: project.id,
      accounts: [
        importedAccount({ type: 'USER', phone: john, fullName: 'John Doe' }),
        importedAccount({ type: 'BUSINESS', phone: john, fullName: 'John Doe', businessIds: [123] }),
      ],
    })
    return { shop, strange }
  }
  const times = { cooldownSeconds: 60, waitMilliseconds: 10_000 }
  const request = () =>
    world.requestLoginCode({
      project,
      phone: john,
      target: '+255712345678',
      languages: { asked: null, accepted: 'en' },
      caller,
      ...times,
    })
  const logInByPhone = (code: Secret, businessId: number | null = null) =>
    world.logInByPhone({ project, phone: john, code, businessId, caller })

  test('a foreign business is not found and does not spend the code; one’s own opens its account', async () => {
    const { strange } = await importJohn()
    expect(strange?.id).toBe(124)
    expect(await request()).toMatchObject({ ok: true })
    const code = world.lastCode(john)

    expect(await logInByPhone(code, 124)).toMatchObject({ refusal: 'unknown-business' })
    expect(await logInByPhone(code, 999)).toMatchObject({ refusal: 'unknown-business' })
    expect(await logInByPhone(wrong(code), 124)).toMatchObject({ refusal: 'mismatch' })
    expect(await logInByPhone(code, 123)).toMatchObject({
      ok: true,
      account: { type: 'BUSINESS' },
      business: { id: 123, name: 'My Store' },
    })
    expect(await logInByPhone(code)).toMatchObject({ refusal: 'used' })
  })

  test('a second code waits sixty seconds, and one that no carrier took is not waited for', async () => {
    await importJohn()
    world.carrier.outcome = 'failed'
    expect(await request()).toMatchObject({ ok: false, refusal: 'delivery-failed' })
    world.carrier.outcome = 'accepted'
    await world.query(`update challenges set delivery_state = 'failed' where project_id = $1`, [project.id])
    expect(await request()).toMatchObject({ ok: true })
    expect(await request()).toMatchObject({ ok: false, refusal: 'too-soon' })
    expect(await logInByPhone(world.lastCode(john))).toMatchObject({ ok: true, account: { type: 'USER' } })
  })

  test('after ten unknown numbers from one caller its known ones are refused as well', async () => {
    await importJohn()
    const other = { ...caller, network: '198.51.100.9', isExempt: false }
    const ask = (number: string) =>
      world.requestLoginCode({
        project,
        phone: phone(number),
        target: number,
        languages: { asked: null, accepted: 'en' },
        caller: other,
        ...times,
      })

    for (let last = 0; last < 10; last += 1)
      expect(await ask(`+25571234560${last}`)).toMatchObject({ refusal: 'unknown-account' })
    expect(await ask('+255712345611')).toMatchObject({ refusal: 'too-many-unknown-addresses' })
    expect(await ask(john)).toMatchObject({ refusal: 'too-many-unknown-addresses' })
    const login = await world.logInByPhone({
      project,
      phone: john,
      code: new Secret('12345'),
      businessId: null,
      caller: other,
    })
    expect(login).toMatchObject({ refusal: 'too-many-requests' })
    expect(await request()).toMatchObject({ ok: true })
  })

  test('A3: an inactive agent is told so only with the right password', async () => {
    const passwordHash = await createPasswordHashing().hash(goodPassword)
    await world.importAccounts({
      projectId: project.id,
      accounts: [importedAccount({ type: 'AGENT', phone: john, agentCode: 'AG12345', passwordHash })],
    })
    const attempt = (password: Secret, number = john) =>
      world.logInWithPhonePassword({ project, phone: number, password })

    const login = await attempt(goodPassword)
    expect(login).toMatchObject({ ok: true, account: { agentCode: 'AG12345' } })
    expect(await attempt(stranger)).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })
    expect(await attempt(goodPassword, phone('+255712345679'))).toEqual({
      ok: false,
      refusal: 'wrong',
      retryAfterSeconds: null,
    })
    await world.manageAccounts.setActive(project.id, login.ok ? login.account.id : 0, false)
    expect(await attempt(goodPassword)).toEqual({ ok: false, refusal: 'inactive', retryAfterSeconds: null })
    expect(await attempt(stranger)).toEqual({ ok: false, refusal: 'wrong', retryAfterSeconds: null })
  })
})
