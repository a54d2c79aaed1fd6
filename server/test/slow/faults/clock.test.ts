import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoProjects } from '../../harness/demo-projects.ts'
import { until } from '../../harness/until.ts'
import { sendCode, verify } from '../races/code-races.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'
import { times } from '../races/load.ts'
import { type RaceWorld, startRaceWorld } from '../races/race-world.ts'
import { logIn, me, refresh } from '../races/session-races.ts'

/*
 * V10: three nodes on one database, of whose machines one is ten minutes behind and one ten minutes ahead. Nothing that
 * they decide differs: the database's clock alone says what has begun, what is over, and whose turn it is.
 */

const minutesOff = [-10, 0, 10]
const everyNode = [0, 1, 2]
const shiftedClock = new URL('../../harness/shifted-clock.mjs', import.meta.url).href

let world: RaceWorld

beforeAll(async () => {
  world = await startRaceWorld({
    nodeCount: minutesOff.length,
    envOf: (node) => ({
      NODE_OPTIONS: `--import=${shiftedClock}`,
      CLOCK_SHIFT: String((minutesOff[node] ?? 0) * 60_000),
    }),
  })
})
afterAll(() => world?.close())

/** The same world seen from one node. */
const at = (node: number): RaceWorld => ({ ...world, one: (request) => world.one({ node, ...request }) })

async function databaseNow(): Promise<number> {
  const [row] = await world.db.query<{ now: Date }>('select clock_now() as now')
  return row?.now.getTime() ?? 0
}

/** How many milliseconds what the database has stamped is away from its clock, at the most. */
const nowMillisecondsMax = 10_000

test('the clocks of the nodes are wrong indeed', async () => {
  for (const [node, minutes] of minutesOff.entries()) {
    // The one moment in an answer that is the node's own.
    const { body } = await world.one({ node, path: '/api/auth/otp/send', body: {} })
    expect((Date.parse(body.timestamp) - Date.now()) / 60_000).toBeCloseTo(minutes, 0)
  }
})

test('V10 C3: a code is valid until the database says that it has expired, whoever sent it and whoever is asked', async () => {
  const sent = await Promise.all(
    everyNode.flatMap((sender) =>
      everyNode.flatMap((judge) =>
        times(2, async () => {
          const target = world.newEmail()
          return { judge, target, code: await sendCode(at(sender), target) }
        }),
      ),
    ),
  )
  const [bounds] = await world.db.query<{ issued: Date; expires: Date; last: Date }>(
    'select max(created_at) as issued, min(expires_at) as expires, max(expires_at) as last from challenges',
  )
  const now = await databaseNow()
  const [issued, expires, last] = [bounds?.issued, bounds?.expires, bounds?.last].map(Number) as [
    number,
    number,
    number,
  ]
  expect(Math.abs(now - issued)).toBeLessThan(nowMillisecondsMax)
  expect(last - issued).toBeLessThanOrEqual(600_000)

  const ask = (half: number) =>
    Promise.all(
      sent
        .filter((_, index) => index % 2 === half)
        .map(async ({ judge, target, code }) => {
          const { body } = await at(judge).one(verify(world, target, code))
          return body.valid === true ? 'valid' : body.reason
        }),
    )
  await world.db.moveClock(expires - now - nowMillisecondsMax)
  expect(new Set(await ask(0))).toEqual(new Set(['valid']))
  await world.db.moveClock(last - (await databaseNow()))
  expect(new Set(await ask(1))).toEqual(new Set(['Code has expired']))
  await expectInvariants(world)
})

test('V10 I3 I4: every node delivers what it took, at once and once, and leaves to the others what is theirs', async () => {
  const mobiles = await Promise.all(
    times(12, async (nth) => {
      const mobile = world.newMobile()
      const body = { mobile, type: 'verification' }
      expect((await world.one({ node: nth, path: '/api/auth/otp/send', body })).status).toBe(200)
      return `+91${mobile}`
    }),
  )
  await untilDelivered(world)
  const received = world.gateway.requests.map(({ body }) => (body as { to: string }).to)
  expect(mobiles.map((mobile) => received.filter((to) => to === mobile).length)).toEqual(mobiles.map(() => 1))
  const tries = await world.db.query<{ early: number; late: number }>(
    `select extract(epoch from c.created_at - m.started_at)::float8 as early,
      extract(epoch from m.finished_at - clock_now())::float8 as late
    from messages m
    join challenges c on c.project_id = m.project_id and c.id = m.challenge_id
    where c.address = any($1)`,
    [mobiles],
  )
  expect(tries).toHaveLength(mobiles.length)
  for (const { early, late } of tries) {
    expect(early).toBeLessThan(1)
    expect(late).toBeLessThan(1)
  }
  await expectInvariants(world)
})

test('V10 T2 T3: a token has the moments of the database, and is read alike by every node', async () => {
  const sessions = await Promise.all(everyNode.map((node) => logIn(at(node))))
  const now = await databaseNow()
  for (const { accessToken } of sessions) {
    const { iat, exp } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
    expect(exp - iat).toBe(600)
    expect(Math.abs(iat * 1_000 - now)).toBeLessThan(nowMillisecondsMax)
  }
  const askAll = async () => {
    const answers = sessions.flatMap(({ accessToken }) =>
      everyNode.map((node) => world.one({ node, ...me(accessToken) })),
    )
    return new Set((await Promise.all(answers)).map(({ status }) => status))
  }
  await world.db.moveClock(600_000 - nowMillisecondsMax)
  expect(await askAll()).toEqual(new Set([200]))
  await world.db.moveClock(nowMillisecondsMax)
  expect(await askAll()).toEqual(new Set([401]))

  // A refresh token that comes back at once has lost its answer, and gets one more; the next time it is refused, and one that
  // comes back late ends its session (T3).
  for (const [index, { refreshToken }] of sessions.entries()) {
    const node = index + 1
    expect(await at(node).one(refresh(refreshToken))).toMatchObject({ status: 200 })
    expect(await at(node + 1).one(refresh(refreshToken))).toMatchObject({ status: 200 })
    expect(await at(node).one(refresh(refreshToken))).toMatchObject({ status: 401 })
  }
  const countEnded = async () =>
    (
      await world.db.query("select 1 from sessions where project_id = $1 and end_reason = 'reuse'", [
        demoProjects.account,
      ])
    ).length
  expect(await countEnded()).toBe(0)
  await world.db.moveClock(nowMillisecondsMax)
  for (const [node, { refreshToken }] of sessions.entries())
    expect(await at(node).one(refresh(refreshToken))).toMatchObject({ status: 401 })
  expect(await countEnded()).toBe(sessions.length)
  await expectInvariants(world)
})

test('V10 K2: the last use of a key is noted by every node', async () => {
  const lastUse = async () => {
    const [row] = await world.db.query<{ age: number }>(
      'select extract(epoch from clock_now() - max(last_used_at))::float8 as age from api_keys',
    )
    return row?.age ?? Number.POSITIVE_INFINITY
  }
  for (const node of everyNode) {
    await world.db.moveClock(2 * 60_000)
    // A note that the database refuses is made with the next use, so the key is used as its owner would: again.
    await until(async () => {
      const use = { node, method: 'GET', path: '/api/v1/otp/token-info', headers: world.service }
      expect(await world.one(use)).toMatchObject({ status: 200 })
      return (await lastUse()) < 60
    })
  }
})
