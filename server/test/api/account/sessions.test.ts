import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { formatApiKey } from '../../../src/domain/api-key.ts'
import { Secret } from '../../../src/domain/secret.ts'
import { mintVerificationToken } from '../../../src/engine/codes/opaque-tokens.ts'
import { createPasswordHashing } from '../../../src/passwords/password-hashing.ts'
import { importedAccount, phone } from '../../harness/account-world.ts'
import type { TestAnswer } from '../../harness/ask.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { ada, bob, logInOverHttp, registerOverHttp } from './account-client.ts'

/* The tokens of the dialect `account` over HTTP, on two nodes. */

let host: DialectHost
let app: DialectApp

beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host.close())
beforeEach(async () => {
  app = await host.startApp()
  await registerOverHttp(app, ada)
})

const nodeOf = (index: number) => (index % 2 === 0 ? app : app.other)
const refresh = (refreshToken: string, index = 0) => nodeOf(index).post('/auth/refresh', { refreshToken })
const bearerOf = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` })
const me = (accessToken: string, index = 0) => nodeOf(index).get('/auth/me', bearerOf(accessToken))
const times = <Result>(count: number, make: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

test('T2: an access token lives ten minutes, and a forged one not at all', async () => {
  const { accessToken } = await logInOverHttp(app, ada)
  const [, payload] = accessToken.split('.')
  const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`
  for (const forged of [unsigned, `${accessToken}x`, accessToken.slice(0, -8), `${payload}`])
    expect((await me(forged)).status).toBe(401)

  await host.world.moveClock(595_000)
  expect((await me(accessToken)).status).toBe(200)
  await host.world.moveClock(6_000)
  expect((await me(accessToken)).status).toBe(401)
})

test('T3: of 50 racing refreshes one successor is left, and it lives', async () => {
  const { refreshToken } = await logInOverHttp(app, ada)
  const answers = await times(50, (index) => refresh(refreshToken, index))

  // The second is answered as if the answer to the first had been lost; its successor takes the place of the other one.
  const winners = answers.filter(({ status }) => status === 200).map(({ body }) => body.data)
  expect(winners).toHaveLength(2)
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(48)
  for (const { accessToken } of winners) expect((await me(accessToken, 1)).status).toBe(200)
  const successors = await times(2, (index) => refresh(winners[index].refreshToken, index))
  expect(successors.map(({ status }) => status).sort()).toEqual([200, 401])
})

test('T3: a token that comes back after eleven seconds ends its session, though the request is refused', async () => {
  const { refreshToken } = await logInOverHttp(app, ada)
  const { data: pair } = (await refresh(refreshToken)).body
  await host.world.moveClock(11_000)

  expect((await refresh(refreshToken)).status).toBe(401)
  expect((await refresh(pair.refreshToken, 1)).status).toBe(401)
  expect((await me(pair.accessToken, 1)).status).toBe(401)
})

test('T3: refused refresh tokens are answered alike, whatever is wrong with them', async () => {
  const { refreshToken } = await logInOverHttp(app, ada)
  const { refreshToken: idle } = await logInOverHttp(app, ada)
  const loggedOut = await logInOverHttp(app, ada)
  await app.post('/auth/logout', loggedOut, loggedOut.bearer)
  const { data: pair } = (await refresh(refreshToken)).body
  await refresh(pair.refreshToken)
  const answers = [
    await refresh('wwr_nothing'),
    await refresh(refreshToken),
    await refresh(loggedOut.refreshToken),
  ]
  await host.world.moveClock(14 * 86_400_000)
  answers.push(await refresh(idle), await refresh(refreshToken))

  for (const { status, body } of answers) {
    expect(status).toBe(401)
    expect(body).toEqual({
      status: 'error',
      message: 'Jeton de rafraîchissement invalide ou expiré',
      data: null,
    })
  }
})

test('T3: a lost answer costs nothing: the token answers once more, and the pair that nobody has used is withdrawn', async () => {
  const { refreshToken } = await logInOverHttp(app, ada)
  const { data: lost } = (await refresh(refreshToken)).body
  await host.world.moveClock(9_000)
  const repeated = await refresh(refreshToken, 1)
  expect(repeated.status).toBe(200)
  const { data: pair } = repeated.body

  expect((await me(pair.accessToken)).status).toBe(200)
  expect((await refresh(refreshToken)).status).toBe(401)
  expect((await refresh(lost.refreshToken)).status).toBe(401)
  expect((await refresh(pair.refreshToken)).status).toBe(200)
})

test('T3: a token whose successor was used is answered no more', async () => {
  const { refreshToken } = await logInOverHttp(app, ada)
  const { data: pair } = (await refresh(refreshToken)).body
  const { data: newest } = (await refresh(pair.refreshToken)).body
  expect((await refresh(refreshToken)).status).toBe(401)
  expect((await refresh(newest.refreshToken)).status).toBe(200)
})

test('T3: two successors that are both used end the session', async () => {
  const { refreshToken } = await logInOverHttp(app, ada)
  const { data: first } = (await refresh(refreshToken)).body
  const { data: second } = (await refresh(refreshToken)).body
  const { data: newest } = (await refresh(second.refreshToken)).body
  await host.world.moveClock(11_000)

  expect((await refresh(first.refreshToken)).status).toBe(401)
  expect((await refresh(newest.refreshToken)).status).toBe(401)
  expect((await me(newest.accessToken)).status).toBe(401)
})

test('T4: after logout both tokens are dead on every node', async () => {
  const session = await logInOverHttp(app, ada)
  const kept = await logInOverHttp(app, ada)
  const answer = await app.post('/auth/logout', session, session.bearer)

  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ status: 'success', message: 'Déconnexion réussie', data: null })
  for (const index of [0, 1]) {
    expect((await me(session.accessToken, index)).status).toBe(401)
    expect((await refresh(session.refreshToken, index)).status).toBe(401)
    expect((await nodeOf(index).post('/auth/logout', session, session.bearer)).status).toBe(401)
  }
  expect((await me(kept.accessToken, 1)).status).toBe(200)
})

test('T4: an access token that has expired logs out beside a refresh token of its session', async () => {
  const session = await logInOverHttp(app, ada)
  await host.world.moveClock(601_000)
  expect((await me(session.accessToken)).status).toBe(401)

  const answer = await app.post('/auth/logout', session, session.bearer)
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ status: 'success', message: 'Déconnexion réussie', data: null })
  expect((await refresh(session.refreshToken, 1)).status).toBe(401)
  expect((await app.post('/auth/logout', session, session.bearer)).status).toBe(401)
})

test('T4: an access token that has expired ends nothing by itself, nor beside the tokens of another session', async () => {
  await registerOverHttp(app, bob)
  const mine = await logInOverHttp(app, ada)
  const another = await logInOverHttp(app, ada)
  const his = await logInOverHttp(app, bob)
  await host.world.moveClock(601_000)
  const logOut = (body: object, headers = mine.bearer) => app.post('/auth/logout', body, headers)

  for (const refreshToken of [another.refreshToken, his.refreshToken, 'wwr_nothing', mine.accessToken])
    expect((await logOut({ ...mine, refreshToken })).status).toBe(401)
  expect((await logOut({ ...his, refreshToken: mine.refreshToken })).status).toBe(401)
  expect((await logOut(mine, bearerOf(`${mine.accessToken}x`))).status).toBe(401)
  for (const { refreshToken } of [mine, another, his]) expect((await refresh(refreshToken)).status).toBe(200)
})

test('T4: a logout ends no session of somebody else, whichever tokens the body names', async () => {
  await registerOverHttp(app, bob)
  const mine = await logInOverHttp(app, ada)
  const another = await logInOverHttp(app, ada)
  const his = await logInOverHttp(app, bob)
  const logOut = (body: object, headers = mine.bearer) => app.post('/auth/logout', body, headers)

  for (const accessToken of [his.accessToken, another.accessToken, mine.refreshToken, 'your_access_token'])
    expect((await logOut({ ...mine, accessToken })).status).toBe(401)
  expect((await me(mine.accessToken)).status).toBe(200)

  expect((await logOut({ ...mine, refreshToken: his.refreshToken })).status).toBe(200)
  expect((await me(his.accessToken)).status).toBe(200)
  expect((await refresh(his.refreshToken)).status).toBe(200)
  expect((await refresh(mine.refreshToken)).status).toBe(401)
})

test('T4: without an access token a logout learns nothing about its body', async () => {
  const { refreshToken } = await logInOverHttp(app, ada)
  for (const headers of [{}, bearerOf('nonsense'), { authorization: 'Basic YTpi' }, { authorization: '' }]) {
    const answer = await app.post('/auth/logout', '{"broken', headers)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  }
  expect((await refresh(refreshToken)).status).toBe(200)
})

test('T5: an access token, refresh token, API key, verification token and code do not pass for one another', async () => {
  const { accessToken, refreshToken } = await logInOverHttp(app, ada)
  await app.post('/auth/login/otp/generate', { email: ada })
  const code = app.lastCode(ada)
  const { key } = formatApiKey(Buffer.alloc(32, 7))
  const others = [key.reveal(), mintVerificationToken().reveal(), code]

  const bodyOf = (text: string) => ({ email: ada, code: text, newPassword: 'another quiet otter' })
  const accepted: Record<string, (text: string) => Promise<TestAnswer>> = {
    me: (text) => me(text),
    logout: (text) => app.post('/auth/logout', { accessToken: text, refreshToken: text }, bearerOf(text)),
    refresh: (text) => refresh(text),
    verify: (text) => app.post('/auth/verify', bodyOf(text)),
    reset: (text) => app.post('/auth/reset-password', bodyOf(text)),
    'login by code': (text) => app.post('/auth/login/otp', bodyOf(text)),
    'login by password': (text) => app.post('/auth/login', { email: ada, password: text }),
  }
  const owners: Record<string, string> = {
    [accessToken]: 'me',
    [refreshToken]: 'refresh',
    [code]: 'login by code',
  }
  for (const text of [accessToken, refreshToken, ...others]) {
    for (const [door, knock] of Object.entries(accepted)) {
      // An access token ends its own session; the two routes below are its own.
      if (door === owners[text] || (text === accessToken && door === 'logout')) continue
      const { status } = await knock(text)
      expect([door, text.slice(0, 4), status]).toEqual([door, text.slice(0, 4), expect.toSatisfy(isRefusal)])
    }
  }
  expect((await me(accessToken)).status).toBe(200)
  expect((await refresh(refreshToken)).status).toBe(200)
})

const isRefusal = (status: number): boolean => status === 400 || status === 401

test('K1: the tokens of one project open nothing in another', async () => {
  const elsewhere = await host.startApp()
  const session = await logInOverHttp(app, ada)
  expect((await elsewhere.get('/auth/me', session.bearer)).status).toBe(401)
  expect((await elsewhere.post('/auth/refresh', session)).status).toBe(401)
  expect((await elsewhere.post('/auth/logout', session, session.bearer)).status).toBe(401)
  expect((await me(session.accessToken)).status).toBe(200)
})

test('tokens that another dialect issued are refreshed, named and ended here', async () => {
  const secret = new Secret('securepassword')
  const mobile = phone('+255712345678')
  const agent = {
    type: 'AGENT' as const,
    phone: mobile,
    fullName: 'John Agent',
    agentCode: 'AG12345',
    passwordHash: await createPasswordHashing().hash(secret),
  }
  await host.world.importAccounts({ projectId: app.project.id, accounts: [importedAccount(agent)] })
  const login = await host.world.logInWithPhonePassword({
    project: app.project,
    phone: mobile,
    password: secret,
  })
  if (!login.ok) throw new Error(login.refusal)

  const { data: pair } = (await refresh(login.tokens.refreshToken.reveal())).body
  expect((await me(pair.accessToken)).body.data.user).toEqual({
    id: login.account.id,
    email: null,
    firstname: 'John Agent',
    lastname: null,
    isVerified: true,
    createdAt: login.account.createdAt.toISOString(),
  })
  expect((await app.post('/auth/logout', pair, bearerOf(pair.accessToken))).status).toBe(200)
  expect((await me(pair.accessToken, 1)).status).toBe(401)
})
