import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runMaintenance } from '../../src/storage/postgres/maintenance.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'

/*
 * The clock of the database as a machine that slept, or a snapshot that was restored, shows it: it has jumped by days, and
 * nothing was prepared.
 */

const day = 86_400_000

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

/** The clock alone: no partition is made for it. */
const jumpTo = (milliseconds: number) =>
  app.db.query(`create or replace function clock_now() returns timestamptz language sql volatile
    as $$ select clock_timestamp() + interval '${milliseconds} milliseconds' $$`)

let people = 0
async function registerAndVerify(): Promise<number[]> {
  people += 1
  const email = `jumping${people}@example.test`
  const registered = await app.post('/auth/register', {
    email,
    password: 'a long enough phrase',
    firstname: 'Ada',
    lastname: 'Lovelace',
  })
  const code = await app.inbox.lastCode(email)
  const verified = await app.post('/auth/verify', { email, code })
  const login = await app.post('/auth/login', { email, password: 'a long enough phrase' })
  return [registered.status, verified.status, login.status]
}

describe('a clock that is days ahead of the last maintenance', () => {
  test('fails no request: the partitions are made when they are missing', async () => {
    expect(await registerAndVerify()).toEqual([201, 200, 200])
    await jumpTo(5 * day)
    const logins = Array.from({ length: 20 }, (_, index) =>
      app.post('/auth/login', { email: `nobody${index}@example.test`, password: 'whatever it is' }),
    )
    for (const { status } of await Promise.all(logins)) expect(status).toBe(401)
    expect(await registerAndVerify()).toEqual([201, 200, 200])
  })

  test('keeps no node from the codes of a clock that was set right again', async () => {
    await jumpTo(8 * day)
    expect(await registerAndVerify()).toEqual([201, 200, 200])
    await jumpTo(0)
    expect(await registerAndVerify()).toEqual([201, 200, 200])
  })

  test('is answered 503 with Retry-After, also by /readyz, while the partitions cannot be made', async () => {
    await app.db.query('alter function ensure_partitions() rename to ensure_partitions_away')
    await jumpTo(20 * day)
    const answer = await app.post('/auth/register', {
      email: 'refused@example.test',
      password: 'a long enough phrase',
      firstname: 'Ada',
      lastname: 'Lovelace',
    })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).not.toBeNull()
    expect((await app.get('/readyz')).status).toBe(503)
    await app.db.query('alter function ensure_partitions_away() rename to ensure_partitions')
    await until(async () => (await app.get('/readyz')).status === 200)
    expect(await registerAndVerify()).toEqual([201, 200, 200])
  })
})

describe('maintenance', () => {
  let db: TestDatabase
  beforeAll(async () => {
    db = await createTestDatabase()
  })
  afterAll(() => db?.drop())

  const keep = (key: string, age: string) =>
    db.query(
      `insert into idempotency_keys (project_id, key, body_digest, challenge_id, created_at)
      select 'shop', $1 || n, '', '\\x000000000000000000000000', clock_now() - $2::interval from generate_series(1, 12000) n`,
      [key, age],
    )
  const kept = async () => Number((await db.query('select count(*) from idempotency_keys'))[0]?.count)

  test('goes on after a step that fails, tells of it, and keeps nobody waiting for a day that is in use', async () => {
    await db.moveClock(100 * day)
    await keep('old', '3 days')
    await keep('new', '1 hour')
    const reader = new pg.Client({ connectionString: db.connectionString })
    await reader.connect()
    await reader.query('begin; lock table messages in access share mode')
    const maintenance = runMaintenance(db.database).then(
      () => null,
      (fault: unknown) => fault,
    )
    await until(db.isBlocked)
    const startedAt = performance.now()
    await db.query('select 1 from messages limit 1')
    expect(performance.now() - startedAt).toBeLessThan(2_000)
    expect(String(await maintenance)).toMatch(/not available/)
    await reader.end()

    expect(await kept()).toBe(12_000)
    const [old] = await db.query("select to_regclass('challenges_' || to_char(now(), 'YYYYMMDD')) as day")
    expect(old?.day).toBeNull()
    await runMaintenance(db.database)
  })
})
