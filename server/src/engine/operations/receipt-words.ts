import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'

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
