import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { TrustedProxies } from './forwarded.ts'

/** The reference of a request, in its answer and in the log. */
export type RequestReference = (request: IncomingMessage) => string

/** As proxies make them: UUIDs, hexadecimal numbers, words with separators. Too long for a code, too short for a text. */
const wellFormed = /^[A-Za-z0-9][A-Za-z0-9._:-]{15,63}$/

/**
 * References are unique and cheap: a random word per process and a running number. Callers see them. Behind proxies of our own
 * (`TRUST_PROXY`) the reference is the `X-Request-Id` that they give, so that one word finds a request in all logs.
 */
export function createReferences({ trustedProxies }: { trustedProxies: TrustedProxies }): RequestReference {
  const word = randomBytes(6).toString('hex')
  let count = 0
  const next = (): string => {
    count += 1
    return `${word}-${count.toString(36)}`
  }
  if (trustedProxies === 0) return next
  return ({ headers: { 'x-request-id': given } }) =>
    typeof given === 'string' && wellFormed.test(given) ? given : next()
}
