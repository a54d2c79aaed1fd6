import Type from 'typebox'
import { eventTypes, type RecordedEvent, webhookEventTypes } from '../domain/event.ts'
import type { Webhook, WebhookDelivery } from '../engine/webhooks.ts'
import { nullable } from './answers.ts'

/*
 * How the admin API, and `--json` on the command line, word events and webhooks, and the schemas of both.
 */

const text = Type.String()
const moment = Type.String({ format: 'date-time' })
const oneOf = <const Word extends string>(words: readonly Word[]) =>
  Type.Union(words.map((word) => Type.Literal(word)))

export const webhookTypes = oneOf(webhookEventTypes)

export const eventSchema = Type.Object({
  eventId: text,
  type: oneOf(eventTypes),
  at: moment,
  scope: Type.String({ description: 'The project, its workspace for what concerns keys, or `server`.' }),
  challengeId: nullable(text),
  accountId: nullable(Type.Integer()),
  address: nullable(Type.String({ description: 'Masked.' })),
  details: Type.Unknown(),
})

/** An event as audits read it. */
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
  webhookId: text,
  url: text,
  eventTypes: Type.Array(webhookTypes),
  isEnabled: Type.Boolean(),
  disabledReason: nullable(text),
  failingSince: nullable(moment),
  previousSecretUntil: nullable(moment),
  createdAt: moment,
})

/** A webhook without its secret, which is shown once. */
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

export const deliverySchema = Type.Object({
  eventId: text,
  type: oneOf(eventTypes),
  state: oneOf(['waiting', 'delivered', 'failed']),
  tries: Type.Integer(),
  nextAt: nullable(moment),
  lastAt: nullable(moment),
  lastStatus: nullable(Type.Integer()),
  lastDetail: nullable(text),
})

/** What became of one event for one webhook. */
export const renderDelivery = (delivery: WebhookDelivery) => ({
  eventId: delivery.eventId,
  type: delivery.type,
  state: delivery.state,
  tries: delivery.tries,
  nextAt: delivery.nextAt?.toISOString() ?? null,
  lastAt: delivery.lastAt?.toISOString() ?? null,
  lastStatus: delivery.lastStatus,
  lastDetail: delivery.lastDetail,
})
