import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRepeatedRefusals, recordedMax } from '../../src/storage/batches/repeated-refusals.ts'
import { singleEvents } from '../../src/storage/stores/event-rows.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * What a network without a key writes to the disk, when all that it asks is refused.
 */

let app: TestApp
beforeAll(async () => {
  app = await startTestApp({ env: { TRUST_PROXY: '1' } })
})
afterAll(() => app?.stop())

let networks = 0
const newNetwork = () => {
  networks += 1
  return { 'x-forwarded-for': `198.51.100.${networks}` }
}

const countEvents = async (type: string): Promise<number> => {
  const [row] = await app.db.query(`select count(*) from ${singleEvents()} e where type = $1`, [type])
  return Number(row?.count)
}

/** How many events of a type a hundred equal requests leave. Each of them is refused alike. */
async function growthOf(
  type: string,
  {
    path,
    body,
    node = app,
    status,
  }: { path: string; body: (index: number) => object; node?: TestApp; status: number },
): Promise<number> {
  const headers = newNetwork()
  const before = await countEvents(type)
  for (let index = 0; index < 100; index += 1) {
    const answer = await node.post(path, body(index), headers)
    if (index > 40) expect(answer.status).toBe(status)
  }
  return (await countEvents(type)) - before
}

describe('a hundred refusals that change nothing leave twenty events', () => {
  test('guesses at an address without a code', async () => {
    const body = () => ({ email: 'nobody@example.test', code: '000000' })
    const growth = await growthOf('challenge.attempt-failed', { path: '/auth/verify', body, status: 400 })
    expect(growth).toBe(recordedMax)
  })

  test('sends of a network that has spent its own', async () => {
    const body = (index: number) => ({ email: `nobody${index}@example.test` })
    const path = '/auth/login/otp/generate'
    expect(await growthOf('challenge.refused', { path, body, status: 429 })).toBe(recordedMax)
  })

  test('logins to accounts that there are not', async () => {
    const body = (index: number) => ({ email: `nobody${index}@example.test`, password: 'whatever it is' })
    const growth = await growthOf('password.attempted', { path: '/auth/login', body, status: 401 })
    expect(growth).toBe(recordedMax)
  })

  test('refreshes with the token of a session that has ended', async () => {
    const person = {
      email: 'ada@example.test',
      password: 'a quiet otter swims',
      firstname: 'Ada',
      lastname: 'L',
    }
    const { email, password } = person
    await app.post('/auth/register', person)
    await app.post('/auth/verify', { email, code: await app.inbox.lastCode(email) })
    const { accessToken, refreshToken } = (await app.post('/auth/login', { email, password })).body.data
    await app.post('/auth/logout', { refreshToken }, { authorization: `Bearer ${accessToken}` })
    const body = () => ({ refreshToken })
    expect(await growthOf('session.refused', { path: '/auth/refresh', body, status: 401 })).toBe(recordedMax)
  })
})

test('what was not recorded one by one is told by its number, at the latest when the node ends', async () => {
  const second = await app.startSecondNode()
  const body = () => ({ email: 'nobody@example.test', code: '000000' })
  await growthOf('challenge.attempt-failed', { path: '/auth/verify', body, node: second, status: 400 })
  await second.stop()
  const rows = await app.db.query("select details from events where type = 'refusals.counted'")
  expect(rows).toEqual([
    { details: { event: 'challenge.attempt-failed', refusal: 'unknown', count: 100 - recordedMax } },
  ])
})

test('after ten minutes the next twenty are recorded, and the others are told', () => {
  let now = 0
  const refusals = createRepeatedRefusals({ now: () => now })
  const kind = { scope: 'server', type: 'session.refused', refusal: 'ended', of: 'one' } as const
  const refuse = () => {
    const wasRecorded = refusals.isRecorded(kind)
    refusals.note([{ kind, wasRecorded }])
    return wasRecorded
  }
  const recorded = () => Array.from({ length: 50 }, refuse).filter((wasRecorded) => wasRecorded).length
  expect(recorded()).toBe(20)
  expect(refusals.take('ended')).toEqual([])
  now = 600_000
  expect(recorded()).toBe(20)
  const counted = { scope: 'server', type: 'refusals.counted' }
  expect(refusals.take('ended')).toMatchObject([{ ...counted, details: { count: 30 } }])
  expect(refusals.take('all')).toMatchObject([{ ...counted, details: { count: 30 } }])
  expect(refusals.take('all')).toEqual([])
})
