import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RouteStep, routeSteps } from '../../api/route-steps.ts'
import { expectInvariants } from '../races/invariants.ts'
import { type AppBehindProxy, startAppBehindProxy } from './app-behind-proxy.ts'
import type { Cut } from './postgres-proxy.ts'

/*
 * The connection is cut at the first, the second, … call that a request makes to the database, before the call reaches it
 * and after it was executed, including commits. The caller does not notice a single cut: the request succeeds as usual,
 * has happened once, and is refused the second time if a second time is refused.
 */

let world: AppBehindProxy
beforeAll(async () => {
  world = await startAppBehindProxy()
})
afterAll(() => world?.stop())

const callsMax = 60
/** With all other tests each call is cut on one side only; `npm run test:faults` cuts both sides of all. */
const isThorough = process.env.FAULT_KILLS !== undefined
const sides: { how: Cut; first: number }[] = [
  { how: 'before', first: 1 },
  { how: 'after', first: isThorough ? 1 : 2 },
]

/** Runs the step with a cut at its call number `nth`; answers whether there was such a call. */
async function runWithCut(step: RouteStep, nth: number, how: Cut): Promise<boolean> {
  const request = await step.prepare(world.people)
  const before = await countChallenges()
  let calls = 0
  let cutCall = ''
  world.proxy.cutAt((call) => {
    // The dispatcher's own calls are not part of the request.
    if (call.startsWith('outbox-')) return false
    calls += 1
    cutCall = call
    return calls === nth
  }, how)
  const answer = await world.app.request(request.method, request.path, request)
  const isCut = !world.proxy.disarm()

  const place = `cut ${how} call ${nth} (${cutCall})`
  expect([place, answer.status, answer.body]).toEqual([place, step.status, expect.anything()])
  expect((await countChallenges()) - before, place).toBeLessThanOrEqual(1)
  const again = await world.app.request(request.method, request.path, request)
  expect([place, again.status]).toEqual([place, step.repeated ?? step.status])
  return isCut
}

async function countChallenges(): Promise<number> {
  const [row] = await world.db.query<{ count: string }>('select count(*) from challenges')
  return Number(row?.count)
}

for (const step of routeSteps) {
  test(`V1 I1 I5 I9: ${step.name} survives a cut at every call`, async () => {
    for (const { how, first } of sides) {
      let nth = first
      while (nth < callsMax && (await runWithCut(step, nth, how))) nth += isThorough ? 1 : 2
      expect(nth, 'the cuts came to an end').toBeLessThan(callsMax)
    }
    await expectInvariants(world)
  })
}
