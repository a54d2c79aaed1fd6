import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestAnswer } from '../../harness/ask.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'

/*
 * One project with three mounts: `account` with short sessions, below /long with the default, and `kikapu` with sessions of a year.
 * A second node has the file of an operator who has shortened the sessions of /long afterwards.
 */

const short = '{accessTokenSeconds: 120, idleSeconds: 600, lifeSeconds: 900}'
const mountsWith = (long: string) => `mounts:
  - {dialect: account, project: PRJ_account, sessions: ${short}}
  - {dialect: account, project: PRJ_account, prefix: /long${long}}
  - {dialect: kikapu, project: PRJ_account, sessions: {idleSeconds: 31536000, lifeSeconds: 31536000}}`

let directory: string
let app: TestApp
let shortened: TestApp

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'watchword-lives-'))
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content)
    return { env: { WATCHWORD_CONFIG: join(directory, name) } }
  }
  app = await startTestApp(file('first.yaml', mountsWith('')))
  const { db, dataDirectory } = app
  const changed = file(
    'changed.yaml',
    mountsWith(', sessions: {accessTokenSeconds: 60, idleSeconds: 60, lifeSeconds: 180}'),
  )
  shortened = await startTestApp({ ...changed, beside: { db, dataDirectory } })
})
afterAll(async () => {
  await shortened?.stop()
  await app?.stop()
  rmSync(directory, { recursive: true, force: true })
})

type Pair = { accessToken: string; refreshToken: string; expiresIn: number }

/** Registers somebody once, and logs in at a mount by a code. */
async function logIn(prefix: string, email: string): Promise<Pair> {
  const person = { email, password: 'a quiet otter swims', firstname: 'Ada', lastname: 'L' }
  await app.post('/auth/register', person)
  await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
  const { status, body } = await app.post(`${prefix}/auth/login`, { email, password: person.password })
  expect(status).toBe(200)
  return body.data
}

const refresh = (pair: Pair, at: { post: TestApp['post'] } = app, prefix = ''): Promise<TestAnswer> =>
  at.post(`${prefix}/auth/refresh`, { refreshToken: pair.refreshToken })
const me = (pair: Pair, at: { get: TestApp['get'] } = app) =>
  at.get('/auth/me', { authorization: `Bearer ${pair.accessToken}` })
const pass = (seconds: number) => app.moveClock(seconds * 1000)
const lifeOf = ({ accessToken }: Pair): number => {
  const { exp, iat } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
  return exp - iat
}

describe('the life of sessions by mount', () => {
  test('T2: an access token lives as long as its mount says, which its answer and its claims say too', async () => {
    const pair = await logIn('', 'access@example.com')
    expect([pair.expiresIn, lifeOf(pair)]).toEqual([120, 120])
    expect((await me(pair)).status).toBe(200)
    await pass(121)
    expect((await me(pair)).status).toBe(401)
    expect((await refresh(pair)).status).toBe(200)
  })

  test('T3: a session ends when it is not refreshed for as long as its mount says', async () => {
    const pair = await logIn('', 'idle@example.com')
    await pass(590)
    const next = await refresh(pair)
    expect(next.status).toBe(200)
    await pass(601)
    expect((await refresh(next.body.data)).status).toBe(401)
  })

  test('T3: and at the end of its life, wherever it is refreshed; no access token lives longer', async () => {
    let pair = await logIn('', 'life@example.com')
    for (const [seconds, expiresIn] of [
      [500, 120],
      [350, 50],
    ] as const) {
      await pass(seconds)
      const answer = await refresh(pair, app, '/long')
      expect(answer.status).toBe(200)
      pair = answer.body.data
      expect(pair.expiresIn).toBeLessThanOrEqual(expiresIn)
      expect(pair.expiresIn).toBeGreaterThan(expiresIn - 10)
      expect(lifeOf(pair)).toBeGreaterThanOrEqual(pair.expiresIn)
    }
    await pass(51)
    expect((await me(pair)).status).toBe(401)
    expect((await refresh(pair, app, '/long')).status).toBe(401)
  })

  test('T3: a mount that says nothing keeps the default, beside one that says much', async () => {
    const pair = await logIn('/long', 'default@example.com')
    expect(pair.expiresIn).toBe(600)
    await pass(13 * 86_400)
    const next = await refresh(pair)
    expect([next.status, next.body.data.expiresIn]).toEqual([200, 600])
    await pass(14 * 86_400 + 1)
    expect((await refresh(next.body.data)).status).toBe(401)
  })

  test('T2, T3: a life that is shortened holds for the sessions that exist', async () => {
    const pair = await logIn('/long', 'shortened@example.com')
    expect((await me(pair, shortened)).status).toBe(200)
    await pass(61)
    expect((await me(pair)).status).toBe(200)
    expect((await me(pair, shortened)).status).toBe(401)
    expect((await refresh(pair, shortened)).status).toBe(401)

    const second = await logIn('/long', 'shortened-life@example.com')
    let newest = second
    for (const seconds of [59, 59, 59]) {
      await pass(seconds)
      const answer = await refresh(newest, shortened)
      expect(answer.status).toBe(200)
      newest = answer.body.data
      expect(newest.expiresIn).toBeLessThanOrEqual(60)
    }
    await pass(10)
    expect((await refresh(newest, shortened)).status).toBe(401)
    expect((await me(newest, shortened)).status).toBe(401)
  })
})
