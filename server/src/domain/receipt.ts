/** What carriers report about a message that they accepted. */
export const receiptStates = ['sent', 'expired', 'undelivered', 'delivered'] as const
export type ReceiptState = (typeof receiptStates)[number]

/** What is known about a message that a carrier took. */
export type MessageState = 'accepted' | ReceiptState

/** One report on one message. */
export type Receipt = {
  /** The configured name. The ids of two carriers may be equal. */
  carrier: string
  carrierMessageId: string
  state: ReceiptState
  /** The carrier's own text in one line, at most 200 characters. */
  detail: string | null
}

// Reports come late, twice and in any order. States are ranked and a message only moves up, so the outcome does not depend
// on the order. `delivered` ranks highest: that a phone received the message is a fact, while "not delivered" often only
// means that a carrier stopped waiting.
const rank: Record<MessageState, number> = { accepted: 0, sent: 1, expired: 2, undelivered: 3, delivered: 4 }

/** The state that holds after two reports on the same message. */
export const laterState = <State extends MessageState>(one: State, other: State): State =>
  rank[other] > rank[one] ? other : one

/** Whether the message will not arrive, as far as is known. */
export const isLost = (state: MessageState): boolean => state === 'undelivered' || state === 'expired'
