import type { Channel } from '../domain/address.ts'
import type { ChallengeId } from '../domain/challenge.ts'
import type { MessageLocale } from '../domain/locale.ts'
import type { InboundMessage } from '../domain/opt-out.ts'
import type { ProjectId } from '../domain/project.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { Secret } from '../domain/secret.ts'
import type { TextPurpose } from '../domain/text.ts'
import type { DeliveryLog } from '../engine/ports/delivery-log.ts'

/*
 * Delivery sends committed challenges to their addresses: it writes the messages, picks carriers, retries, and records
 * the result of each. The engine has already decided what may be sent, and to whom.
 */

/** One message, written and ready to send. */
export type OutgoingMessage = {
  challengeId: ChallengeId
  projectId: ProjectId
  channel: Channel
  /** Its purpose; `code` for a test message without one. */
  purpose: TextPurpose
  /** E.164, or an e-mail address. */
  to: string
  /** Null in a notice. */
  code: Secret | null
  /** Null if the channel has no subject. */
  subject: string | null
  text: string
  /** Null if the channel shows plain text only. */
  html: string | null
  locale: MessageLocale
  /** Nothing may be sent from this time on (I4). */
  expiresAt: Date
  /** When it was written, by the same clock as `expiresAt`. The remaining life is counted from here (V10). */
  writtenAt: Date
  /** The same at every attempt, so that a carrier that supports such keys delivers a repeated message once. */
  idempotencyKey: string
}

/**
 * The answer of a carrier to one message. `refused` is certain: the carrier did not accept it. `unknown` means that it
 * was written to the carrier and no answer came, so it may still arrive.
 */
export type CarrierAnswer =
  | { kind: 'accepted'; carrierMessageId: string | null }
  | { kind: 'refused'; reason: RefusalReason; detail: string; retryAfterSeconds: number | null }
  | { kind: 'unknown'; detail: string }

/**
 * Whom a refusal is about. `for-good`: this message or its recipient, however often one asks. `recipient-for-now`: this
 * recipient at this moment. `for-now`: the carrier at this moment. `unclear-for-now`: the recipient or the carrier, which
 * the carrier does not say. `account`: us, that is credentials, credit, a suspended account, a sender that is not ours.
 * Another carrier may do better at once, and an operator has to be told.
 */
export type RefusalReason = 'for-good' | 'recipient-for-now' | 'unclear-for-now' | 'for-now' | 'account'

declare const isMadeByCreateCarrier: unique symbol

/**
 * What delivers messages: all that the dispatcher knows about a carrier. Only `createCarrier` creates one, so everything
 * that a carrier says is cleaned (C2).
 */
export type Carrier = {
  readonly [isMadeByCreateCarrier]: true
  /** The name in records and logs. */
  name: string
  channels: readonly Channel[]
  /** The maximum number of messages that it gets at a time. */
  concurrencyMax: number
  /** Answers as soon as it can once the signal aborts, and keeps nothing to send later. Does not reject. */
  deliver(message: OutgoingMessage, signal: AbortSignal): Promise<CarrierAnswer>
  close?(): Promise<void>
}

/** What a carrier reports about one message. */
export type CarrierReport = Omit<Receipt, 'carrier'>

/** What a carrier is given besides its settings. */
export type CarrierParts = {
  /** The name that it is configured under, which records and logs show. */
  name: string
  log: Pick<DeliveryLog, 'error'>
  /** The URL for the provider's reports. Null if it cannot be reached from outside. */
  receiptUrl?: string | null
  /** The host of `PUBLIC_URL`. Null when it is this very machine. */
  hostName?: string | null
  /** The message tag of an id, which identifies a bounce and which nobody else can create. */
  messageTagOf?: (id: string) => string
  /** Stores a report that arrives over the carrier's own connection. */
  onReceipt?: (report: CarrierReport) => Promise<void>
  /** Takes what a person wrote to us over the carrier's own connection. */
  onInbound?: (message: InboundMessage) => Promise<void>
  /** What no record or log may contain, even if the provider repeats it. Set by `defineCarrierKind`. */
  secrets?: readonly string[]
}

/** A refusal; `retryAfterSeconds` is the pause that the carrier requests. */
export const refuse = (
  reason: RefusalReason,
  detail: string,
  retryAfterSeconds: number | null = null,
): Extract<CarrierAnswer, { kind: 'refused' }> => ({ kind: 'refused', reason, detail, retryAfterSeconds })

/** Line breaks and other control characters become spaces: the result cannot start another header. */
export const toOneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
