import type { Channel } from '../../domain/address.ts'
import { parseForeignId } from '../../domain/foreign-text.ts'
import { parseRetryAfter } from '../../domain/retry-after.ts'
import type { Secret } from '../../domain/secret.ts'
import { signWebhook } from '../../domain/webhook-signature.ts'
import { type Carrier, type CarrierAnswer, type OutgoingMessage, refuse } from '../carrier.ts'
import { parseJsonObject } from './answer-body.ts'
import { createCarrier } from './create-carrier.ts'
import { classifyFailure } from './http-carrier.ts'
import { createHttpPoster, type HttpOutcome } from './http-post.ts'

/** `url` takes `POST {id, channel, to, text, code, locale, projectId}`; an answer of 2xx means accepted. */
export type WebhookOptions = {
  channels: readonly Channel[]
  url: string
  /** Signs every message as Standard Webhooks does; `whsec_` and Base64. */
  signingSecret?: Secret | null
  name?: string
  concurrencyMax?: number
}

/** Statuses below 500 that mean "later", not "never". */
const temporaryStatuses = new Set([408, 425, 429])

/** Without a setting. */
export const webhookConnections = 64

/** Sends messages to the operator's own gateway over HTTP. */
export function createWebhookCarrier({
  channels,
  url,
  signingSecret = null,
  name = `${channels.join('-')}-webhook`,
  concurrencyMax = webhookConnections,
}: WebhookOptions): Carrier {
  const parsed = parseWebhookUrl(url)
  const poster = createHttpPoster(parsed, { concurrencyMax })

  return createCarrier({
    name,
    secrets: [...secretsOf(parsed), ...(signingSecret === null ? [] : [signingSecret.reveal()])],
    channels,
    concurrencyMax,
    async deliver(message, signal) {
      const body = renderBody(message)
      const key = encodeURIComponent(message.idempotencyKey.toWellFormed())
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'watchword',
        'idempotency-key': key,
        // Of this attempt by our own clock, for a receiver takes no old ones.
        ...(signingSecret === null
          ? {}
          : signWebhook({ id: `msg_${key}`, body, at: new Date() }, [signingSecret])),
      }
      return classify(await poster.post({ headers, body, signal }))
    },
    async close() {
      poster.close()
    },
  })
}

/** The URL is left out of errors, because it may contain the gateway's token. */
function parseWebhookUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new Error(
    'The webhook of a carrier must be an http or https URL, such as https://gateway.example/send',
  )
}

/** A "not found" answer may repeat the path, and the path may contain the token. */
const secretsOf = ({ pathname, search, username, password }: URL): string[] => [
  pathname + search,
  username,
  password,
  ...pathname.split('/'),
  ...search.split(/[?&=]/),
]

const renderBody = ({ challengeId, channel, to, text, code, locale, projectId }: OutgoingMessage): string =>
  JSON.stringify({
    id: challengeId,
    channel,
    to,
    text,
    code: code?.reveal() ?? null,
    locale,
    projectId,
  })

function classify(outcome: HttpOutcome): CarrierAnswer {
  if (outcome.kind !== 'answered') return classifyFailure(outcome)

  const { status, body } = outcome
  // A gateway may name the message: `{"id": "…"}`.
  if (status >= 200 && status < 300)
    return { kind: 'accepted', carrierMessageId: parseForeignId(parseJsonObject(body).id) }
  const detail = `HTTP ${status} ${body}`.trim()
  if (status < 500 && !temporaryStatuses.has(status)) return refuse('for-good', detail)
  return refuse('for-now', detail, parseRetryAfter(outcome.headers['retry-after'], new Date()))
}
