import type { IncomingHttpHeaders } from 'node:http'
import { type Channel, parseEmailAddress } from '../../domain/address.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import type { CarrierParts } from '../carrier.ts'
import {
  type Carrier,
  type CarrierAnswer,
  type OutgoingMessage,
  refuseForGood,
  refuseForNow,
} from '../carrier.ts'
import { describe, type JsonObject, parseJsonObject } from './answer-body.ts'
import { cleanDetail } from './clean-detail.ts'
import { createHttpPoster, type HttpOutcome } from './http-post.ts'

/*
 * What all carriers over HTTP have in common: one address and no second one, one request within the bounds of H4, and
 * what an answer means when the provider's own document does not say.
 */

/** What the provider said. `json` is an empty object when the body is none. */
export type HttpAnswer = { status: number; headers: IncomingHttpHeaders; body: string; json: JsonObject }

/**
 * What an answer means. `account` is a refusal of us and not of the message: credentials, credit, a suspended account, a
 * sender that is not ours. Another carrier may do better at once, and somebody has to be told.
 */
export type Verdict =
  | { kind: 'accepted'; carrierMessageId: string | null }
  | { kind: 'for-good'; detail: string }
  | { kind: 'for-now'; detail: string; retryAfterSeconds?: number | null }
  | { kind: 'account'; detail: string }
  | { kind: 'unknown'; detail: string }

export type HttpRequest = { headers: Record<string, string>; body: string }

export type HttpCarrierParts = CarrierParts & {
  channels: readonly Channel[]
  url: string
  /** Writes the request, or says at once why there is none. */
  render(
    message: OutgoingMessage,
    signal: AbortSignal,
  ): HttpRequest | Verdict | Promise<HttpRequest | Verdict>
  /** Reads what the provider documents. Null when it is nothing of that: then the status decides. */
  judge(answer: HttpAnswer): Verdict | null
  /** Forgets a login that has run out, and says whether it had: the request is then written and sent once more. */
  dropLogin?(answer: HttpAnswer): boolean
  concurrencyMax?: number
}

/** Between two reports of the same carrier's account; every message would tell the same. */
const reportPauseMilliseconds = 60_000

/** A carrier that is one POST to one URL. */
export function createHttpCarrier(parts: HttpCarrierParts): Carrier {
  const { name, log, channels, url, render, judge, concurrencyMax = 64, secrets = [] } = parts
  const poster = createHttpPoster(new URL(url))
  let reportedAt = Number.NEGATIVE_INFINITY

  async function ask(message: OutgoingMessage, signal: AbortSignal, isSecond = false): Promise<Verdict> {
    const request = await render(message, signal)
    if ('kind' in request) return request
    const headers = { accept: 'application/json', 'user-agent': 'watchword', ...request.headers }
    const outcome = await poster.post({ headers, body: request.body, signal })
    if (outcome.kind !== 'answered') return judgeSilence(outcome)

    const answer = { ...outcome, json: parseJsonObject(outcome.body) }
    if (!isSecond && parts.dropLogin?.(answer)) return ask(message, signal, true)
    const verdict = judge(answer) ?? judgeStatus(answer)
    // The header holds a login that no setting spells: in Base64, or a token of this hour.
    const [, login = ''] = request.headers.authorization?.split(' ') ?? []
    return verdict.kind === 'accepted'
      ? verdict
      : { ...verdict, detail: cleanDetail(verdict.detail, message, [...secrets, login]) }
  }

  function report(detail: string): void {
    if (performance.now() - reportedAt < reportPauseMilliseconds) return
    reportedAt = performance.now()
    log.error({ carrier: name, detail }, 'carrier.account-refused')
  }

  return {
    name,
    channels,
    concurrencyMax,
    async deliver(message, signal) {
      if (!isOneAddress(message)) return refuseForGood('The address is not one address.')
      const verdict = await ask(message, signal)
      if (verdict.kind === 'accepted') return verdict
      const detail = cleanDetail(verdict.detail, message, secrets)
      if (verdict.kind === 'account') report(detail)
      return renderRefusal(verdict, detail)
    },
    async close() {
      poster.close()
    },
  }
}

/**
 * What a status means where the body says nothing that is documented. A success without its documented body is not
 * believed: it may be the page of a proxy, and a message that is taken for sent is never sent.
 */
export function judgeStatus(
  { status, headers, body }: HttpAnswer,
  detail: string = describe(`HTTP ${status}`, body),
): Verdict {
  if (status < 300) return { kind: 'unknown', detail }
  // Redirects are not followed; to be sent elsewhere is to have been configured wrongly.
  if (status < 400 || [401, 402, 403, 404, 405, 407].includes(status)) return { kind: 'account', detail }
  if (status >= 500 || [408, 425, 429].includes(status))
    return { kind: 'for-now', detail, retryAfterSeconds: parseRetryAfter(headers['retry-after'], new Date()) }
  return { kind: 'for-good', detail }
}

/** Headers of a body in JSON. */
export const jsonHeaders = { 'content-type': 'application/json' }

/** A form, in the one encoding in which no value can begin another field. */
export const renderForm = (fields: Record<string, string>): HttpRequest => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
})

/** `Authorization: Basic` (RFC 7617). */
export const basicLogin = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const judgeSilence = (outcome: Exclude<HttpOutcome, { kind: 'answered' }>): Verdict => ({
  kind: outcome.kind === 'unsent' ? 'for-now' : 'unknown',
  detail: outcome.detail,
})

function renderRefusal(verdict: Exclude<Verdict, { kind: 'accepted' }>, detail: string): CarrierAnswer {
  switch (verdict.kind) {
    case 'unknown':
      return { kind: 'unknown', detail }
    case 'for-good':
      return refuseForGood(detail)
    case 'for-now':
      return refuseForNow(detail, verdict.retryAfterSeconds)
    case 'account':
      return refuseForNow(detail)
  }
}

/** S8: what reaches a provider is one address, whatever came through to here. */
const isOneAddress = ({ channel, to }: OutgoingMessage): boolean =>
  channel === 'email' ? parseEmailAddress(to) === to : /^\+[1-9][0-9]{4,14}$/.test(to)
