import type { IncomingHttpHeaders } from 'node:http'
import { type Channel, parseEmailAddress } from '../../domain/address.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import {
  type Carrier,
  type CarrierAnswer,
  type CarrierParts,
  type OutgoingMessage,
  refuse,
} from '../carrier.ts'
import { describe, type JsonObject, parseJsonObject } from './answer-body.ts'
import { createCarrier } from './create-carrier.ts'
import { createHttpPoster, type HttpOutcome } from './http-post.ts'

/*
 * What all carriers over HTTP have in common: exactly one address, one request within the bounds of H4, and what an
 * answer means when the provider's document does not say.
 */

/** The answer of the provider. `json` is an empty object when the body is not an object. */
export type HttpAnswer = { status: number; headers: IncomingHttpHeaders; body: string; json: JsonObject }

export type HttpRequest = { headers: Record<string, string>; body: string }

export type HttpCarrierParts = CarrierParts & {
  channels: readonly Channel[]
  url: string
  /** Writes the request, or returns at once why there is none. */
  render(
    message: OutgoingMessage,
    signal: AbortSignal,
  ): HttpRequest | CarrierAnswer | Promise<HttpRequest | CarrierAnswer>
  /** Classifies documented answers. Null for other answers: then the status decides. */
  classify(answer: HttpAnswer): CarrierAnswer | null
  /** Drops an expired login, and returns whether there was one: then the request is written and sent again. */
  dropLogin?(answer: HttpAnswer): boolean
  concurrencyMax?: number
}

/** A carrier that sends each message with one POST to one URL. */
export function createHttpCarrier(parts: HttpCarrierParts): Carrier {
  const { name, log, secrets = [], channels, url, render, classify, concurrencyMax = 64 } = parts
  const poster = createHttpPoster(new URL(url), { concurrencyMax })

  async function ask(
    message: OutgoingMessage,
    signal: AbortSignal,
    { hide, isSecond = false }: { hide: (secret: string) => void; isSecond?: boolean },
  ): Promise<CarrierAnswer> {
    const request = await render(message, signal)
    if ('kind' in request) return request
    // A login that is not in the settings in this form: in Base64, or a temporary token.
    const [, login = ''] = request.headers.authorization?.split(' ') ?? []
    hide(login)
    const headers = { accept: 'application/json', 'user-agent': 'watchword', ...request.headers }
    const outcome = await poster.post({ headers, body: request.body, signal })
    if (outcome.kind !== 'answered') return classifyFailure(outcome)

    const answer = { ...outcome, json: parseJsonObject(outcome.body) }
    if (!isSecond && parts.dropLogin?.(answer)) return ask(message, signal, { hide, isSecond: true })
    return classify(answer) ?? classifyStatus(answer)
  }

  return createCarrier({
    name,
    log,
    secrets,
    channels,
    concurrencyMax,
    async deliver(message, signal, hide) {
      if (!isOneAddress(message)) return refuse('for-good', 'The address is not one address.')
      return ask(message, signal, { hide })
    },
    async close() {
      poster.close()
    },
  })
}

/**
 * What a status means without a documented body. A success without its documented body does not count: it may be the
 * page of a proxy, and a message that wrongly counts as sent is never sent.
 */
export function classifyStatus(
  { status, headers, body }: HttpAnswer,
  detail: string = describe(`HTTP ${status}`, body),
): CarrierAnswer {
  if (status < 300) return { kind: 'unknown', detail }
  // Redirects are not followed; one means that the configuration is wrong.
  if (status < 400 || [401, 402, 403, 404, 405, 407].includes(status)) return refuse('account', detail)
  if (status >= 500 || [408, 425, 429].includes(status))
    return refuse('for-now', detail, parseRetryAfter(headers['retry-after'], new Date()))
  return refuse('for-good', detail)
}

/** Headers of a body in JSON. */
export const jsonHeaders = { 'content-type': 'application/json' }

/** A form, encoded so that no value can start another field. */
export const renderForm = (fields: Record<string, string>): HttpRequest => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
})

/** `Authorization: Basic` (RFC 7617). */
export const basicLogin = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** What a request without an answer means: one that was never sent was certainly not accepted. */
export const classifyFailure = ({
  kind,
  detail,
}: Exclude<HttpOutcome, { kind: 'answered' }>): CarrierAnswer =>
  kind === 'unsent' ? refuse('for-now', detail) : { kind: 'unknown', detail }

/** S8: a provider gets exactly one address, even if earlier checks failed. */
const isOneAddress = ({ channel, to }: OutgoingMessage): boolean =>
  channel === 'email' ? parseEmailAddress(to) === to : /^\+[1-9][0-9]{4,14}$/.test(to)
