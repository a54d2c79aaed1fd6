import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPeople, type People, widenProjects } from '../people.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'
import { routeSteps, type StepRequest } from '../route-steps.ts'
import { startTestApp, type TestApp } from '../start-test-app.ts'
import { createTestDatabase, type TestDatabase } from '../test-database.ts'
import { until } from '../until.ts'
import { type PostgresProxy, startPostgresProxy } from './postgres-proxy.ts'

/*
 * The database is away in each of the ways in which it can be away. Every route says 503 with Retry-After in its own
 * envelope, within the statement time-out; nothing was done; and everything works as soon as it is back (I9).
 */

let db: TestDatabase
let proxy: PostgresProxy
let app: TestApp
let people: People
let dataDirectory: string

beforeAll(async () => {
  db = await createTestDatabase()
  proxy = await startPostgresProxy(db.connectionString)
  dataDirectory = mkdtempSync(join(tmpdir(), 'watchword-away-'))
  const beside = { db: { ...db, connectionString: proxy.connectionString }, dataDirectory }
  app = await startTestApp({ beside })
  await widenProjects(app)
  people = await createPeople(app)
})
afterAll(async () => {
  await app?.stop()
  await proxy?.stop()
  await db?.drop()
  rmSync(dataDirectory, { recursive: true, force: true })
})

/** The five seconds of the statement time-out, and what a busy test machine adds. */
const answerMillisecondsMax = 6_000

const envelopes: Record<string, object> = {
  citizen: { status: 'error', message: expect.any(String), data: null },
  account: { status: 'error', message: expect.any(String), data: null },
  service: { statusCode: 503, message: expect.any(String) },
  kikapu: { success: false, message: expect.any(String) },
  mobile: { success: false, message: expect.any(String), data: null, timestamp: expect.any(String) },
}

const ask = ({ method, path, ...request }: StepRequest) => app.request(method, path, request)

/** Prepares a request to every route, takes the database away, asks, brings it back, asks again. */
async function runWhileAway(leave: () => unknown, comeBack: () => unknown): Promise<void> {
  const requests: StepRequest[] = []
  for (const step of routeSteps) requests.push(await step.prepare(people))
  await untilDelivered({ db })
  const before = await countEverything()

  await leave()
  const startedAt = performance.now()
  const answers = await Promise.all(
    requests.map(async (request) => ({
      ...(await ask(request)),
      milliseconds: performance.now() - startedAt,
    })),
  )
  await comeBack()

  for (const [index, { status, headers, body, milliseconds }] of answers.entries()) {
    const name = routeSteps[index]?.name ?? ''
    const [dialect = ''] = name.split(':')
    expect([name, status, body]).toEqual([name, 503, expect.objectContaining(envelopes[dialect] ?? {})])
    expect(headers.get('retry-after'), name).toMatch(/^[1-9]\d*$/)
    expect(milliseconds, name).toBeLessThan(answerMillisecondsMax)
  }
  expect(await countEverything()).toEqual(before)

  await until(async () => (await app.get('/readyz')).status === 200, 10_000)
  for (const [index, request] of requests.entries()) {
    const { name = '', status } = routeSteps[index] ?? {}
    expect([name, (await ask(request)).status]).toEqual([name, status])
  }
  await untilDelivered({ db })
  await expectInvariants({ db })
}

const countEverything = () =>
  db.query(`select (select count(*) from challenges) as challenges,
    (select count(*) from challenges where used_at is not null) as used,
    (select sum(tries) from challenges) as tries,
    (select sum(tokens_used) from quotas) as tokens,
    (select count(*) from sessions) as sessions,
    (select count(*) from refresh_tokens) as tokens,
    (select count(*) from proofs where spent_at is not null) as proofs`)

test('I9: refused connections', { timeout: 60_000 }, () => runWhileAway(proxy.refuse, proxy.listen))

test('I9: max_connections is reached', { timeout: 60_000 }, () =>
  runWhileAway(
    () => proxy.overload(true),
    () => proxy.overload(false),
  ),
)

test('I9: a database that no longer answers', { timeout: 60_000 }, () =>
  runWhileAway(proxy.freeze, proxy.thaw),
)

test('I9: a table that somebody has locked', { timeout: 60_000 }, async () => {
  const client = new pg.Client({ connectionString: db.connectionString })
  await client.connect()
  await runWhileAway(
    () =>
      client.query(
        'begin; lock table challenges, accounts, sessions, api_keys, projects, quotas in access exclusive mode',
      ),
    () => client.query('rollback'),
  ).finally(() => client.end())
})
