import type { Config } from '../config/config.ts'
import type { CarrierParts } from '../delivery/carrier.ts'
import type { CarrierKind } from '../delivery/kinds/carrier-kind.ts'
import { carrierKinds } from '../delivery/kinds/index.ts'
import { bounceReader } from '../delivery/receipts/bounce.ts'
import { gatewayReader } from '../delivery/receipts/gateway.ts'
import { createReceiptDesk, needsWord } from '../delivery/receipts/receipt-desk.ts'
import type { ReceiptReader } from '../delivery/receipts/receipt-reader.ts'
import { createReceiptWriter, type ReceiptWriter } from '../delivery/receipts/receipt-writer.ts'
import { createReceiptWords } from '../engine/operations/receipt-words.ts'
import type { ReceiptChange, ReceiptDesk, ReceiptStore } from '../engine/ports/receipts.ts'

export type ReceiptParts = {
  config: Pick<
    Config,
    'carriers' | 'secret' | 'secretPrevious' | 'smtp' | 'smsWebhookUrl' | 'whatsappWebhookUrl'
  >
  /** `PUBLIC_URL`, known in full once the server listens. */
  readPublicUrl: () => string
  store: ReceiptStore
  log: CarrierParts['log'] & { warn: (fields: object, message: string) => void }
  onChange: (change: ReceiptChange) => void
  onFault: (fault: unknown) => void
  /** Readers of carriers that are not in the file. */
  storedReaderOf?: (carrier: string) => ReceiptReader | undefined
}

/** Everything that takes reports of carriers. */
export type Receipts = {
  desk: ReceiptDesk
  writer: ReceiptWriter
  /** What a carrier of this name is given, that its reports come to us. */
  partsOf(name: string, reader?: ReceiptReader | null): CarrierParts
}

/** Readers of the carriers that the environment configures, by their names. */
export const environmentReaders: Readonly<Record<string, ReceiptReader>> = {
  webhook: gatewayReader,
  smtp: bounceReader,
}

/** Puts the taking of reports together. */
export function createReceipts(parts: ReceiptParts): Receipts {
  const { config, readPublicUrl, store, log } = parts
  const words = createReceiptWords({ current: config.secret, previous: config.secretPrevious })
  const writer = createReceiptWriter(parts)
  const readers = new Map<string, ReceiptReader>()
  for (const [name, { kind, settings }] of Object.entries(config.carriers)) {
    const reader = openReader(kind, settings, log)
    if (reader !== null) readers.set(name, reader)
  }
  // The environment's gateways are one carrier to whoever reads records, and to whoever reports.
  if (config.smsWebhookUrl !== null || config.whatsappWebhookUrl !== null)
    readers.set('webhook', gatewayReader)
  if (config.smtp !== null) readers.set('smtp', bounceReader)
  const readerOf = (name: string) => readers.get(name) ?? parts.storedReaderOf?.(name)

  return {
    writer,
    desk: createReceiptDesk({
      readPublicUrl,
      words,
      readerOf,
      store,
      write: writer.write,
      log,
    }),
    partsOf(name, given) {
      const reader = given ?? readers.get(name)
      const publicUrl = readPublicUrl()
      return {
        name,
        log,
        receiptUrl:
          reader === undefined || !isReachable(publicUrl)
            ? null
            : receiptUrlOf({ publicUrl, name, reader, word: words.wordOf(name) }),
        stampOf: words.stampOf,
        onReceipt: (told) => writer.write([{ carrier: name, ...told }]),
      }
    },
  }
}

/** Where a provider reports to. */
export const receiptUrlOf = ({
  publicUrl,
  name,
  reader,
  word,
}: {
  publicUrl: string
  name: string
  reader: ReceiptReader
  word: string
}): string => `${publicUrl}/receipts/${name}${needsWord(reader) ? `/${word}` : ''}`

/** The reader of a carrier; null for kinds whose provider reports nothing over HTTP. */
export function openReader(
  kind: string,
  settings: Readonly<Record<string, unknown>>,
  log: CarrierParts['log'],
): ReceiptReader | null {
  const found: CarrierKind | undefined = carrierKinds.find((known) => known.kind === kind)
  return found?.receipts?.open?.(settings, { log }) ?? null
}

/** Some providers refuse a message whose callback they cannot reach. */
const isReachable = (publicUrl: string): boolean =>
  !/^(localhost|127\.|0\.0\.0\.0$|\[::1?\]$)/.test(new URL(publicUrl).hostname)
