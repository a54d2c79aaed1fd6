import { afterAll, expect, test } from 'vitest'
import { sleep, until } from '../../harness/until.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'
import { times } from '../races/load.ts'
import { startRaceWorld } from '../races/race-world.ts'
import { createExpectedState } from './expected-state.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/*
 * The disk of PostgreSQL is full under load: first the tables cannot grow, then not even its log can, and it goes down and
 * does not come up again. Callers get 503 meanwhile, and when there is room again everything recovers by itself.
 */

const refusalsMin = 20

const disk = mountSmallDisk({ megabytes: 192 })
afterAll(() => disk?.remove())

// If no disk can be mounted, the test is skipped, and a line of the result says so.
if (disk === null)
  test('a full disk: only root can mount one, or who may call `sudo -n`', ({ skip }) => skip())
else
  test(
    'I3 I5 I9: a full disk loses nothing that was answered, and all goes on when there is room',
    {
      timeout: 120_000,
    },
    () => fillUnderLoad(disk),
  )

async function fillUnderLoad(disk: SmallDisk): Promise<void> {
  const world = await startRaceWorld({ nodeCount: 1, postgresDirectory: disk.directory })
  const expected = createExpectedState(world)
  let isOver = false
  const count = (status: number): number => expected.statuses.get(status) ?? 0
  const untilRefused = async (): Promise<void> => {
    const before = count(503)
    await until(() => count(503) >= before + refusalsMin, 30_000)
  }
  try {
    const load = times(12, (worker) => expected.work(worker, () => isOver))
    await until(() => count(201) > 100, 20_000)

    disk.fill()
    await untilRefused()
    expect(await isUp()).toBe(true)
    // The next write needs a new file of the log. PostgreSQL ends when it cannot have it.
    await until(async () => {
      await world.db.query('select pg_switch_wal()').catch(() => {})
      return !(await isUp())
    }, 20_000)
    await untilRefused()

    disk.empty()
    const before = count(200)
    await until(() => count(200) > before + 100, 60_000)
    await sleep(100)
    isOver = true
    await Promise.all(load)

    await world.db.moveClock(31_000)
    await untilDelivered(world, 20_000)
    await expected.expectKept()
    await expectInvariants(world)
  } finally {
    isOver = true
    disk.empty()
    await world.close()
  }

  function isUp(): Promise<boolean> {
    return world.db.query('select 1').then(
      () => true,
      () => false,
    )
  }
}
