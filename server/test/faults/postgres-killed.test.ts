import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { times } from '../races/barrage.ts'
import { expectInvariants, untilDelivered } from '../races/invariants.ts'
import { type RaceWorld, startRaceWorld } from '../races/race-world.ts'
import { sleep, until } from '../until.ts'

/*
 * PostgreSQL is killed under load, with everything that it had not yet written. What was answered with success is there
 * after its recovery; everything else was told 503 and may be tried again; no node goes down with it.
 */

const kills = Math.ceil(Number(process.env.FAULT_KILLS ?? 12) / 4)

test(`I1 I2 I3 I5 I9: ${kills} kills of PostgreSQL under load lose nothing that was answered`, {
  timeout: 120_000 + kills * 20_000,
}, async () => {
  const world = await startRaceWorld({ nodeCount: 2 })
  const codes: string[] = []
  const verified: string[] = []
  const statuses = new Set<number>()
  let isOver = false
  try {
    const load = times(12, (worker) => sendAndVerify(world, worker))
    for (let kill = 1; kill <= kills; kill += 1) {
      await sleep(200 + Math.random() * 400)
      process.kill(readPostmaster(world.postgresDirectory), 'SIGKILL')
      await until(async () => (await askReady(world)) === 200, 20_000)
    }
    await sleep(300)
    isOver = true
    await Promise.all(load)

    await world.db.moveClock(31_000)
    await untilDelivered(world, 20_000)
    const rows = await world.db.query<{ address: string; is_used: boolean }>(
      'select address, used_at is not null as is_used from challenges',
    )
    const stored = new Map(rows.map(({ address, is_used }) => [address, is_used]))
    expect(codes.length).toBeGreaterThan(kills)
    expect(codes.filter((address) => !stored.has(address))).toEqual([])
    expect(verified.filter((address) => stored.get(address) !== true)).toEqual([])
    expect([...statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([])
    await expectInvariants(world)
    expect(await Promise.all(world.nodes.map((_, node) => askReady(world, node)))).toEqual([200, 200])
  } finally {
    isOver = true
    await world.close()
  }

  async function sendAndVerify({ one, service, newEmail, codeFor }: RaceWorld, node: number): Promise<void> {
    while (!isOver) {
      const target = newEmail()
      const request = { node, headers: service }
      const sent = await one({ ...request, path: '/api/v1/otp/send', body: { target, channel: 'email' } })
      statuses.add(sent.status)
      if (sent.status === 503) expect(sent.headers['retry-after']).toMatch(/^[1-9]\d*$/)
      if (sent.status !== 201) {
        await sleep(50)
        continue
      }
      codes.push(target)
      const code = await codeFor(target).catch(() => null)
      if (code === null) continue
      const checked = await one({ ...request, path: '/api/v1/otp/verify', body: { target, code } })
      statuses.add(checked.status)
      if (checked.body.valid === true) verified.push(target)
    }
  }
})

const askReady = async ({ one }: RaceWorld, node = 0): Promise<number> =>
  (await one({ node, method: 'GET', path: '/readyz' })).status

/** The number of the server's first process, from the file that it keeps in its cluster. */
function readPostmaster(directory: string): number {
  const file = readdirSync(directory, { recursive: true }).find((name) =>
    String(name).endsWith('postmaster.pid'),
  )
  const pid = Number(readFileSync(join(directory, String(file)), 'utf8').split('\n')[0])
  if (!(pid > 1)) throw new Error('PostgreSQL has left no number')
  return pid
}
