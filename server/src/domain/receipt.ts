/** What carriers report of a message that they had accepted. */
export const receiptStates = ['sent', 'expired', 'undelivered', 'delivered'] as const
export type ReceiptState = (typeof receiptStates)[number]

/** What is known of a message that a carrier took. */
export type MessageState = 'accepted' | ReceiptState

/** One report on one message. */
export type Receipt = {
  /** As the configuration names it: carriers may call different messages the same. */
  carrier: string
  carrierMessageId: string
  state: ReceiptState
  /** The carrier's own words, in one line; at most 200 characters. */
  detail: string | null
}

// Reports come late, twice and in any order, so states are ordered and a message only ever rises: whatever the order,
// the outcome is the same. `delivered` is the last one, for a phone that has shown the message is a fact, while "not
// delivered" is often no more than the end of somebody's patience.
const rank: Record<MessageState, number> = { accepted: 0, sent: 1, expired: 2, undelivered: 3, delivered: 4 }

/** Which of two reports on the same message holds. */
export const laterState = <State extends MessageState>(one: State, other: State): State =>
  rank[other] > rank[one] ? other : one

/** Whether the message will not arrive, as far as is known. */
export const isLost = (state: MessageState): boolean => state === 'undelivered' || state === 'expired'
