import { setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { DeliveryResult, Outbox } from '../../engine/ports/outbox.ts'
import { monotonicNow } from './database-clock.ts'

const batchMax = 256
const pauseMillisecondsMin = 100
const pauseMillisecondsMax = 2_000

type Entry = { result: DeliveryResult; keptUntil: number; done: () => void }

/** Writes results through the outbox. */
export type ResultWriter = {
  /** Resolves once the result is stored, or given up; not after the end. Never rejects. */
  write(result: DeliveryResult): Promise<void>
}

/**
 * What piled up while the last batch was being written is the next one. While the database is away results are kept and
 * retried, for as long as a code may live: after that the challenge has expired by itself. They cannot be more than the
 * messages in flight, and each of those is in flight until its last result is stored.
 */
export function createResultWriter({
  outbox,
  log,
  endSignal,
  keepMilliseconds = 600_000,
}: {
  outbox: Pick<Outbox, 'record'>
  log: DeliveryLog
  /** Nothing is retried once it aborts: the leases run out, and another node sends what is not stored. */
  endSignal: AbortSignal
  keepMilliseconds?: number
}): ResultWriter {
  let pending: Entry[] = []
  let isWriting = false

  async function writeAll(): Promise<void> {
    let size = batchMax
    let pause = pauseMillisecondsMin
    while (pending.length > 0 && !endSignal.aborted) {
      const { batch, rest } = takeBatch(pending, size)
      pending = rest
      try {
        await outbox.record(batch.map(({ result }) => result))
        for (const { done } of batch) done()
        size = Math.min(batchMax, size * 2)
        pause = pauseMillisecondsMin
      } catch (error) {
        log.warn({ error, results: batch.length, waiting: pending.length }, 'delivery.results-not-stored')
        pending = postpone(batch, pending)
        // Should one result be what cannot be stored, it is soon alone, and at the end of the line.
        size = Math.max(1, Math.floor(batch.length / 2))
        await sleep(pause, null, { signal: endSignal }).catch(() => {})
        pause = Math.min(pauseMillisecondsMax, pause * 2)
      }
    }
    isWriting = false
  }

  /** Back into the line: a batch in its place, a single one behind all others, with the later results of its challenge. */
  function postpone(batch: Entry[], others: Entry[]): Entry[] {
    const now = monotonicNow()
    const kept = batch.filter((entry) => entry.keptUntil > now || giveUp(entry))
    if (batch.length > 1) return [...kept, ...others]
    const id = batch[0]?.result.challengeId
    const follows = ({ result }: Entry) => result.challengeId === id
    return [...others.filter((entry) => !follows(entry)), ...kept, ...others.filter(follows)]
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
        pending.push({ result, keptUntil: monotonicNow() + keepMilliseconds, done: resolve })
        if (isWriting) return
        isWriting = true
        void writeAll()
      }),
  }
}

/** The first `size` entries of different challenges: the results of one challenge are stored one after the other. */
function takeBatch(entries: Entry[], size: number): { batch: Entry[]; rest: Entry[] } {
  const batch: Entry[] = []
  const rest: Entry[] = []
  const seen = new Set<string>()
  for (const entry of entries) {
    const id = entry.result.challengeId
    if (batch.length < size && !seen.has(id)) batch.push(entry)
    else rest.push(entry)
    seen.add(id)
  }
  return { batch, rest }
}
