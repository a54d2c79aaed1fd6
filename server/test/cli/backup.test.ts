import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAsker } from '../harness/ask.ts'
import { runCommand, startCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp, testSecret } from '../harness/start-test-app.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * `watchword backup` and `watchword restore`: a server moves to another database, with everything that it knows.
 */

const directory = mkdtempSync(join(tmpdir(), 'watchword-backup-'))
const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing.reverse()) await close()
  rmSync(directory, { recursive: true, force: true })
})

const password = 'a quiet otter swims'
const day = 86_400_000
/** Whatever ends a line, a text or a value somewhere. */
const fullName = 'Ada \u2028\r\n "Byron" \\n # \t\u0001 {} 🔑'

async function createEmptyDatabase(): Promise<TestDatabase> {
  const db = await createTestDatabase()
  closing.push(db.drop)
  return db
}

const backUp = (env: Record<string, string>, file: string) => runCommand(['backup', file, '--json'], { env })
const restore = (file: string, env: Record<string, string>) =>
  runCommand(['restore', file, '--json'], { env: { WATCHWORD_SECRET: testSecret, ...env } })

describe('a server that moves while it is in use', () => {
  let former: TestApp
  let db: TestDatabase
  let next: TestApp
  const file = join(directory, 'moved.backup')
  const send = (app: TestApp, target: string) =>
    app.post('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
  const verify = (app: TestApp, target: string, code: string) =>
    app.post('/api/v1/otp/verify', { target, code }, app.serviceHeaders)
  const live = { code: '', refreshToken: '' }
  const together = Array.from({ length: 12 }, (_, nth) => `together${nth}@example.test`)

  beforeAll(async () => {
    former = await startTestApp()
    // Three days ago, in a partition that a new database does not have.
    await former.moveClock(-3 * day)
    await send(former, 'old@example.test')
    await former.moveClock(3 * day)

    await send(former, 'live@example.test')
    live.code = await former.inbox.lastCode('live@example.test')
    const person = { email: 'ada@example.test', password, firstname: 'Ada', lastname: 'Byron' }
    await former.post('/auth/register', person)
    const code = await former.inbox.lastCode('ada@example.test')
    await former.post('/auth/verify', { email: 'ada@example.test', code })
    const login = await former.post('/auth/login', { email: 'ada@example.test', password })
    live.refreshToken = login.body.data.refreshToken
    await former.db.query('update accounts set full_name = $1 where email = $2', [
      fullName,
      'ada@example.test',
    ])
    for (let sent = 0; sent < 5; sent += 1) await send(former, 'capped@example.test')
    await send(former, 'locked@example.test')
    // At once, so that events share a row.
    await Promise.all(together.map((target) => send(former, target)))
    for (let guess = 0; guess < 5; guess += 1) await verify(former, 'locked@example.test', '000000')

    db = await createEmptyDatabase()
    const written = await backUp({ DATABASE_URL: former.db.connectionString }, file)
    expect([written.code, written.stderr]).toEqual([0, ''])
    // What happens now happens on a server that is given up.
    await send(former, 'late@example.test')
    const restored = await restore(file, { DATABASE_URL: db.connectionString })
    expect([restored.code, restored.stderr]).toEqual([0, ''])
    expect(JSON.parse(restored.stdout)).toEqual({
      rows: JSON.parse(written.stdout).rows,
      tables: JSON.parse(written.stdout).tables,
    })
    next = await startTestApp({ beside: { db, dataDirectory: former.dataDirectory } })
    closing.push(next.stop, former.stop)
  })

  test('a code that was sent before is right afterwards, and once', async () => {
    expect((await verify(next, 'live@example.test', live.code)).body).toMatchObject({ valid: true })
    expect((await verify(next, 'live@example.test', live.code)).body).not.toMatchObject({ valid: true })
  })

  test('a session goes on, and the person logs in as before', async () => {
    const refreshed = await next.post('/auth/refresh', { refreshToken: live.refreshToken })
    expect(refreshed.status).toBe(200)
    const login = await next.post('/auth/login', { email: 'ada@example.test', password })
    expect(login.status).toBe(200)
    const [account] = await db.query<{ full_name: string }>(
      'select full_name from accounts where email = $1',
      ['ada@example.test'],
    )
    expect(account?.full_name).toBe(fullName)
  })

  test('S1: a restored server counts sends and attempts from where they were', async () => {
    expect((await send(next, 'capped@example.test')).status).toBe(429)
    const guessed = await verify(next, 'locked@example.test', '000000')
    expect(guessed.body).toEqual((await verify(former, 'locked@example.test', '000000')).body)
  })

  test('it is of one moment, with the days before, and its events are append-only', async () => {
    const find = (target: string) =>
      next.get(`/api/v1/otp/records?search=${target}&limit=100`, next.serviceHeaders)
    expect(JSON.stringify((await find('old@example.test')).body)).toContain('old@example.test')
    expect(JSON.stringify((await find('late@example.test')).body)).not.toContain('late@example.test')
    await expect(db.query("update events set type = 'forged'")).rejects.toThrow('append-only')
    const [oldest] = await db.query<{ days: number }>(
      `select count(*)::integer as days from pg_inherits where inhparent = 'challenges'::regclass
        and inhrelid::regclass::text < 'challenges_' || to_char(now() - interval '2 days', 'YYYYMMDD')`,
    )
    expect(oldest?.days).toBeGreaterThan(0)
    const [clock] = await db.query<{ apart: number }>(
      'select abs(extract(epoch from clock_now() - clock_timestamp()))::float as apart',
    )
    expect(clock?.apart).toBeLessThan(60)
  })

  test('events that share a row are read one by one from the restored rows', async () => {
    const [shared] = await db.query(
      'select count(*)::integer as count from events where challenge_ids is not null',
    )
    expect(shared?.count).toBeGreaterThan(0)
    const { body } = await next.get(`/admin/v1/projects/${next.projects.service}/events?limit=1000`, {
      authorization: `Bearer ${next.adminToken}`,
    })
    const created = body.events.filter(({ type }: { type: string }) => type === 'challenge.created')
    const challenges = await db.query<{ id: string }>(
      "select encode(id, 'hex') as id from challenges where project_id = $1 order by id",
      [next.projects.service],
    )
    const ids = created.map(({ challengeId }: { challengeId: string }) => challengeId)
    expect(ids.sort()).toEqual(challenges.map(({ id }) => id))
  })

  test('C2: a backup holds no code, is for its owner alone, and takes the place of no other file', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const text = gunzipSync(readFileSync(file)).toString()
    expect(text).toContain('ada@example.test')
    expect(text).not.toMatch(new RegExp(`\\b(${live.code}|${live.refreshToken}|${former.apiKey})\\b`))
    const again = await backUp({ DATABASE_URL: former.db.connectionString }, file)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('already')])
    expect(gunzipSync(readFileSync(file)).toString()).toBe(text)
  })

  test('every table arrives row by row', async () => {
    const other = await createEmptyDatabase()
    await restore(file, { DATABASE_URL: other.connectionString })
    const again = join(directory, 'again.backup')
    await backUp({ DATABASE_URL: other.connectionString }, again)
    const rowsOf = (path: string) => gunzipSync(readFileSync(path)).toString().split('\n').slice(1).sort()
    expect(rowsOf(again)).toEqual(rowsOf(file))
  })

  describe('refuses, and changes nothing,', () => {
    let empty: TestDatabase
    const refusal = async (path: string, env: Record<string, string> = {}) => {
      const { code, stderr } = await restore(path, { DATABASE_URL: empty.connectionString, ...env })
      const rows = await empty.query('select from projects union all select from challenges')
      const [row] = await empty.query<{ count: number }>(
        'select count(*)::integer as count from installation',
      )
      expect([code, rows, row?.count]).toEqual([1, [], 1])
      return stderr
    }
    const write = (change: (text: string) => string): string => {
      const path = join(directory, `${randomBytes(4).toString('hex')}.backup`)
      writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(file)).toString())))
      return path
    }
    beforeAll(async () => {
      empty = await createEmptyDatabase()
    })

    test('another master secret', async () => {
      const stderr = await refusal(file, { WATCHWORD_SECRET: 'another secret that is long enough too' })
      expect(stderr).toContain('forget-secret')
    })

    test('a file that was cut off, by a byte or by a row, or that is none', async () => {
      const cut = join(directory, 'cut.backup')
      writeFileSync(cut, readFileSync(file).subarray(0, -40))
      expect(await refusal(cut)).toContain('cannot be decompressed')
      expect(await refusal(write((text) => text.slice(0, text.lastIndexOf('#end'))))).toContain('cut off')
      const withoutRow = write((text) => text.replace(/\n\{[^\n]*locked@example\.test[^\n]*/, ''))
      expect(await refusal(withoutRow)).toContain('cut off')
      expect(await refusal(write(() => 'name,email\n'))).toContain('not a backup')
      expect(await refusal(join(directory, 'nothing-here'))).toContain('There is no file')
    })

    test('another schema, with the version that reads it', async () => {
      const other = write((text) => text.replace(/"migration":"[^"]*"/, '"migration":"999-future"'))
      expect(await refusal(other)).toMatch(/999-future.*Watchword \d+\.\d+/)
    })

    test('a database that is in use', async () => {
      const { code, stderr } = await restore(file, { DATABASE_URL: db.connectionString })
      expect([code, stderr]).toEqual([1, expect.stringMatching(/in use.*projects/)])
    })
  })
})

test('the database that starts itself is backed up while its server runs, and goes on in another PostgreSQL', async () => {
  const env = { WATCHWORD_DATA: join(directory, 'embedded'), LOG_LEVEL: 'info', PORT: '0' }
  const start = async (more: Record<string, string> = {}) => {
    const child = startCommand(['dev'], { ...env, ...more })
    child.stdout.resume()
    const url = await new Promise<string>((resolve, reject) => {
      let text = ''
      child.stderr.on('data', (chunk) => {
        text += chunk
        const found = /"event":"listening","url":"([^"]+)"/.exec(text)?.[1]
        if (found !== undefined) resolve(found)
      })
      child.once('close', () => reject(new Error(text)))
    })
    closing.push(() => new Promise((resolve) => child.once('close', resolve).kill('SIGTERM')))
    const { apiKey, projectId } = JSON.parse(readFileSync(join(env.WATCHWORD_DATA, 'dev.json'), 'utf8'))
    return { ...createAsker(url), headers: { 'x-api-key': apiKey, 'x-project-id': projectId } }
  }
  const former = await start()
  await former.post('/api/v1/otp/send', { target: 'ada@example.test', channel: 'email' }, former.headers)
  const [{ code }] = (await former.get('/dev/inbox?to=ada@example.test')).body

  const file = join(directory, 'embedded.backup')
  expect(await runCommand(['backup', file], { env })).toMatchObject({ code: 0 })
  const db = await createEmptyDatabase()
  // The secret is the one that development keeps beside the database.
  const restored = await runCommand(['restore', '-'], {
    env: { ...env, DATABASE_URL: db.connectionString },
    input: readFileSync(file),
  })
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Restored \d+ rows/) })

  const next = await start({ DATABASE_URL: db.connectionString })
  const body = { target: 'ada@example.test', code }
  expect((await next.post('/api/v1/otp/verify', body, next.headers)).body).toMatchObject({ valid: true })
})
