import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Channel, Region } from '../../domain/address.ts'
import type { DeliveryRate } from '../../domain/demotion.ts'
import type { MessageState, Receipt } from '../../domain/receipt.ts'
import type { Secret } from '../../domain/secret.ts'

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
  /** Looks once more for the messages of reports that came too early. */
  applyEarly(): Promise<ReceiptChange[]>
  /** False when the same word of a carrier came before with something else around it. */
  admitOnce(word: { carrier: string; word: string; bodyDigest: string }): Promise<boolean>
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

/** What a provider sends us, unread. */
export type ReceiptRequest = {
  method: 'GET' | 'POST'
  /** Path and query, as they were asked for. */
  target: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Buffer
}

/** The answer to a provider. `forged`: the signature does not hold. */
export type ReceiptAnswer = { kind: 'taken'; text: string } | { kind: 'unreadable' } | { kind: 'forged' }

/** Takes what providers report over HTTP. */
export type ReceiptDesk = {
  /** Whether reports of this carrier are taken at a path with this word; asked before a body is read. */
  admits(place: ReceiptPlace): boolean
  take(place: ReceiptPlace, request: ReceiptRequest): Promise<ReceiptAnswer>
}

/** `/receipts/<carrier>`, or `/receipts/<carrier>/<word>`. */
export type ReceiptPlace = { carrier: string; word: string | null }

/** The words that stand in the path where a provider does not sign. */
export type ReceiptWords = {
  /** That of a carrier, made of the present master secret. */
  wordOf(carrier: string): string
  /** Compared in constant time, with that of the previous master secret too. */
  isRight(carrier: string, word: string): boolean
  /** What nobody else can put to an id, by which a message of ours is known again. */
  stampOf(id: string): string
}

const wordBytes = 20
/** Enough for what can only be guessed by asking, and short, for a longer Message-ID begins on a line of its own. */
const stampBytes = 12

/** Derives the words: nothing has to be stored, and every node knows them. */
export function createReceiptWords({
  current,
  previous,
}: {
  current: Secret
  previous: Secret | null
}): ReceiptWords {
  const keys = [current, ...(previous === null ? [] : [previous])].map((secret) =>
    Buffer.from(hkdfSync('sha256', secret.reveal(), 'watchword', 'watchword/receipts/1', 32)),
  )
  const stampKey = Buffer.from(
    hkdfSync('sha256', current.reveal(), 'watchword', 'watchword/message-stamps/1', 32),
  )
  const wordBy = (key: Buffer, text: string): string =>
    createHmac('sha256', key).update(text).digest().subarray(0, wordBytes).toString('hex')
  const [newest] = keys as [Buffer, ...Buffer[]]
  return {
    wordOf: (carrier) => wordBy(newest, carrier),
    stampOf: (id) =>
      createHmac('sha256', stampKey).update(id).digest().subarray(0, stampBytes).toString('base64url'),
    isRight: (carrier, word) => keys.map((key) => isSame(wordBy(key, carrier), word)).includes(true),
  }
}

/** Digests have one length, so comparing them tells nothing about the length of what was given. */
const isSame = (expected: string, given: string): boolean => timingSafeEqual(digest(expected), digest(given))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
