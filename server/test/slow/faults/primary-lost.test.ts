import { expect, test } from 'vitest'
import { runCommand } from '../../harness/run-command.ts'
import { until } from '../../harness/until.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'
import { times } from '../races/load.ts'
import { startRaceWorld } from '../races/race-world.ts'
import { logIn, logout, me, refresh } from '../races/session-races.ts'
import { createExpectedState } from './expected-state.ts'
import { type PostgresPair, startPostgresPair } from './postgres-pair.ts'

/*
 * The primary is killed under load and its standby promoted, as Patroni or a managed PostgreSQL does. For a while the
 * address leads to a server that only reads: nobody is served from it, and no connection to it is kept.
 */

test('I1 I2 I3 I5 I6 I9: a primary is lost and its standby promoted, and nothing that was answered is lost', {
  timeout: 120_000,
}, async () => {
  let pair: PostgresPair | undefined
  const world = await startRaceWorld({
    nodeCount: 2,
    startPostgres: async (options) => (pair = await startPostgresPair(options)),
  })
  const expected = createExpectedState(world)
  const count = (status: number): number => expected.statuses.get(status) ?? 0
  const askReady = (node: number) => world.one({ node, method: 'GET', path: '/readyz' })
  const readiness = async () =>
    (await Promise.all(world.nodes.map((_, node) => askReady(node)))).map(({ status }) => status)
  let isOver = false
  try {
    const load = times(12, (worker) => expected.work(worker, () => isOver))
    await until(() => count(200) > 50)
    const session = await logIn(world)
    expect(await world.one(await logout(world, session))).toMatchObject({ status: 200 })

    await pair?.losePrimary()
    const before = count(503)
    await until(() => count(503) > before + 20)
    expect(await readiness()).toEqual([503, 503])
    const { code, stdout } = await runCommand(['doctor'], { env: world.env })
    expect([code, stdout]).toEqual([1, expect.stringContaining('DATABASE_URL leads to a standby')])

    await pair?.promoteStandby()
    await until(async () => (await readiness()).every((status) => status === 200))
    const sent = count(201)
    await until(() => count(201) > sent + 100)
    isOver = true
    await Promise.all(load)

    expect(await world.one(me(session.accessToken))).toMatchObject({ status: 401 })
    expect(await world.one(refresh(session.refreshToken))).toMatchObject({ status: 401 })

    await pair?.dropConnections()
    // The test's own connection was to the lost server as well.
    await until(() =>
      world.db.moveClock(0).then(
        () => true,
        () => false,
      ),
    )
    await world.db.moveClock(31_000)
    await untilDelivered(world)
    await expected.expectKept()
    await expectInvariants(world)
  } finally {
    isOver = true
    await world.close()
  }
})
