import { type CarrierScope, type Demotion, demotionHours, judgeDemotions } from '../../domain/demotion.ts'
import type { ReceiptStore } from '../../engine/ports/receipts.ts'

/** Which carriers are demoted, as last read. A look-up reads memory only. */
export type Demotions = {
  isDemoted(scope: CarrierScope): boolean
  start(): void
  stop(): Promise<void>
}

export type DemotionsParts = {
  receipts: Pick<ReceiptStore, 'rates'>
  log: { info: (fields: object, message: string) => void; warn: (fields: object, message: string) => void }
  onFault: (fault: unknown) => void
  everyMilliseconds?: number
}

/** Reads the success rates every two seconds, independently of messages. While that fails, the last ones apply. */
export function createDemotions(parts: DemotionsParts): Demotions {
  const { receipts, log, onFault, everyMilliseconds = 2_000 } = parts
  let known = new Map<string, Demotion>()
  let timer: NodeJS.Timeout | null = null
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    const rates = await receipts.rates({ hours: demotionHours })
    const now = new Map(judgeDemotions(rates).map((demotion) => [keyOf(demotion), demotion]))
    for (const [key, demotion] of now) if (!known.has(key)) log.warn(demotion, 'delivery.carrier-demoted')
    for (const [key, { carrier, channel, country }] of known)
      if (!now.has(key)) log.info({ carrier, channel, country }, 'delivery.carrier-restored')
    known = now
  }

  return {
    isDemoted: (scope) => known.has(keyOf(scope)),
    start() {
      timer ??= setInterval(() => {
        // One read at a time, however long it takes.
        reading = reading.then(read).catch(onFault)
      }, everyMilliseconds)
      timer.unref()
    },
    async stop() {
      if (timer !== null) clearInterval(timer)
      await reading
    },
  }
}

const keyOf = ({ carrier, channel, country }: CarrierScope): string =>
  `${carrier} ${channel} ${country ?? ''}`
