import { createHash } from 'node:crypto'
import type { ProviderRequest } from '../../engine/ports/receipts.ts'
import { objectOf, textOf } from '../protocols/answer-body.ts'
import {
  fieldsOf,
  hmac,
  inbound,
  isSameBytes,
  parseJson,
  type ReceiptReader,
  report,
} from './receipt-reader.ts'

/** The signature methods that the Vonage dashboard offers: an MD5 hash, or an HMAC. */
export const vonageSignatureMethods = ['sha256', 'sha512', 'sha1', 'md5', 'md5hash'] as const

export type VonageSignature = {
  secret: string
  method: (typeof vonageSignatureMethods)[number]
  /** The account that the secret belongs to. */
  apiKey: string
}

// https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts
const states: Record<string, 'sent' | 'delivered' | 'undelivered' | 'expired'> = {
  accepted: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  expired: 'expired',
  failed: 'undelivered',
  rejected: 'undelivered',
}

/** Vonage retries for a day, possibly with the original signature. */
const ageSecondsMax = 25 * 3600
const skewSeconds = 300

/**
 * Delivery receipts of the SMS API, which an account sends as query, form or JSON. They are signed if the account is
 * set up for it: by a hash over all fields (`sig`), or by a token (JWT) with the digest of the body. Either covers
 * everything that is read here, so a replay only repeats a report, and an old request is refused.
 */
export const createVonageReader = (signature: VonageSignature | null): ReceiptReader => ({
  verify:
    signature === null
      ? null
      : (request) => ({ isRight: (hasToken(request) ? isTokenRight : isSumRight)(request, signature) }),
  read(request) {
    const { messageId, status, 'err-code': code } = fieldsOf(request)
    return messageId === undefined ? null : report(messageId, states[textOf(status)], status, code)
  },
  // https://developer.vonage.com/en/messaging/sms/guides/inbound-sms, signed like the receipts.
  readInbound(request) {
    const { msisdn, text, status } = fieldsOf(request)
    return status === undefined ? inbound(msisdn, text) : []
  },
})

/**
 * https://developer.vonage.com/en/getting-started/concepts/signing-messages: `&name=value` of every field but `sig`, in the
 * order of names, with `_` for each `&` and `=` of a value. Names with those characters would be ambiguous.
 */
function isSumRight(request: ProviderRequest, { secret, method }: VonageSignature): boolean {
  const { sig, ...signed } = fieldsOf(request)
  const names = Object.keys(signed).sort()
  if (!isFresh(signed.timestamp) || !names.every((name) => /^[\w.-]{1,100}$/.test(name))) return false

  let text = ''
  for (const name of names) {
    const value = signed[name]
    if (typeof value !== 'string' && typeof value !== 'number') return false
    text += `&${name}=${String(value).replace(/[&=]/g, '_')}`
  }
  const expected =
    method === 'md5hash'
      ? createHash('md5')
          .update(text + secret)
          .digest()
      : hmac(method, secret, text)
  return isSameBytes(expected, Buffer.from(textOf(sig), 'hex'))
}

const bearer = /^Bearer +([\w-]+)\.([\w-]+)\.([\w-]+)$/i

const hasToken = ({ headers }: ProviderRequest): boolean => /^Bearer /i.test(headers.authorization ?? '')

/**
 * https://developer.vonage.com/en/getting-started/concepts/webhooks: a JWT (HS256) whose claim `payload_hash` is the
 * SHA-256 of the body. It does not cover the query, so nothing is read from there.
 */
function isTokenRight({ url, headers, body }: ProviderRequest, { secret, apiKey }: VonageSignature): boolean {
  const [, head = '', claims = '', given = ''] = bearer.exec(headers.authorization ?? '') ?? []
  const isSigned = isSameBytes(hmac('sha256', secret, `${head}.${claims}`), Buffer.from(given, 'base64url'))
  if (!isSigned || readPart(head).alg !== 'HS256') return false

  const { iss, iat, api_key, payload_hash: digest } = readPart(claims)
  return (
    iss === 'Vonage' &&
    api_key === apiKey &&
    isFresh(iat) &&
    new URL(url).search === '' &&
    isSameBytes(createHash('sha256').update(body).digest(), Buffer.from(textOf(digest), 'hex'))
  )
}

const readPart = (part: string) => objectOf(parseJson(Buffer.from(part, 'base64url').toString('utf8')))

/** Checks a time in seconds since 1970. */
function isFresh(time: unknown): boolean {
  const text = textOf(time)
  const age = Date.now() / 1000 - Number(text)
  return /^[0-9]{1,12}$/.test(text) && age < ageSecondsMax && age > -skewSeconds
}
