import { expect, test } from 'vitest'
import { sleep, until } from '../../harness/until.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'
import { times } from '../races/load.ts'
import { type RaceWorld, startRaceWorld } from '../races/race-world.ts'
import { createExpectedState } from './expected-state.ts'
import { isPostgresBack, killPostgres } from './kill-postgres.ts'

/*
 * PostgreSQL is killed under load, with everything that it had not yet written. What was answered with success is there
 * after its recovery; everything else was told 503 and may be tried again; no node goes down with it.
 */

const kills = Math.ceil(Number(process.env.FAULT_KILLS ?? 12) / 4)

test(`I1 I2 I3 I5 I9: ${kills} kills of PostgreSQL under load lose nothing that was answered`, {
  timeout: 120_000 + kills * 20_000,
}, async () => {
  const world = await startRaceWorld({ nodeCount: 2 })
  const expected = createExpectedState(world)
  let isOver = false
  try {
    const load = times(12, (worker) => expected.work(worker, () => isOver))
    for (let kill = 1; kill <= kills; kill += 1) {
      await sleep(200 + Math.random() * 400)
      killPostgres(world.postgresDirectory)
      await until(() => isPostgresBack(world.db.connectionString), 20_000)
      await until(async () => (await askReady(world)) === 200, 20_000)
    }
    await sleep(300)
    isOver = true
    await Promise.all(load)

    await world.db.moveClock(31_000)
    await untilDelivered(world, 20_000)
    expect(expected.statuses.get(201)).toBeGreaterThan(kills)
    await expected.expectKept()
    await expectInvariants(world)
    expect(await Promise.all(world.nodes.map((_, node) => askReady(world, node)))).toEqual([200, 200])
  } finally {
    isOver = true
    await world.close()
  }
})

const askReady = async ({ one }: RaceWorld, node = 0): Promise<number> =>
  (await one({ node, method: 'GET', path: '/readyz' })).status
