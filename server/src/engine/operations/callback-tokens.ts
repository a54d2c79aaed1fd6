import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'

/** The tokens that stand in the path of reports where a provider does not sign. */
export type CallbackTokens = {
  /** That of a carrier, made of the present master secret. */
  tokenOf(carrier: string): string
  /** Compared in constant time, with that of the previous master secret too. */
  isRight(carrier: string, token: string): boolean
  /** What nobody else can put to an id, by which a message of ours is known again. */
  messageTagOf(id: string): string
}

const tokenBytes = 20

/** Enough for what can only be guessed by asking, and short, for a longer Message-ID begins on a line of its own. */
const tagBytes = 12

/** Derives the tokens: nothing has to be stored, and every node knows them. */
export function createCallbackTokens({
  current,
  previous,
}: {
  current: Secret
  previous: Secret | null
}): CallbackTokens {
  const keys = [current, ...(previous === null ? [] : [previous])].map((secret) =>
    Buffer.from(hkdfSync('sha256', secret.reveal(), 'watchword', 'watchword/receipts/1', 32)),
  )
  const tagKey = Buffer.from(
    hkdfSync('sha256', current.reveal(), 'watchword', 'watchword/message-stamps/1', 32),
  )
  const tokenBy = (key: Buffer, text: string): string =>
    createHmac('sha256', key).update(text).digest().subarray(0, tokenBytes).toString('hex')
  const [newest] = keys as [Buffer, ...Buffer[]]
  return {
    tokenOf: (carrier) => tokenBy(newest, carrier),
    messageTagOf: (id) =>
      createHmac('sha256', tagKey).update(id).digest().subarray(0, tagBytes).toString('base64url'),
    isRight: (carrier, token) => keys.map((key) => isSame(tokenBy(key, carrier), token)).includes(true),
  }
}

/** Digests have one length, so comparing them tells nothing about the length of what was given. */
const isSame = (expected: string, given: string): boolean => timingSafeEqual(digest(expected), digest(given))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
