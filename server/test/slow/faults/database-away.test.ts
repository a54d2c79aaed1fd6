import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { routeSteps, type StepRequest } from '../../api/route-steps.ts'
import { until } from '../../harness/until.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'
import { type AppBehindProxy, startAppBehindProxy } from './app-behind-proxy.ts'

/*
 * The database is unavailable in each possible way. Every route answers 503 with Retry-After in its own envelope, within
 * the statement time-out; nothing was done; and everything works as soon as the database is back (I9).
 */

let world: AppBehindProxy
beforeAll(async () => {
  world = await startAppBehindProxy()
})
afterAll(() => world?.stop())

/** The five seconds of the statement time-out, and what a busy test machine adds. */
const answerMillisecondsMax = 6_000

const reference = expect.stringMatching(/^[0-9a-f]+-[0-9a-z]+$/)
const envelopes: Record<string, object> = {
  citizen: { status: 'error', message: expect.any(String), data: reference },
  account: { status: 'error', message: expect.any(String), data: { reference } },
  service: { statusCode: 503, message: expect.any(String), reference },
  kikapu: { success: false, message: expect.any(String), reference },
  mobile: { success: false, message: expect.any(String), data: { reference }, timestamp: expect.any(String) },
}

const ask = ({ method, path, ...request }: StepRequest) => world.app.request(method, path, request)

/** Prepares a request to every route, takes the database away, asks, brings it back, asks again. */
async function runWhileAway(leave: () => unknown, comeBack: () => unknown): Promise<void> {
  const requests: StepRequest[] = []
  for (const step of routeSteps) requests.push(await step.prepare(world.people))
  await untilDelivered(world)
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

  await until(async () => (await world.app.get('/readyz')).status === 200, 10_000)
  for (const [index, request] of requests.entries()) {
    const { name = '', status } = routeSteps[index] ?? {}
    expect([name, (await ask(request)).status]).toEqual([name, status])
  }
  await untilDelivered(world)
  await expectInvariants(world)
}

const countEverything = () =>
  world.db.query(`select (select count(*) from challenges) as challenges,
    (select count(*) from challenges where used_at is not null) as used,
    (select sum(tries) from challenges) as tries,
    (select sum(tokens_used) from quotas) as tokens,
    (select count(*) from sessions) as sessions,
    (select count(*) from refresh_tokens) as tokens,
    (select count(*) from proofs where spent_at is not null) as proofs`)

test('I9: refused connections', () => runWhileAway(world.proxy.refuse, world.proxy.listen))

test('I9: max_connections is reached', () =>
  runWhileAway(
    () => world.proxy.overload(true),
    () => world.proxy.overload(false),
  ))

test('I9: a database that no longer answers', () => runWhileAway(world.proxy.freeze, world.proxy.thaw))

test('I9: a table that somebody has locked', async () => {
  const client = new pg.Client({ connectionString: world.db.connectionString })
  await client.connect()
  await runWhileAway(
    () =>
      client.query(
        'begin; lock table challenges, accounts, sessions, api_keys, projects, quotas in access exclusive mode',
      ),
    () => client.query('rollback'),
  ).finally(() => client.end())
})
