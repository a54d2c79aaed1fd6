import { isWithinShare } from '../../domain/fair-share.ts'
import { Unavailable } from '../../engine/ports/unavailable.ts'
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
  /** Batches in flight on the main lane. Each takes its share of the waiting items. */
  inFlightMax?: number
  /** Beyond this many waiting items, a new one is refused with `Unavailable`: a queue that only grows helps nobody. */
  waitingMax?: number
}

/** The part of its share that a batch waits for: requests arrive one by one, and the last few are not worth a pause. */
const batchFillRatio = 0.8

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
 * Batches leave on two lanes. The main lane has room for `inFlightMax` and takes items of every group. The overflow
 * lane has room for one and takes only items of groups that have nothing in flight, quiet ones first: a quiet group runs
 * beside a busy one instead of after it, and in a batch as small as its own requests. While it runs, the main lane has
 * room for one less, because two full batches beside it would take the processors from it.
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
  const inFlight = createInFlight(inFlightMax)
  let isScheduled = false

  /**
   * Starts batches after the sockets of this turn are read, so that requests that arrived together are decided
   * together.
   */
  function schedule(): void {
    const canStart = inFlight.hasRoom('main') || inFlight.hasRoom('overflow')
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
    if (!inFlight.hasRoom('overflow')) return null
    const largest = queues.largest()
    const isQuiet = (group: string) => queues.sizeOf(group) * timesQuieter <= largest
    return take('overflow', batchMax, (group) => isQuiet(group) && !inFlight.hasGroup(group))
  }

  function takeTurns(): Next | null {
    // All items, including those in flight, are shared out among the batches of the main lane.
    const share = Math.ceil((queues.size() + inFlight.items()) / inFlightMax)
    const lane = laneFor(share)
    if (lane === null) return null
    return take(lane, Math.min(batchMax, share), (group) => lane === 'main' || !inFlight.hasGroup(group))
  }

  function take(lane: Lane, max: number, mayTake: (group: string) => boolean): Next | null {
    const isFree = ({ subject }: Waiting<Item, Result>) => !inFlight.hasSubject(subject)
    const batch = queues.take({ max, isFree, mayTake, onTake: inFlight.take })
    return batch.length === 0 ? null : { batch, lane }
  }

  /** While a batch is in flight, the next one of the main lane waits until it is full enough, so that neither is small. */
  function laneFor(share: number): Lane | null {
    const isFull = inFlight.batches('main') === 0 || queues.size() >= batchFillRatio * share
    if (isFull && inFlight.hasRoom('main')) return 'main'
    return inFlight.hasRoom('overflow') ? 'overflow' : null
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
      if (inFlight.hasRoom('main') || !inFlight.hasGroup(group)) schedule()
    })
  }
}
