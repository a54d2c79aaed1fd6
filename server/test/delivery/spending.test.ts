import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Carrier, refuse } from '../../src/delivery/carrier.ts'
import type { LoadProjectDelivery } from '../../src/delivery/queue/project-delivery.ts'
import { createReserveSpending } from '../../src/delivery/queue/reserve-spending.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import { createSpendingStore } from '../../src/storage/stores/spending.ts'
import { createDeliveryWorld } from '../harness/delivery-world.ts'
import { until } from '../harness/until.ts'
import { createCatchingCarrier } from '../providers/catching-carrier.ts'

let world: Awaited<ReturnType<typeof createDeliveryWorld>>

beforeAll(async () => {
  world = await createDeliveryWorld()
})
beforeEach(async () => {
  await world.stopNodes()
  for (const table of ['messages', 'challenges', 'spending', 'spending_totals'])
    await world.db.query(`delete from ${table}`)
  await world.db.query('update quotas set tokens_used = 1000')
})
afterAll(() => world.stop())

const project = 'shop' as ProjectId
const cents = 10_000
const named = (name: string, carrier: Carrier): Carrier => ({ ...carrier, name })
const refusing: Carrier = {
  ...createCatchingCarrier(),
  name: 'refusing',
  deliver: async () => refuse('for-good', 'no'),
}

function partsWith(perDay: number | null, byCarrier: Record<string, Record<string, number>>) {
  const store = createSpendingStore(world.db.database)
  const loadProjectDelivery: LoadProjectDelivery = async () => ({
    isActive: true,
    routes: {},
    caps: { perDay, perMonth: null },
  })
  return {
    loadProjectDelivery,
    prices: { currency: 'EUR', byCarrier },
    reserveSpending: createReserveSpending(store),
  }
}

const report = () =>
  createSpendingStore(world.db.database).report({ projectId: project, from: null, until: null })
const totals = async () =>
  (await world.db.query<{ cost: string }>('select cost from spending_totals')).map(({ cost }) => Number(cost))
const tokensUsed = async () =>
  Number((await world.db.query('select tokens_used from quotas'))[0]?.tokens_used)

describe('what messages cost', () => {
  test('is counted by day, carrier and country, and stands with each message', async () => {
    const price = { 'to-sms': { CI: 5 * cents, '+2250799': 7 * cents, other: 1 * cents } }
    const node = world.startNode({ sms: [named('to-sms', createCatchingCarrier())] }, partsWith(null, price))
    const near = await world.commit(3)
    const far = await world.commit(1, { address: '+12025550123' as never })
    const longest = await world.commit(1, { address: '+2250799000001' as never })
    for (const challenge of [...near, ...far, ...longest]) node.dispatch(challenge)
    await until(async () => (await world.countIn('accepted')) === 5)

    const ofPrefix = (await world.messages()).find(({ id }) => id === longest[0]?.id)
    expect(Number(ofPrefix?.cost)).toBe(7 * cents)
    expect((await report()).map(({ country, messages, cost }) => [country, messages, cost])).toEqual([
      ['CI', 4, 22 * cents],
      ['US', 1, 1 * cents],
    ])
    expect(await totals()).toEqual([23 * cents, 23 * cents])
  })

  test('is nothing for what was refused, and its token comes back', async () => {
    const prices = { refusing: { other: 9 * cents }, second: { other: 2 * cents } }
    const node = world.startNode({ sms: [refusing] }, partsWith(100 * cents, prices))
    for (const challenge of await world.commit(4)) node.dispatch(challenge)
    await until(async () => (await world.countIn('failed')) === 4)

    expect(await report()).toEqual([])
    expect(await totals()).toEqual([0, 0])
    expect(await tokensUsed()).toBe(996)
  })
})

describe('a cap', () => {
  test('S5: is never passed by two nodes that send at once, and what is over it has failed', async () => {
    const prices = { 'to-sms': { other: 3 * cents } }
    const inboxes = [createCatchingCarrier(), createCatchingCarrier()]
    const nodes = inboxes.map((inbox) =>
      world.startNode({ sms: [named('to-sms', inbox)] }, partsWith(100 * cents, prices)),
    )
    const challenges = await world.commit(200)
    for (const [index, challenge] of challenges.entries()) nodes[index % 2]?.dispatch(challenge)
    await until(async () => (await world.countIn('failed')) + (await world.countIn('accepted')) === 200)

    expect(inboxes.flatMap((inbox) => inbox.entries())).toHaveLength(33)
    expect(await totals()).toEqual([99 * cents, 99 * cents])
    expect(await tokensUsed()).toBe(1000 - 167)
    const [failed] = await world.db.query("select detail from messages where carrier = 'none'")
    expect(failed).toEqual({ detail: 'The project has reached its spending cap.' })
  })

  test('lets a cheaper carrier send what a dearer one may not', async () => {
    const prices = { dear: { other: 60 * cents }, cheap: { other: 10 * cents } }
    const [dear, cheap] = [createCatchingCarrier(), createCatchingCarrier()]
    const carriers = { sms: [named('dear', dear), named('cheap', cheap)] }
    const node = world.startNode(carriers, partsWith(100 * cents, prices))
    for (const challenge of await world.commit(5)) node.dispatch(challenge)
    await until(async () => (await world.countIn('accepted')) === 5)

    expect([dear.entries().length, cheap.entries().length]).toEqual([1, 4])
    expect(await totals()).toEqual([100 * cents, 100 * cents])
  })

  test('begins anew on the next day', async () => {
    const inbox = createCatchingCarrier()
    const parts = partsWith(10 * cents, { 'to-sms': { other: 10 * cents } })
    const node = world.startNode({ sms: [named('to-sms', inbox)] }, parts)
    for (const challenge of await world.commit(2)) node.dispatch(challenge)
    await until(async () => (await world.countIn('failed')) === 1)

    await world.db.moveClock(24 * 3_600_000)
    for (const challenge of await world.commit(1)) node.dispatch(challenge)
    await until(() => inbox.entries().length === 2)
  })
})
