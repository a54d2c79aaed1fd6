import Type from 'typebox'
import { eventTypes, type RecordedEvent, webhookEventTypes } from '../domain/event.ts'
import type { Webhook, WebhookDelivery } from '../engine/ports/webhooks.ts'
import { nullable } from './answers.ts'

/*
 * How the admin API, and `--json` on the command line, render events and webhooks, and the schemas of both.
 */

const text = Type.String()
const moment = Type.String({ format: 'date-time' })
const oneOf = <const Word extends string>(words: readonly Word[]) =>
  Type.Union(words.map((word) => Type.Literal(word)))

export const webhookTypes = oneOf(webhookEventTypes)

export const eventSchema = Type.Object(
  {
    eventId: text,
    type: oneOf(eventTypes),
    at: moment,
    scope: Type.String({ description: 'The project; its workspace, for events about keys; or `server`.' }),
    challengeId: nullable(text),
    accountId: nullable(Type.Integer()),
    address: nullable(Type.String({ description: 'Masked.' })),
    details: Type.Unknown(),
  },
  {
    examples: [
      {
        eventId: '70db37800000a1b2c3d4e5f6',
        type: 'challenge.created',
        at: '2030-01-31T08:00:00.000Z',
        scope: 'PRJ_abc123def456',
        challengeId: '70db37800000f6e5d4c3b2a1',
        accountId: null,
        address: 'u***@example.com',
        details: { purpose: 'login', channel: 'email', content: 'code' },
      },
    ],
  },
)

/** An event as JSON. */
export const renderEvent = ({ id, at, ...event }: RecordedEvent) => ({
  eventId: id,
  type: event.type,
  at: at.toISOString(),
  scope: event.scope,
  challengeId: event.challengeId,
  accountId: event.accountId,
  address: event.address,
  details: event.details,
})

export const webhookSchema = Type.Object({
  webhookId: Type.String({ examples: ['WHK_0f1e2d3c4b5a'] }),
  url: Type.String({ examples: ['https://example.com/hooks'] }),
  eventTypes: Type.Array(webhookTypes, { examples: [['challenge.verified']] }),
  isEnabled: Type.Boolean({ examples: [true] }),
  disabledReason: nullable(text, { examples: [null] }),
  failingSince: nullable(moment, { examples: [null] }),
  previousSecretUntil: nullable(moment, { examples: [null] }),
  createdAt: Type.String({ format: 'date-time', examples: ['2030-01-31T08:00:00.000Z'] }),
})

/** A webhook without its secret, which is shown only once. */
export const renderWebhook = (webhook: Webhook) => ({
  webhookId: webhook.id,
  url: webhook.url,
  eventTypes: webhook.eventTypes,
  isEnabled: webhook.isEnabled,
  disabledReason: webhook.disabledReason,
  failingSince: webhook.failingSince?.toISOString() ?? null,
  previousSecretUntil: webhook.previousUntil?.toISOString() ?? null,
  createdAt: webhook.createdAt.toISOString(),
})

export const deliverySchema = Type.Object(
  {
    eventId: text,
    type: oneOf(eventTypes),
    state: oneOf(['waiting', 'delivered', 'failed']),
    attempts: Type.Integer(),
    nextAt: nullable(moment),
    lastAt: nullable(moment),
    lastStatus: nullable(Type.Integer()),
    lastDetail: nullable(text),
  },
  {
    examples: [
      {
        eventId: '70db37800000a1b2c3d4e5f6',
        type: 'challenge.verified',
        state: 'waiting',
        attempts: 2,
        nextAt: '2030-01-31T08:01:00.000Z',
        lastAt: '2030-01-31T08:00:30.000Z',
        lastStatus: 503,
        lastDetail: 'answered 503',
      },
    ],
  },
)

/** The delivery of one event to one webhook. */
export const renderDelivery = (delivery: WebhookDelivery) => ({
  eventId: delivery.eventId,
  type: delivery.type,
  state: delivery.state,
  attempts: delivery.attempts,
  nextAt: delivery.nextAt?.toISOString() ?? null,
  lastAt: delivery.lastAt?.toISOString() ?? null,
  lastStatus: delivery.lastStatus,
  lastDetail: delivery.lastDetail,
})
