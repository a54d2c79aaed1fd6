import type { Channel, Region } from '../../domain/address.ts'
import type { DeliveryRate } from '../../domain/demotion.ts'
import type { MessageState, Receipt } from '../../domain/receipt.ts'

/*
 * Reports of carriers about messages: what is needed to take and store them.
 */

/** Keeps what carriers report. */
export type ReceiptStore = {
  /**
   * Applies reports, each at most once, and returns what they changed. A report on an unknown message is kept for two
   * minutes, because it may have overtaken our own commit. Rejects with `Unstorable`, and applies none, if a value of any of
   * them cannot be stored.
   */
  apply(receipts: Receipt[]): Promise<ReceiptChange[]>
  /** Tries again to match unmatched reports to messages. */
  applyUnmatched(): Promise<ReceiptChange[]>
  /** False if the same nonce of a carrier was seen before with another body. */
  admitOnce(seen: { carrier: string; nonce: string; bodyDigest: string }): Promise<boolean>
  /** The rates of messages sent in this many hours, including the current one. */
  rates(query: { hours: number }): Promise<DeliveryRate[]>
}

/** A message whose state a report changed. */
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
  /** The URL that the provider called: with our public origin and the unchanged query. */
  url: string
  /** Header names in lower case, each with its first value. */
  headers: Readonly<Record<string, string>>
  body: Buffer
}

/** The answer to a provider. `forged`: the signature is wrong. */
export type ReceiptAnswer = { kind: 'taken'; text: string } | { kind: 'unreadable' } | { kind: 'forged' }

/** Handles what providers report over HTTP. */
export type ReceiptHandler = {
  /** Whether reports of this carrier are accepted at a path with this token. Called before a body is read. */
  accepts(place: ReceiptPlace): boolean
  handle(place: ReceiptPlace, request: ProviderRequest): Promise<ReceiptAnswer>
}

/** `/receipts/<carrier>`, or `/receipts/<carrier>/<token>`. */
export type ReceiptPlace = { carrier: string; token: string | null }
