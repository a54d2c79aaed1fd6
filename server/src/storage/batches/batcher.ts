import { Unavailable } from '../../engine/ports/unavailable.ts'
import { createQueues } from './fair-queues.ts'

export type BatcherOptions<Item, Result> = {
  /** Decides all of them in one transaction; answers in the same order. */
  decideAll: (items: Item[]) => Promise<Result[]>
  /** Two items with the same subject never share a batch, nor are they in flight together: the later one waits. */
  subjectOf: (item: Item) => string
  /** Whose item it is. Groups take turns, so that one that sends much delays only itself (K3). */
  groupOf: (item: Item) => string
  batchMax?: number
  /** Batches in flight, beside one more for groups that have nothing in these. Each carries its share of what is there. */
  inFlightMax?: number
  /** Beyond this many waiting items a new one is refused with `Unavailable`: a queue that only grows helps nobody. */
  waitingMax?: number
}

/** How much of its share a batch waits for: requests come one by one, and the last of them are not worth a pause. */
const fullEnough = 0.8

type Waiting<Item, Result> = {
  item: Item
  subject: string
  group: string
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
  groupOf,
  batchMax = 128,
  inFlightMax = 2,
  waitingMax = 10_000,
}: BatcherOptions<Item, Result>): (item: Item) => Promise<Result> {
  const queues = createQueues<Waiting<Item, Result>>()
  const busySubjects = new Set<string>()
  const busyGroups = createCounts()
  let inFlight = 0
  let itemsInFlight = 0
  let asideInFlight = 0
  let isScheduled = false

  function schedule(): void {
    if (isScheduled || queues.size() === 0) return
    if (inFlight >= inFlightMax && asideInFlight > 0) return
    isScheduled = true
    // After the sockets of this turn are read, so that requests which arrived together are decided together.
    setImmediate(() => {
      isScheduled = false
      // A batch in flight is good company: the next one waits until its share is there, so that neither is small.
      const share = Math.ceil((queues.size() + itemsInFlight) / inFlightMax)
      const hasShare = inFlight === 0 || queues.size() >= fullEnough * share
      // No lane for it yet: whoever has nothing in flight goes beside the others, instead of after them.
      const isAside = inFlight >= inFlightMax || !hasShare
      if (isAside && asideInFlight > 0) return
      const batch = queues.take(
        Math.min(batchMax, share),
        ({ subject }) => !busySubjects.has(subject),
        (group) => !isAside || !busyGroups.has(group),
        ({ subject }) => busySubjects.add(subject),
      )
      if (batch.length === 0) return
      start(batch, isAside)
      schedule()
    })
  }

  function start(batch: Waiting<Item, Result>[], isAside: boolean): void {
    if (isAside) asideInFlight += 1
    else inFlight += 1
    itemsInFlight += batch.length
    for (const { group } of batch) busyGroups.add(group)
    void run(batch).finally(() => {
      if (isAside) asideInFlight -= 1
      else inFlight -= 1
      itemsInFlight -= batch.length
      for (const { subject, group } of batch) {
        busySubjects.delete(subject)
        busyGroups.remove(group)
      }
      schedule()
    })
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
    const group = groupOf(item)
    // A group that waits for little is let in although others have filled the queue.
    if (queues.size() >= waitingMax && queues.sizeOf(group) * queues.groups() >= waitingMax)
      return Promise.reject(new Unavailable('too many requests are waiting'))
    return new Promise((resolve, reject) => {
      queues.push(group, { item, subject: subjectOf(item), group, resolve, reject })
      // Behind its own group there is nothing to begin: the end of a batch looks again.
      if (inFlight < inFlightMax || !busyGroups.has(group)) schedule()
    })
  }
}

/** How many items of each group are in flight. */
function createCounts() {
  const counts = new Map<string, number>()
  return {
    has: (group: string) => counts.has(group),
    add: (group: string) => counts.set(group, (counts.get(group) ?? 0) + 1),
    remove(group: string): void {
      const left = (counts.get(group) ?? 0) - 1
      if (left > 0) counts.set(group, left)
      else counts.delete(group)
    },
  }
}
