import { type Channel, maskAddress } from '../../domain/address.ts'
import { type InboundMessage, parseInboundPhone, readOptOutWord } from '../../domain/opt-out.ts'
import type { DeliveryLog } from '../../engine/ports/delivery-log.ts'
import type { OptOutStore } from '../../engine/ports/opt-outs.ts'

/** Who answered STOP to which carrier, as last read. A look-up reads memory only. */
export type OptOuts = {
  isOut(carrier: string, channel: Channel, address: string): boolean
  /** Stores who leaves and who comes back. Rejects if that fails: the carrier should then tell it again. */
  receive(carrier: string, messages: readonly InboundMessage[]): Promise<void>
  /** Reads what other nodes have stored. */
  refresh(): Promise<void>
  start(): void
  stop(): Promise<void>
}

export type OptOutsParts = {
  store: Pick<OptOutStore, 'change' | 'changedSince'>
  log: Pick<DeliveryLog, 'debug' | 'info' | 'warn'>
  onFault: (fault: unknown) => void
  everyMilliseconds?: number
}

/** Every so many readings read all, in case the clock of the database was set back by more than the store allows for. */
const wholeReadingEvery = 300

/**
 * Keeps STOP until START. It holds for SMS, the channel that people answer in; a request for a code does not end it, because
 * anybody can type a number into a form.
 */
export function createOptOuts({ store, log, onFault, everyMilliseconds = 2_000 }: OptOutsParts): OptOuts {
  let out = new Set<string>()
  let readUntil: Date | null = null
  let readings = 0
  let timer: NodeJS.Timeout | null = null
  let reading: Promise<void> = Promise.resolve()

  /** Whether this node did not know it. */
  function note(carrier: string, phone: string, isOut: boolean): boolean {
    const key = keyOf(carrier, phone)
    if (!isOut) return out.delete(key)
    const isNew = !out.has(key)
    out.add(key)
    return isNew
  }

  async function refresh(): Promise<void> {
    const isWhole = readUntil === null || readings % wholeReadingEvery === 0
    const changes = await store.changedSince(isWhole ? null : readUntil)
    readings += 1
    if (isWhole) out = new Set()
    for (const { carrier, phone, isOut } of changes) {
      const isNew = note(carrier, phone, isOut)
      if (isNew && !isWhole) log.debug({ carrier, to: maskAddress(phone) }, eventOf(isOut))
    }
    readUntil = changes.at(-1)?.changedAt ?? readUntil
  }

  async function receiveOne(carrier: string, { from, text }: InboundMessage): Promise<void> {
    const word = readOptOutWord(text)
    if (word === null) return
    const phone = parseInboundPhone(from)
    if (phone === null) return log.warn({ carrier, from: maskAddress(from) }, 'delivery.opt-out-unreadable')
    const isOut = word === 'stop'
    const isNew = await store.change({ carrier, phone, isOut, by: 'person' })
    note(carrier, phone, isOut)
    if (isNew) log.info({ carrier, to: maskAddress(phone) }, eventOf(isOut))
  }

  return {
    isOut: (carrier, channel, address) => channel === 'sms' && out.has(keyOf(carrier, address)),
    async receive(carrier, messages) {
      // In their order: the last word of a person counts.
      for (const message of messages) await receiveOne(carrier, message)
    },
    refresh,
    start() {
      timer ??= setInterval(() => {
        // One reading at a time, however long it takes.
        reading = reading.then(refresh).catch(onFault)
      }, everyMilliseconds)
      timer.unref()
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      await reading
    },
  }
}

const eventOf = (isOut: boolean): string => (isOut ? 'delivery.opted-out' : 'delivery.opted-in')

const keyOf = (carrier: string, phone: string): string => `${carrier} ${phone}`
