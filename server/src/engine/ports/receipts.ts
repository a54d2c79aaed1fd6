import type { Channel, Region } from '../../domain/address.ts'
import type { DeliveryRate } from '../../domain/demotion.ts'
import type { MessageState, Receipt } from '../../domain/receipt.ts'

/*
 * Reports of carriers on what became of messages: what is needed of the world to take them, and the secrets by which
 * those are known whose provider signs nothing.
 */

/** Keeps what carriers report. */
export type ReceiptStore = {
  /**
   * Applies reports, each at most once, and answers what they changed. A report on a message that is not known is kept
   * for two minutes, for it may have overtaken our own commit.
   */
  apply(receipts: Receipt[]): Promise<ReceiptChange[]>
  /** Looks once more for the messages of unmatched reports. */
  applyUnmatched(): Promise<ReceiptChange[]>
  /** False when the same nonce of a carrier came before with something else around it. */
  admitOnce(seen: { carrier: string; nonce: string; bodyDigest: string }): Promise<boolean>
  /** Of messages that were sent in so many hours, the one that runs among them. */
  rates(query: { hours: number }): Promise<DeliveryRate[]>
}

/** A message that a report has moved. */
export type ReceiptChange = {
  carrier: string
  channel: Channel
  country: Region | null
  from: MessageState
  to: MessageState
}

/** A request of a provider. */
export type ProviderRequest = {
  method: 'GET' | 'POST'
  /** As the provider must have written it: with our public origin, and the query as it came. */
  url: string
  /** Header names in lower case, each with its first value. */
  headers: Readonly<Record<string, string>>
  body: Buffer
}

/** The answer to a provider. `forged`: the signature does not hold. */
export type ReceiptAnswer = { kind: 'taken'; text: string } | { kind: 'unreadable' } | { kind: 'forged' }

/** Handles what providers report over HTTP. */
export type ReceiptHandler = {
  /** Whether reports of this carrier are taken at a path with this token; asked before a body is read. */
  accepts(place: ReceiptPlace): boolean
  handle(place: ReceiptPlace, request: ProviderRequest): Promise<ReceiptAnswer>
}

/** `/receipts/<carrier>`, or `/receipts/<carrier>/<token>`. */
export type ReceiptPlace = { carrier: string; token: string | null }
