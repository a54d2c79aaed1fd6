import { isWithinShare } from '../domain/fair-share.ts'
import { createSemaphore } from '../domain/semaphore.ts'
import { Unavailable } from '../engine/ports/unavailable.ts'

/** Runs a task when it is the turn of the line that has the place. */
export type InTurn = <Result>(task: () => Promise<Result>) => Promise<Result>

export type HashingQueue = {
  /** Runs `work` in a place of the line; throws `Unavailable` without having run it where there is none. */
  withPlace<Result>(line: string, work: (inTurn: InTurn) => Promise<Result>): Promise<Result>
}

/**
 * Lines that hold one place each and come late still find room; together they may hold this many times the places. Filling
 * that takes more than two hundred networks.
 */
const overfillFactor = 6

/** Runs at most `concurrency` tasks at once. The lines take turns, and share `placesMax` places evenly. */
export function createHashingQueue(concurrency: number, placesMax: number): HashingQueue {
  const turns = createSemaphore(concurrency)
  const held = new Map<string, number>()
  let total = 0

  const take = (line: string): void => {
    const own = held.get(line) ?? 0
    const isFull = total >= overfillFactor * placesMax
    if (isFull || !isWithinShare({ total, own, groups: held.size, max: placesMax }))
      throw new Unavailable('too many passwords wait to be hashed')
    held.set(line, own + 1)
    total += 1
  }

  const giveBack = (line: string): void => {
    const own = held.get(line) ?? 0
    if (own > 1) held.set(line, own - 1)
    else held.delete(line)
    total -= 1
  }

  const runInTurn = async <Result>(line: string, task: () => Promise<Result>): Promise<Result> => {
    await turns.acquire(line)
    try {
      return await task()
    } finally {
      turns.release()
    }
  }

  return {
    async withPlace(line, work) {
      take(line)
      try {
        return await work((task) => runInTurn(line, task))
      } finally {
        giveBack(line)
      }
    },
  }
}
