import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp, testSecret } from '../../harness/start-test-app.ts'
import { searchDirectory } from './search.ts'
import { createWatch, keepWatched, type Watch } from './watch.ts'

/*
 * Shows that the canary of the whole run detects leaks: each test plants one secret where it must not be, among everything
 * that a server leaves behind. It uses a watch of its own, so that the surrounding run does not fail.
 */

let app: TestApp
let watch: Watch
let code = ''
let refreshToken = ''
const password = 'a quiet otter swims'
const email = 'ada@example.test'

beforeAll(async () => {
  app = await startTestApp()
  const person = { email, password, firstname: 'Ada', lastname: 'Byron' }
  await app.post('/auth/register', person)
  code = await app.inbox.lastCode(email)
  await app.post('/auth/verify', { email, code })
  const login = JSON.stringify({ email, password })
  const answer = await app.post('/auth/login', login)
  refreshToken = answer.body.data.refreshToken

  watch = createWatch()
  watch.noteEnvironment({ WATCHWORD_SECRET: testSecret })
  watch.noteExchange(login, { status: 200, text: JSON.stringify(answer.body) })
  for (const line of app.logLines) watch.noteRecord('log', line)
  await watch.noteDatabase(app.db)
})
afterAll(() => app?.stop())

/** The hits after planting something, found as in a whole run: written to a file, read again and searched. */
function hitsWith(plant: (planted: Watch) => void): { kind: string; sink: string }[] {
  const directory = mkdtempSync(join(tmpdir(), 'watchword-planted-'))
  try {
    keepWatched(directory, watch.watched())
    const planted = createWatch()
    plant(planted)
    const { codes } = watch.watched()
    keepWatched(directory, { ...planted.watched(), codes })
    return searchDirectory(directory).hits.map(({ kind, sink }) => ({ kind, sink }))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

test('what a server leaves behind by itself holds no secret, and the canary knows them', () => {
  const { codes, secrets, sinks } = watch.watched()
  expect(codes.map((known) => known.code)).toContain(code)
  expect(secrets).toEqual(expect.arrayContaining([password, refreshToken, testSecret]))
  expect(sinks.database.length).toBeGreaterThan(10)
  expect(sinks.log.length).toBeGreaterThan(0)
  expect(hitsWith(() => {})).toEqual([])
})

test('C2 I8: a code is found in a text, and where a record names its challenge as a number, too', () => {
  const found = [{ kind: 'code', sink: 'log' }]
  const leaks = [
    `{"msg":"sent ${code}"}`,
    `{"code":"${code}"}`,
    `POST /auth/verify?code=${code} 200`,
    `{"to":"${email}","code":${code.replace(/^0+/, '')}}`,
  ]
  // A number has no leading zero, so it would not be a code of six digits.
  for (const leak of code.startsWith('0') ? leaks.slice(0, 3) : leaks)
    expect([leak, hitsWith((planted) => planted.noteRecord('log', leak))]).toEqual([leak, found])
})

test('C2: what only looks like a code is none: a part of something longer, a port, a duration of its own', () => {
  const chances = [
    `+225${code}11`,
    `2027-01-01T10:00:00.${code}Z`,
    `http://127.0.0.1:${code}/`,
    `{"responseTime":${code}}`,
    `${code}-abcdef`,
  ]
  for (const chance of chances)
    expect([chance, hitsWith((planted) => planted.noteRecord('log', chance))]).toEqual([chance, []])
})

test('C2 I8: a password, a token and a master secret are found in every sink, whole or without their shape', () => {
  for (const sink of ['log', 'error', 'metrics', 'stderr'] as const) {
    const find = (text: string) => hitsWith((planted) => planted.noteRecord(sink, `got ${text}. `))
    expect(find(password)).toEqual([{ kind: 'secret', sink }])
    expect(find(testSecret)).toEqual([{ kind: 'secret', sink }])
    expect(find(refreshToken)).toContainEqual({ kind: 'token', sink })
    expect(find(refreshToken.replace('wwr_', ''))).toEqual([{ kind: 'token', sink }])
  }
  // The canary was not given this one; its shape is enough.
  expect(
    hitsWith((planted) => planted.noteExchange('', { status: 401, text: `not ${'wwr_'}${'x'.repeat(43)}` })),
  ).toEqual([{ kind: 'token', sink: 'error' }])
})

test('C2 I8: each of them is found in any table and any kind of column', async () => {
  const columns: Record<string, [text: string, kind: string]> = {
    text: [code, 'code'],
    jsonb: [JSON.stringify({ tried: [code] }), 'code'],
    'text[]': [`{${code}}`, 'code'],
    bytea: [`\\x${Buffer.from(refreshToken).toString('hex')}`, 'token'],
    varchar: [password, 'secret'],
  }
  for (const [type, [text, kind]] of Object.entries(columns)) {
    await app.db.query(`create table planted (id int, leak ${type})`)
    try {
      await app.db.query('insert into planted (id, leak) values (1, $1)', [text])
      const planted = createWatch()
      await planted.noteDatabase(app.db)
      const rows = planted.watched().sinks.database.filter((row) => row.startsWith('planted '))
      const hits = hitsWith((again) => {
        for (const row of rows) again.noteRecord('database', row)
      })
      expect([type, hits[0]]).toEqual([type, { kind, sink: 'database' }])
    } finally {
      await app.db.query('drop table planted')
    }
  }
})
