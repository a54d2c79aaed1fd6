import { createHmac, timingSafeEqual } from 'node:crypto'
import { foreignWords, parseForeignId } from '../../domain/foreign-text.ts'
import { parseJsonText } from '../../domain/json-text.ts'
import type { InboundMessage } from '../../domain/opt-out.ts'
import type { Receipt } from '../../domain/receipt.ts'
import type { ProviderRequest } from '../../engine/ports/receipts.ts'
import type { CarrierReport } from '../carrier.ts'
import { toOneLine } from '../carrier.ts'
import { type JsonObject, objectOf, textOf } from '../protocols/answer-body.ts'

/*
 * What a kind of carrier knows about its provider's reports. Each provider has a file here: how it signs, what it sends,
 * and what its states mean.
 */

/** `once`: the signature does not cover the body, so its nonce may come with one body only. */
export type SignatureVerdict = { isRight: false } | { isRight: true; once?: string }

export type ReceiptReader = {
  /** Null when the provider signs nothing, or we do not have its key: then the path contains the callback token. */
  verify: ((request: ProviderRequest) => SignatureVerdict | Promise<SignatureVerdict>) | null
  /** Requires the callback token in the path although there is a signature. */
  needsToken?: boolean
  /** The provider asks for a verify token beside the URL: the callback token, though the path may not have it. */
  asksForVerifyToken?: boolean
  /** The reports in a request; null when it cannot be read at all. Never throws. */
  read(request: ProviderRequest): CarrierReport[] | null | Promise<CarrierReport[] | null>
  /** What people wrote to the sender, where the provider tells that too; none in a request that reports. Never throws. */
  readInbound?(request: ProviderRequest): InboundMessage[]
  /**
   * Checks and answers a subscription, which a provider verifies the URL with; null for every other request. Called
   * after the path is checked and instead of `verify`, because most subscriptions carry no signature.
   */
  checkSubscription?(request: ProviderRequest, token: CallbackToken): Promise<SubscriptionCheck | null>
}

/** The callback token of the carrier, current and previous. */
export type CallbackToken = { isRight: (given: string) => boolean }

export type SubscriptionCheck = { isConfirmed: true; text: string } | { isConfirmed: false }

/** A reader for a provider that signs nothing. */
export const unsigned = (
  read: ReceiptReader['read'],
  more: Pick<ReceiptReader, 'readInbound'> = {},
): ReceiptReader => ({ verify: null, read, ...more })

/** A list with what a person wrote, or an empty one when the provider names no number or no text. */
export const inbound = (from: unknown, text: unknown): InboundMessage[] =>
  textOf(from) === '' || textOf(text) === '' ? [] : [{ from: textOf(from), text: textOf(text) }]

/** Compares in constant time. A different length is wrong at once, because our lengths are not secret. */
export const isSameBytes = (expected: Buffer, given: Buffer): boolean =>
  expected.length === given.length && timingSafeEqual(expected, given)

/** The keyed hash of a text or of bytes. */
export const hmac = (
  hash: 'md5' | 'sha1' | 'sha256' | 'sha512',
  key: string,
  data: string | Buffer,
): Buffer => createHmac(hash, key).update(data).digest()

/** The fields of a form or a JSON object, and those of the query. In each, the first field of a name counts. */
export function fieldsOf({ url, headers, body }: ProviderRequest): JsonObject {
  const query = fromForm(new URL(url).searchParams)
  const text = body.toString('utf8')
  if (text === '') return query
  if (isJson(headers)) return { ...query, ...objectOf(parseJson(text)) }
  return { ...query, ...fromForm(new URLSearchParams(text)) }
}

/** The value of a JSON body, or undefined. */
export const jsonOf = ({ body }: ProviderRequest): unknown => parseJson(body.toString('utf8'))

export function parseJson(text: string): unknown {
  try {
    return parseJsonText(text)
  } catch {
    return undefined
  }
}

/** A list with the provider's report, or an empty one when it names no message or no known state. */
export function report(
  id: unknown,
  state: Receipt['state'] | undefined,
  ...details: unknown[]
): CarrierReport[] {
  const carrierMessageId = parseForeignId(id)
  if (state === undefined || carrierMessageId === null) return []
  return [{ carrierMessageId, state, detail: detailOf(details) }]
}

// Providers may repeat the text, the number or the address (C2). A part of one to six digits is an error code of theirs.
const detailOf = (details: unknown[]): string | null => {
  const text = details
    .map((part) => cleanPart(textOf(part)))
    .filter((part) => part !== '')
    .join(' ')
  return text === '' ? null : foreignWords(text, 200)
}

const cleanPart = (part: string): string =>
  /^\d{1,6}$/.test(part)
    ? part
    : toOneLine(part)
        .replace(/[^\s<>"'(),;]+@[^\s<>"'(),;]+/g, '[removed]')
        .replace(/\+?\d(?:[\s().-]{0,2}\d){3,}/g, '[removed]')

const isJson = (headers: ProviderRequest['headers']): boolean =>
  /\bjson\b/i.test(headers['content-type'] ?? '')

const fromForm = (form: URLSearchParams): Record<string, string> => {
  const fields: Record<string, string> = Object.create(null)
  for (const [name, value] of form) fields[name] ??= value
  return fields
}
