import { setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { DeliveryResult, Outbox } from '../../engine/ports/outbox.ts'
import { monotonicNow } from './database-clock.ts'

const batchMax = 256
const pauseMillisecondsMin = 100
const pauseMillisecondsMax = 2_000

type Entry = { result: DeliveryResult; retryUntil: number; done: () => void }

/** Writes results through the outbox. */
export type ResultWriter = {
  /** Resolves once the result is stored or given up. Does not resolve after `endSignal`. Never rejects. */
  write(result: DeliveryResult): Promise<void>
}

/**
 * Results that arrive while a batch is being written make up the next one. While the database is unavailable, results
 * are kept and retried for the longest life of a code: after that the challenge has expired anyway. They cannot
 * outnumber the messages in flight, because each message stays in flight until its last result is stored.
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
      pending = remaining
      try {
        await outbox.record(batch.map(({ result }) => result))
        for (const { done } of batch) done()
        size = Math.min(batchMax, size * 2)
        pause = pauseMillisecondsMin
      } catch (error) {
        log.warn({ error, results: batch.length, waiting: pending.length }, 'delivery.results-not-stored')
        pending = postpone(batch, pending)
        // If a single result cannot be stored, halving soon isolates it, and it goes to the end of the queue.
        size = Math.max(1, Math.floor(batch.length / 2))
        await sleep(pause, null, { signal: endSignal }).catch(() => {})
        pause = Math.min(pauseMillisecondsMax, pause * 2)
      }
    }
    isWriting = false
  }

  /**
   * Puts results back: a batch at the front, a single one behind all others, with the later results of its challenge.
   */
  function postpone(batch: Entry[], others: Entry[]): Entry[] {
    const now = monotonicNow()
    const retried = batch.filter((entry) => entry.retryUntil > now || giveUp(entry))
    if (batch.length > 1) return [...retried, ...others]
    const id = batch[0]?.result.challengeId
    const follows = ({ result }: Entry) => result.challengeId === id
    return [...others.filter((entry) => !follows(entry)), ...retried, ...others.filter(follows)]
  }

  function giveUp({ result, done }: Entry): false {
    const { projectId, challengeId, carrier, outcome } = result
    log.error({ projectId, challengeId, carrier, outcome }, 'delivery.result-lost')
    done()
    return false
  }

  return {
    write: (result) =>
      new Promise((resolve) => {
        pending.push({ result, retryUntil: monotonicNow() + retryMilliseconds, done: resolve })
        if (isWriting) return
        isWriting = true
        void writeAll()
      }),
  }
}

/** The first `size` entries of different challenges: the results of one challenge are stored in order. */
function takeBatch(entries: Entry[], size: number): { batch: Entry[]; remaining: Entry[] } {
  const batch: Entry[] = []
  const remaining: Entry[] = []
  const seen = new Set<string>()
  for (const entry of entries) {
    const id = entry.result.challengeId
    if (batch.length < size && !seen.has(id)) batch.push(entry)
    else remaining.push(entry)
    seen.add(id)
  }
  return { batch, remaining }
}
