import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServiceCaller } from '../api/service/service-caller.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { until } from '../harness/until.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app?.stop())

test('V1: a wrong code that meets the result of the delivery is counted, on a server that has run for days', async () => {
  // Partitions of days before are passed over only once there are some.
  await app.moveClock(3 * 86_400_000)
  const caller = await createServiceCaller(app)
  const target = 'grace@example.test'
  await caller.send({ target, channel: 'email' })
  await until(async () => (await caller.challenges())[0] !== undefined)

  // Stands for the result: it has the row, and commits while the check waits for it.
  const client = new pg.Client({ connectionString: app.db.connectionString })
  await client.connect()
  try {
    await client.query('begin')
    await client.query('update challenges set delivery_tries = delivery_tries + 1 where address = $1', [
      target,
    ])
    const answer = caller.verify({ target, code: await wrongCode(target) })
    await until(async () => {
      const [row] = await app.db.query<{ waiting: number }>(
        "select count(*)::int as waiting from pg_locks where not granted and locktype in ('transactionid', 'tuple')",
      )
      return (row?.waiting ?? 0) > 0
    })
    await client.query('commit')
    expect((await answer).body).toEqual({ valid: false, reason: 'Invalid code' })
  } finally {
    await client.end()
  }
  expect(await caller.challenges()).toMatchObject([{ tries: 1 }])
})

async function wrongCode(target: string): Promise<string> {
  const right = await app.inbox.lastCode(target)
  return right === '000000' ? '000001' : '000000'
}
