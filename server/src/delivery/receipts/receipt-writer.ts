import type { Receipt } from '../../domain/receipt.ts'
import type { ReceiptChange, ReceiptStore } from '../../engine/ports/receipts.ts'
import { Unstorable } from '../../engine/ports/unstorable.ts'

export type ReceiptWriter = {
  /** Resolves once they are stored. Rejects when they could not be: the provider should then report them again. */
  write(receipts: Receipt[]): Promise<void>
  /** Starts to look for the messages of unmatched reports. */
  start(): void
  stop(): Promise<void>
}

export type ReceiptWriterParts = {
  store: Pick<ReceiptStore, 'apply' | 'applyUnmatched'>
  onChange: (change: ReceiptChange) => void
  onFault: (fault: unknown) => void
  unmatchedMilliseconds?: number
}

const batchMax = 500

type Entry = { receipts: Receipt[]; done: () => void; fail: (error: unknown) => void }

/** Reports that arrive while a batch is being written make up the next one: a busy hour brings hundreds a second. */
export function createReceiptWriter(parts: ReceiptWriterParts): ReceiptWriter {
  const { store, onChange, onFault, unmatchedMilliseconds = 1_000 } = parts
  let pending: Entry[] = []
  let writing: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null
  let looking: Promise<void> = Promise.resolve()

  async function writeAll(): Promise<void> {
    while (pending.length > 0) {
      const batch = takeBatch(pending)
      pending = pending.slice(batch.length)
      try {
        await apply(batch.flatMap(({ receipts }) => receipts))
        for (const { done } of batch) done()
      } catch (error) {
        for (const { fail } of batch) fail(error)
      }
    }
    writing = null
  }

  /** One that can never be stored is told and left out, and takes no other with it: to be told it again changes nothing. */
  async function apply(receipts: Receipt[]): Promise<void> {
    try {
      for (const change of await store.apply(receipts)) onChange(change)
    } catch (error) {
      if (!(error instanceof Unstorable)) throw error
      if (receipts.length === 1) return onFault(error)
      for (const receipt of receipts) await apply([receipt])
    }
  }

  const look = async (): Promise<void> => {
    for (const change of await store.applyUnmatched()) onChange(change)
  }

  return {
    write: (receipts) =>
      receipts.length === 0
        ? Promise.resolve()
        : new Promise((done, fail) => {
            pending.push({ receipts, done, fail })
            writing ??= writeAll()
          }),
    start() {
      timer ??= setInterval(() => {
        // One look at a time, however long it takes.
        looking = looking.then(look).catch(onFault)
      }, unmatchedMilliseconds)
      timer.unref()
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      await Promise.all([looking, writing])
    },
  }
}

/** As many entries as fit a batch, and at least one. */
function takeBatch(entries: Entry[]): Entry[] {
  let size = 0
  const end = entries.findIndex(({ receipts }) => {
    size += receipts.length
    return size > batchMax
  })
  return entries.slice(0, end === -1 ? entries.length : Math.max(1, end))
}
