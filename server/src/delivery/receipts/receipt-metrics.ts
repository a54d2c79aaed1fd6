import { Counter, type Registry } from 'prom-client'
import type { ReceiptChange } from '../../engine/ports/receipts.ts'

/** Counts reports, with the labels that success rates are computed by. */
export function createReceiptMetrics(registry: Registry): { count: (change: ReceiptChange) => void } {
  const receipts = new Counter({
    name: 'watchword_receipts_total',
    help: 'Messages that reports of carriers have moved to a state.',
    labelNames: ['carrier', 'channel', 'country', 'state'] as const,
    registers: [registry],
  })
  return {
    count: ({ carrier, channel, country, to }) =>
      receipts.inc({ carrier, channel, country: country ?? '', state: to }),
  }
}
