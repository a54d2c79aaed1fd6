import type { Channel } from '../domain/address.ts'
import type { ChallengeId } from '../domain/challenge.ts'
import type { MessageLocale } from '../domain/locale.ts'
import type { ProjectId } from '../domain/project.ts'
import type { Receipt } from '../domain/receipt.ts'
import type { Secret } from '../domain/secret.ts'
import type { TextPurpose } from '../domain/text.ts'
import type { DeliveryLog } from '../engine/ports/delivery-log.ts'

/*
 * Delivery brings committed challenges to their addresses: it words them, picks carriers, retries, and writes down
 * what became of each. What may be sent, and to whom, the engine has decided before anything arrives here.
 */

/** One message, worded and ready to go. */
export type OutgoingMessage = {
  challengeId: ChallengeId
  projectId: ProjectId
  channel: Channel
  /** What it is for; `code` for a test message of no purpose. */
  purpose: TextPurpose
  /** E.164, or an e-mail address. */
  to: string
  /** Null in a notice, which opens nothing. */
  code: Secret | null
  /** Null where the channel has no subject. */
  subject: string | null
  text: string
  /** Null where the channel shows plain text only. */
  html: string | null
  locale: MessageLocale
  /** Nothing may leave from this moment on (I4). */
  expiresAt: Date
  /** When it was written, by the clock that `expiresAt` is of: what is left of its life is counted from here (V10). */
  writtenAt: Date
  /** The same at every attempt, so that a carrier that knows such keys delivers a repeated message once. */
  idempotencyKey: string
}

/**
 * What a carrier says to one message. `refused` is certain: it was not taken. `unknown` means that it was written to the
 * carrier and no answer came, so it may yet arrive.
 */
export type CarrierAnswer =
  | { kind: 'accepted'; carrierMessageId: string | null }
  | { kind: 'refused'; reason: RefusalReason; detail: string; retryAfterSeconds: number | null }
  | { kind: 'unknown'; detail: string }

/**
 * Whom a refusal is about. `for-good`: this message or its recipient, however often one asks. `for-now`: this moment.
 * `account`: us, that is credentials, credit, a suspended account, a sender that is not ours. Another carrier may do
 * better at once, and somebody has to be told.
 */
export type RefusalReason = 'for-good' | 'for-now' | 'account'

declare const isMadeByCreateCarrier: unique symbol

/**
 * What delivers. One file each; the dispatcher knows nothing else of them. Only `createCarrier` makes one, so the words of
 * every carrier are cleaned (C2).
 */
export type Carrier = {
  readonly [isMadeByCreateCarrier]: true
  /** Stands in records and logs. */
  name: string
  channels: readonly Channel[]
  /** At most so many messages are given to it at once. */
  concurrencyMax: number
  /** Answers as soon as it can once the signal aborts, and keeps nothing back to send later. Does not reject. */
  deliver(message: OutgoingMessage, signal: AbortSignal): Promise<CarrierAnswer>
  close?(): Promise<void>
}

/** What a carrier was heard to report of one message. */
export type CarrierReport = Omit<Receipt, 'carrier'>

/** What a carrier is given besides its settings. */
export type CarrierParts = {
  /** Under which it is configured; stands in records and logs. */
  name: string
  log: Pick<DeliveryLog, 'error'>
  /** Where the provider is to report to. Null when nobody outside could reach it. */
  receiptUrl?: string | null
  /** What nobody else can put to an id, by which a bounce of a message is known. */
  messageTagOf?: (id: string) => string
  /** Keeps what is reported over the carrier's own connection. */
  onReceipt?: (report: CarrierReport) => Promise<void>
  /** What must stand in no record or log, whatever the provider says: filled in by `defineCarrierKind`. */
  secrets?: readonly string[]
}

/** A refusal; `retryAfterSeconds` is how long the carrier asks to be left alone. */
export const refuse = (
  reason: RefusalReason,
  detail: string,
  retryAfterSeconds: number | null = null,
): Extract<CarrierAnswer, { kind: 'refused' }> => ({ kind: 'refused', reason, detail, retryAfterSeconds })

/** Line breaks and other control characters become spaces: what it returns cannot begin a second header. */
export const toOneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
