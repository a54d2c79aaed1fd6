import { isWithinShare } from '../../domain/fair-share.ts'
import { Unavailable } from '../../engine/ports/unavailable.ts'
import { batchItemsMax } from '../postgres/database.ts'
import { createQueues } from './fair-queues.ts'
import { createInFlight, type Lane } from './in-flight.ts'

export type BatcherOptions<Item, Result> = {
  /** Decides all items in one transaction; returns the results in the same order. */
  decideAll: (items: Item[]) => Promise<Result[]>
  /** Two items with the same subject are never in one batch, nor in flight together: the later one waits. */
  subjectOf: (item: Item) => string
  /** The group of an item. Groups take turns, so that one that sends a lot delays only itself (K3). */
  groupOf: (item: Item) => string
  batchMax?: number
  /** Beyond this many waiting items, a new one is refused with `Unavailable`: a queue that only grows helps nobody. */
  waitingMax?: number
}

/** A group is quiet while another has this many times as much waiting. */
const timesQuieter = 16

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
 *
 * One batch is in flight on each of two lanes. The main lane takes items of every group. The overflow lane takes only
 * items of groups that have nothing in flight, quiet ones first: a quiet group runs beside a busy one instead of after it,
 * and in a batch as small as its own requests.
 */
export function createBatcher<Item, Result>({
  decideAll,
  subjectOf,
  groupOf,
  batchMax = batchItemsMax,
  waitingMax = 10_000,
}: BatcherOptions<Item, Result>): (item: Item) => Promise<Result> {
  const queues = createQueues<Waiting<Item, Result>>()
  const inFlight = createInFlight()
  let isScheduled = false

  /**
   * Starts batches after the sockets of this turn are read, so that requests that arrived together are decided
   * together.
   */
  function schedule(): void {
    const canStart = inFlight.isFree('main') || inFlight.isFree('overflow')
    if (isScheduled || queues.size() === 0 || !canStart) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      startNext()
    })
  }

  function startNext(): void {
    const next = takeQuiet() ?? takeTurns()
    if (next === null) return
    start(next.batch, next.lane)
    schedule()
  }

  type Next = { batch: Waiting<Item, Result>[]; lane: Lane }

  /** What quiet groups have waiting beside busy ones. */
  function takeQuiet(): Next | null {
    if (!inFlight.isFree('overflow')) return null
    const largest = queues.largest()
    const isQuiet = (group: string) => queues.sizeOf(group) * timesQuieter <= largest
    return take('overflow', (group) => isQuiet(group) && !inFlight.hasGroup(group))
  }

  function takeTurns(): Next | null {
    if (inFlight.isFree('main')) return take('main', () => true)
    return inFlight.isFree('overflow') ? take('overflow', (group) => !inFlight.hasGroup(group)) : null
  }

  function take(lane: Lane, mayTake: (group: string) => boolean): Next | null {
    const isFree = ({ subject }: Waiting<Item, Result>) => !inFlight.hasSubject(subject)
    const batch = queues.take({ max: batchMax, isFree, mayTake, onTake: inFlight.take })
    return batch.length === 0 ? null : { batch, lane }
  }

  function start(batch: Waiting<Item, Result>[], lane: Lane): void {
    inFlight.begin(batch, lane)
    void decide(batch).finally(() => {
      inFlight.end(batch, lane)
      schedule()
    })
  }

  async function decide(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await decideAll(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result)
    } catch (fault) {
      if (batch.length === 1 || fault instanceof Unavailable) {
        for (const { reject } of batch) reject(fault)
        return
      }
      // One item that PostgreSQL cannot take must not fail the others: nothing was committed, so each is decided alone.
      for (const entry of batch) await decide([entry])
    }
  }

  return (item) => {
    const group = groupOf(item)
    const places = {
      total: queues.size(),
      own: queues.sizeOf(group),
      groups: queues.groups(),
      max: waitingMax,
    }
    if (!isWithinShare(places)) return Promise.reject(new Unavailable('too many requests are waiting'))
    return new Promise((resolve, reject) => {
      queues.push(group, { item, subject: subjectOf(item), group, resolve, reject })
      // If the main lane is full and the group is in flight, nothing can start now: the end of a batch schedules again.
      if (inFlight.isFree('main') || !inFlight.hasGroup(group)) schedule()
    })
  }
}
