import { Unavailable } from '../engine/faults.ts'

export type BatcherOptions<Item, Result> = {
  /** Decides all of them in one transaction; answers in the same order. */
  decideAll: (items: Item[]) => Promise<Result[]>
  /** Two items with the same subject never share a batch, nor are they in flight together: the later one waits. */
  subjectOf: (item: Item) => string
  batchMax?: number
  inFlightMax?: number
  /** Beyond this many waiting items a new one is refused with `Unavailable`: a queue that only grows helps nobody. */
  waitingMax?: number
}

type Waiting<Item, Result> = {
  item: Item
  subject: string
  resolve: (result: Result) => void
  reject: (fault: unknown) => void
}

/**
 * Collects what arrives while the previous batch is being written into the next one. There is no timer: an idle server
 * decides at once, a busy one decides many for the price of one commit.
 */
export function createBatcher<Item, Result>({
  decideAll,
  subjectOf,
  batchMax = 128,
  inFlightMax = 2,
  waitingMax = 10_000,
}: BatcherOptions<Item, Result>): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = []
  const busySubjects = new Set<string>()
  let inFlight = 0
  let isScheduled = false

  function schedule(): void {
    if (isScheduled || inFlight >= inFlightMax || waiting.length === 0) return
    isScheduled = true
    // After the sockets of this turn are read, so that requests which arrived together are decided together.
    setImmediate(() => {
      isScheduled = false
      const batch = takeBatch()
      if (batch.length === 0) return
      inFlight += 1
      void run(batch).finally(() => {
        inFlight -= 1
        for (const { subject } of batch) busySubjects.delete(subject)
        schedule()
      })
      schedule()
    })
  }

  function takeBatch(): Waiting<Item, Result>[] {
    const batch: Waiting<Item, Result>[] = []
    const later: Waiting<Item, Result>[] = []
    for (const entry of waiting) {
      if (batch.length < batchMax && !busySubjects.has(entry.subject)) {
        busySubjects.add(entry.subject)
        batch.push(entry)
      } else {
        later.push(entry)
      }
    }
    waiting = later
    return batch
  }

  async function run(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await decideAll(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result)
    } catch (fault) {
      if (batch.length === 1 || fault instanceof Unavailable) {
        for (const { reject } of batch) reject(fault)
        return
      }
      // One item that PostgreSQL cannot take must not fail the others: nothing was committed, so each goes alone.
      for (const entry of batch) await run([entry])
    }
  }

  return (item) => {
    if (waiting.length >= waitingMax) return Promise.reject(new Unavailable('too many requests are waiting'))
    return new Promise((resolve, reject) => {
      waiting.push({ item, subject: subjectOf(item), resolve, reject })
      schedule()
    })
  }
}
