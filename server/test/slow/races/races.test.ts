import { afterAll, beforeAll, expect, test } from 'vitest'
import { singleEvents } from '../../../src/storage/stores/event-rows.ts'
import { codeRaces } from './code-races.ts'
import { expectInvariants, invariants, rowsThatBreak, untilDelivered } from './invariants.ts'
import { type RaceWorld, startRaceWorld } from './race-world.ts'
import { sendRaces } from './send-races.ts'
import { sessionRaces } from './session-races.ts'

/*
 * Races between four server processes on one PostgreSQL: the requests of a round are released together over real sockets.
 * Two rounds of each are run with all other tests; `npm run test:races` runs a hundred, `RACE_ROUNDS` as many as it says.
 */

const rounds = Number(process.env.RACE_ROUNDS ?? 2)

let world: RaceWorld

beforeAll(async () => {
  world = await startRaceWorld()
})
afterAll(() => world?.close())

for (const { name, run } of [...codeRaces, ...sendRaces, ...sessionRaces]) {
  test(name, { timeout: 30_000 + rounds * 10_000 }, async () => {
    for (let round = 1; round <= rounds; round += 1) await run(world)
    await untilDelivered(world)
    await expectInvariants(world)
  })
}

test.each(invariants)('%s, after all races', async (name) => {
  expect(await rowsThatBreak(name, world)).toEqual([])
})

test('I9: no node has met a fault', () => {
  const faults = world.nodes.flatMap(({ logLines }) =>
    logLines.filter((line) => /"level":"(error|fatal)"/.test(line)),
  )
  expect(faults).toEqual([])
})

test('I10: a change that is on record twice would have been seen', async () => {
  // Of each kind one event once more; they cannot be taken away again, so this comes last.
  for (const type of ['challenge.attempt-failed', 'session.refreshed', 'key.revoked'])
    await world.db.query(
      `insert into events (project_id, id, type, challenge_id, account_id, details)
      select project_id, event_id(clock_now()), type, challenge_id, account_id, details
      from ${singleEvents()} e
      where type = $1 and coalesce(details ->> 'refusal', 'mismatch') = 'mismatch'
      limit 1`,
      [type],
    )
  for (const name of invariants.filter((invariant) => invariant.startsWith('I10')))
    expect([name, (await rowsThatBreak(name, world)).length]).toEqual([name, 1])
})
