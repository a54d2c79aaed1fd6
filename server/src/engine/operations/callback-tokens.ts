import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../domain/secret.ts'

/** The tokens in the path of reports of providers that do not sign. */
export type CallbackTokens = {
  /** The token of a carrier, derived from the current master secret. */
  tokenOf(carrier: string): string
  /** Compares in constant time, also with the token of the previous master secret. */
  isRight(carrier: string, token: string): boolean
  /** A tag that only we can compute for an id. It identifies a message as ours. */
  messageTagOf(id: string): string
}

const tokenBytes = 20

/** Enough for a tag that can only be guessed online. Short, because a longer Message-ID would be folded onto its own line. */
const tagBytes = 12

/** Derives the tokens, so that nothing is stored and every node knows them. */
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

/** Compares digests, which have one length, so the time reveals nothing about the length of the input. */
const isSame = (expected: string, given: string): boolean => timingSafeEqual(digest(expected), digest(given))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
