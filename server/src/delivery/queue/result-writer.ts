import { setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { DeliveryResult, Outbox } from '../../engine/ports/outbox.ts'
import { Unavailable } from '../../engine/ports/unavailable.ts'
import { Unstorable } from '../../engine/ports/unstorable.ts'
import { monotonicNow } from './database-clock.ts'

const batchMax = 256
const pauseMillisecondsMin = 100
const pauseMillisecondsMax = 2_000
const glanceMilliseconds = 20

type Entry = {
  result: DeliveryResult
  retryUntil: number
  /** It waits until then, alone, after it could not be stored; `pause` is how long it last waited. */
  dueAt: number
  pause: number
  done: () => void
}

/** Writes results through the outbox. */
export type ResultWriter = {
  /** Resolves once the result is stored or given up. Does not resolve after `endSignal`. Never rejects. */
  write(result: DeliveryResult): Promise<void>
}

/**
 * Results that arrive while a batch is being written make up the next one. While the database is unavailable, results
 * are kept and retried for the longest life of a code: after that the challenge has expired anyway. They cannot
 * outnumber the messages in flight, because each message stays in flight until its last result is stored. A result that
 * cannot be stored delays no other: batches are halved until it is isolated, and then it alone waits.
 */
export function createResultWriter({
  outbox,
  log,
  endSignal,
  retryMilliseconds = 600_000,
}: {
  outbox: Pick<Outbox, 'record'>
  log: DeliveryLog
  /**
   * Nothing is retried once it aborts: the leases expire, and another node sends the messages without a stored result.
   */
  endSignal: AbortSignal
  retryMilliseconds?: number
}): ResultWriter {
  let pending: Entry[] = []
  let isWriting = false

  async function writeAll(): Promise<void> {
    let size = batchMax
    let pause = pauseMillisecondsMin
    while (pending.length > 0 && !endSignal.aborted) {
      const { batch, remaining } = takeBatch(pending, size)
      if (batch.length === 0) {
        await sleepUntilDue()
        continue
      }
      pending = remaining
      try {
        await outbox.record(batch.map(({ result }) => result))
        for (const { done } of batch) done()
        size = Math.min(batchMax, size * 2)
        pause = pauseMillisecondsMin
      } catch (error) {
        log.warn({ error, results: batch.length, waiting: pending.length }, 'delivery.results-not-stored')
        pending = postpone(batch, pending, error)
        size = Math.max(1, Math.floor(batch.length / 2))
        if (!(error instanceof Unavailable)) continue
        // The database is unavailable for all results.
        await sleep(pause, null, { signal: endSignal }).catch(() => {})
        pause = Math.min(pauseMillisecondsMax, pause * 2)
      }
    }
    isWriting = false
  }

  /** Puts results back: a batch at the front, a single one behind all others, with the later results of its challenge. */
  function postpone(batch: Entry[], others: Entry[], error: unknown): Entry[] {
    const now = monotonicNow()
    const kept = batch.filter((entry) => entry.retryUntil > now || giveUp(entry))
    const [single] = kept
    if (batch.length > 1 || single === undefined) return [...kept, ...others]
    const { result } = single
    // What a carrier says may be impossible to store; the state of the code must be stored without it.
    if (error instanceof Unstorable && (result.detail !== null || result.carrierMessageId !== null))
      return [{ ...single, result: { ...result, detail: null, carrierMessageId: null } }, ...others]
    if (!(error instanceof Unavailable)) {
      single.pause = Math.min(pauseMillisecondsMax, Math.max(pauseMillisecondsMin, single.pause * 2))
      single.dueAt = now + single.pause
    }
    const follows = ({ result: { challengeId } }: Entry) => challengeId === result.challengeId
    return [...others.filter((entry) => !follows(entry)), single, ...others.filter(follows)]
  }

  /** Every result waits for its own moment. Short, so that a new one does not wait with them. */
  const sleepUntilDue = (): Promise<void> =>
    sleep(glanceMilliseconds, undefined, { signal: endSignal }).catch(() => undefined)

  function giveUp({ result, done }: Entry): false {
    const { projectId, challengeId, carrier, outcome } = result
    log.error({ projectId, challengeId, carrier, outcome }, 'delivery.result-lost')
    done()
    return false
  }

  return {
    write: (result) =>
      new Promise((resolve) => {
        const retryUntil = monotonicNow() + retryMilliseconds
        pending.push({ result, retryUntil, dueAt: 0, pause: 0, done: resolve })
        if (isWriting) return
        isWriting = true
        void writeAll()
      }),
  }
}

/** The first `size` due entries of different challenges: the results of one challenge are stored one after the other. */
function takeBatch(entries: Entry[], size: number): { batch: Entry[]; remaining: Entry[] } {
  const batch: Entry[] = []
  const skipped: Entry[] = []
  const seen = new Set<string>()
  const now = monotonicNow()
  let looked = 0
  for (; looked < entries.length && batch.length < size; looked += 1) {
    const entry = entries[looked] as Entry
    const id = entry.result.challengeId
    if (entry.dueAt <= now && !seen.has(id)) batch.push(entry)
    else skipped.push(entry)
    seen.add(id)
  }
  // Those behind are not looked at: thousands may wait, and each batch would look at all of them.
  return { batch, remaining: [...skipped, ...entries.slice(looked)] }
}
