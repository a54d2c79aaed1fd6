import { expect, test } from 'vitest'
import { leaseSeconds } from '../../../src/engine/ports/lease.ts'
import { sleep, until } from '../../harness/until.ts'
import { expectInvariants } from '../races/invariants.ts'
import { openLoad, times } from '../races/load.ts'
import { type NodeProcess, startNodeProcess } from '../races/node-process.ts'
import { type RaceWorld, startRaceWorld } from '../races/race-world.ts'

/*
 * Two nodes under load, one of which is killed again and again at random moments. What either of them has accepted leaves
 * within the lease and the pause between two polls of the outbox, through the other node or after a restart (I3, I4).
 */

const kills = Number(process.env.FAULT_KILLS ?? 10)
/** In a run of all tests the lease is not waited for: the clock of the database is moved by as much. */
const isPatient = process.env.FAULT_KILLS !== undefined
/** The lease of 22 seconds, one poll a second, and what a busy test machine adds. */
const deliveryMillisecondsMax = 36_000

test(`I1 I3 I4 I5: ${kills} kills of a node under load lose no accepted message`, {
  timeout: 120_000 + kills * 6_000,
}, async () => {
  const world = await startRaceWorld({ nodeCount: 1 })
  let node: NodeProcess = await startNodeProcess(world.env)
  const accepted: string[] = []
  let isOver = false
  try {
    const steady = sendUntil(world, world.one, { isOver: () => isOver, accepted })
    for (let kill = 1; kill <= kills; kill += 1) {
      const doomed = await openLoad([node.url], { sockets: 16, silenceMilliseconds: 5_000 })
      let isDead = false
      const load = times(8, () => sendUntil(world, doomed.one, { isOver: () => isDead, accepted }))
      await sleep(50 + Math.random() * 300)
      isDead = true
      await node.kill()
      await Promise.all(load)
      doomed.close()
      node = await startNodeProcess(world.env)
    }
    isOver = true
    await steady
    if (!isPatient) await world.db.moveClock(leaseSeconds * 1_000)

    const countQueued = async (): Promise<number> => {
      const [row] = await world.db.query<{ count: string }>(
        "select count(*) from challenges where delivery_state = 'queued'",
      )
      return Number(row?.count)
    }
    await until(async () => (await countQueued()) === 0, deliveryMillisecondsMax)
    const received = new Set(world.gateway.requests.map(({ body }) => (body as { to: string }).to))
    expect(accepted.length).toBeGreaterThan(kills)
    expect(accepted.filter((to) => !received.has(to))).toEqual([])
    await expectInvariants(world)
  } finally {
    isOver = true
    await node.kill()
    await world.close()
  }
})

/** Sends to one fresh number after the other, and keeps those whose send was accepted. */
async function sendUntil(
  world: RaceWorld,
  one: RaceWorld['one'],
  { isOver, accepted }: { isOver: () => boolean; accepted: string[] },
): Promise<void> {
  while (!isOver()) {
    const mobile = world.newMobile()
    try {
      const body = { mobile, type: 'verification' }
      const { status } = await one({ path: '/api/auth/otp/send', body })
      if (status !== 200) throw new Error(`a send was answered ${status}`)
      accepted.push(`+91${mobile}`)
    } catch (error) {
      // The node died with the request; the caller got no answer, so nothing was promised.
      if (!isOver() || !/ECONN|socket hang up|EPIPE|aborted/.test(String(error))) throw error
    }
    await sleep(5)
  }
}
