import { expect, test } from 'vitest'
import { Unavailable } from '../engine/ports/unavailable.ts'
import { createHashingQueue } from './hashing-queue.ts'

/** A queue whose tasks last until they are released, and the lines whose tasks have begun. */
function createHeldQueue(concurrency: number, placesMax: number) {
  const queue = createHashingQueue(concurrency, placesMax)
  const begun: string[] = []
  const running: (() => void)[] = []
  const add = (line: string, times = 1) =>
    Array.from({ length: times }, () =>
      queue.withPlace(line, (inTurn) =>
        inTurn(() => {
          begun.push(line)
          return new Promise<void>((end) => running.push(end))
        }),
      ),
    )
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  const endAll = async () => {
    await settle()
    while (running.length > 0) {
      for (const end of running.splice(0)) end()
      await settle()
    }
  }
  return { queue, add, begun, running, settle, endAll }
}

const countRefused = async (attempts: Promise<unknown>[]): Promise<number> => {
  const outcomes = await Promise.allSettled(attempts)
  const refused = outcomes.filter(({ status }) => status === 'rejected')
  for (const outcome of refused) expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(Unavailable)
  return refused.length
}

test('A1: at most as many tasks run at once as there are cores, and the lines take turns', async () => {
  const { add, begun, running, settle, endAll } = createHeldQueue(2, 50)
  const all = [...add('busy', 6), ...add('quiet'), ...add('other', 2)]
  await settle()
  expect(running).toHaveLength(2)
  await endAll()
  expect(begun).toEqual(['busy', 'busy', 'busy', 'quiet', 'other', 'busy', 'other', 'busy', 'busy'])
  expect(await countRefused(all)).toBe(0)
})

test('a network that has taken every place refuses itself alone, as do ten of them', async () => {
  const { add, endAll } = createHeldQueue(1, 20)
  const refused: Promise<number>[] = []
  for (let network = 0; network < 10; network += 1) {
    refused.push(countRefused(add(`attacker ${network}`, 130)))
    refused.push(countRefused(add(`honest ${network}`)))
  }
  await endAll()
  const counts = await Promise.all(refused)
  for (let network = 0; network < 10; network += 1) {
    expect(counts[2 * network]).toBeGreaterThan(100)
    expect(counts[2 * network + 1]).toBe(0)
  }
})

test('A1: together all networks hold six times the places at most', async () => {
  const { add, begun, endAll } = createHeldQueue(1, 10)
  const attempts = Array.from({ length: 100 }, (_, network) => add(`network ${network}`, 1)).flat()
  const refused = countRefused(attempts)
  await endAll()
  expect(await refused).toBe(40)
  expect(begun).toHaveLength(60)
})

test('a place is given back whatever comes of the work, also when no task was run in it', async () => {
  const { queue, add, endAll } = createHeldQueue(1, 1)
  await queue.withPlace('a', async () => {})
  const failing = queue.withPlace('a', (inTurn) =>
    inTurn(async () => {
      throw new Error('the hash failed')
    }),
  )
  await expect(failing).rejects.toThrow('the hash failed')
  const refused = countRefused(add('a', 2))
  await endAll()
  expect(await refused).toBe(1)
})

test('work that is refused a place is not begun', async () => {
  const { queue, add, endAll } = createHeldQueue(1, 1)
  const [first] = add('a')
  let isBegun = false
  await expect(
    queue.withPlace('a', async () => {
      isBegun = true
    }),
  ).rejects.toThrow(Unavailable)
  expect(isBegun).toBe(false)
  await endAll()
  await first
})
