import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import type { ManageWebhooksParts } from '../engine/operations/manage-webhooks.ts'
import {
  createManageWebhooks,
  type ManageWebhooks,
  type WebhookRefusal,
} from '../engine/operations/manage-webhooks.ts'
import type { Answer } from '../http/dialect.ts'
import { badRequest, conflict, noSuchProject, projectAnswers, renderError } from './answers.ts'
import { errors } from './errors.ts'
import { eventIdField, nextEvent, readMoment } from './events.ts'
import {
  deliverySchema,
  renderDelivery,
  renderWebhook,
  webhookSchema,
  webhookTypes,
} from './render-events.ts'
import { type AdminRoute, defineRoute } from './route.ts'

/** The routes for the webhooks of a project. */
export function createWebhookRoutes(parts: ManageWebhooksParts): AdminRoute[] {
  const manage = createManageWebhooks(parts)
  return [
    listRoute(manage),
    createRoute(manage),
    updateRoute(manage),
    deleteRoute(manage),
    rotateRoute(manage),
    deliveriesRoute(manage),
    replayRoute(manage),
  ]
}

const path = '/admin/v1/projects/:projectId/webhooks'
const noSuchWebhook = (): Answer => renderError(errors.noWebhook)

function renderRefusal(refusal: WebhookRefusal): Answer {
  switch (refusal) {
    case 'project-unknown':
      return noSuchProject()
    case 'webhook-unknown':
      return noSuchWebhook()
    case 'not-a-url':
      return renderError(errors.notWebhookUrl)
    case 'too-many':
      return renderError(errors.webhooksFull)
  }
}

const url = Type.String({
  maxLength: 2_000,
  description: 'https; http only within the configured private networks.',
})
const types = Type.Array(webhookTypes, { minItems: 1, uniqueItems: true })
const withSecret = Type.Object({
  secret: Type.String({
    description: 'Only this answer ever contains it.',
    examples: ['whsec_example…'],
  }),
  ...webhookSchema.properties,
})

const listRoute = (manage: ManageWebhooks): AdminRoute =>
  defineRoute({
    method: 'GET',
    path,
    role: 'viewer',
    summary: 'List the webhooks of a project, oldest first',
    answers: {
      200: { description: 'All webhooks.', schema: Type.Object({ webhooks: Type.Array(webhookSchema) }) },
      ...projectAnswers,
    },
    async handle({ params }) {
      const webhooks = await manage.list(params.projectId as ProjectId)
      return webhooks === null
        ? noSuchProject()
        : { status: 200, body: { webhooks: webhooks.map(renderWebhook) } }
    },
  })

const createRoute = (manage: ManageWebhooks): AdminRoute =>
  defineRoute({
    method: 'POST',
    path,
    role: 'operator',
    summary: 'Create a webhook: events of the project are sent to its URL',
    body: Type.Object({ url, eventTypes: Type.Optional(types) }),
    examples: { verified: { url: 'https://example.com/hooks', eventTypes: ['challenge.verified'] } },
    answers: {
      201: { description: 'Created.', schema: withSecret },
      ...badRequest,
      ...projectAnswers,
      ...conflict('The project has as many webhooks as it may have'),
    },
    async handle({ params, body: { url, eventTypes = null } }) {
      const result = await manage.create(params.projectId as ProjectId, { url, eventTypes })
      if (!result.ok) return renderRefusal(result.refusal)
      return { status: 201, body: { secret: result.secret.reveal(), ...renderWebhook(result.webhook) } }
    },
  })

const updateRoute = (manage: ManageWebhooks): AdminRoute =>
  defineRoute({
    method: 'PATCH',
    path: `${path}/:webhookId`,
    role: 'operator',
    summary: 'Change the URL or the events of a webhook, or disable or enable it',
    body: Type.Object({
      url: Type.Optional(url),
      eventTypes: Type.Optional(types),
      isEnabled: Type.Optional(Type.Boolean()),
    }),
    examples: { pause: { isEnabled: false } },
    answers: {
      200: { description: 'The webhook as it is now.', schema: webhookSchema },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body }) {
      const { url, eventTypes, isEnabled } = body
      const change = {
        ...(url === undefined ? {} : { url }),
        ...(eventTypes === undefined ? {} : { eventTypes }),
        ...(isEnabled === undefined ? {} : { isEnabled }),
      }
      const result = await manage.update(params.projectId as ProjectId, params.webhookId ?? '', change)
      if (!result.ok) return renderRefusal(result.refusal)
      return { status: 200, body: renderWebhook(result.webhook) }
    },
  })

const deleteRoute = (manage: ManageWebhooks): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: `${path}/:webhookId`,
    role: 'operator',
    summary: 'Remove a webhook and its pending deliveries',
    answers: { 204: { description: 'Removed.', schema: Type.Null() }, ...projectAnswers },
    async handle({ params }) {
      const isRemoved = await manage.remove(params.projectId as ProjectId, params.webhookId ?? '')
      return isRemoved ? { status: 204, body: null } : noSuchWebhook()
    },
  })

const rotateRoute = (manage: ManageWebhooks): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: `${path}/:webhookId/secret`,
    role: 'operator',
    summary: 'Give a webhook a new secret; the previous one also signs for another day',
    answers: { 201: { description: 'Created.', schema: withSecret }, ...projectAnswers },
    async handle({ params }) {
      const result = await manage.rotate(params.projectId as ProjectId, params.webhookId ?? '')
      if (!result.ok) return renderRefusal(result.refusal)
      return { status: 201, body: { secret: result.secret.reveal(), ...renderWebhook(result.webhook) } }
    },
  })

const deliveriesRoute = (manage: ManageWebhooks): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: `${path}/:webhookId/deliveries`,
    role: 'viewer',
    summary: 'List the deliveries of a webhook, newest first',
    query: Type.Object({
      state: Type.Optional(
        Type.Union([Type.Literal('waiting'), Type.Literal('delivered'), Type.Literal('failed')]),
      ),
      before: eventIdField('Continue before this event.'),
    }),
    answers: {
      200: {
        description: 'A page. Pass `next` as `before` to get the next one; null on the last page.',
        schema: Type.Object({ deliveries: Type.Array(deliverySchema), next: nextEvent }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const limit = 100
      const deliveries = await manage.deliveries(params.projectId as ProjectId, params.webhookId ?? '', {
        state: query.state ?? null,
        before: query.before ?? null,
        limit,
      })
      if (deliveries === null) return noSuchWebhook()
      const next = deliveries.length < limit ? null : (deliveries.at(-1)?.eventId ?? null)
      return { status: 200, body: { deliveries: deliveries.map(renderDelivery), next } }
    },
  })

const replayRoute = (manage: ManageWebhooks): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: `${path}/:webhookId/replay`,
    role: 'operator',
    summary: 'Deliver one event, or all of a time range, again',
    description: 'Covers the last 30 days. Events keep their ids, so that a receiver can recognise them.',
    body: Type.Object({
      eventId: eventIdField('Only this event.'),
      from: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601.' })),
      until: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601; exclusive.' })),
    }),
    examples: { outage: { from: '2030-01-31T08:00:00Z', until: '2030-01-31T09:30:00Z' } },
    answers: {
      202: {
        description: 'Deliveries start within seconds.',
        schema: Type.Object({ deliveries: Type.Integer({ examples: [12] }) }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body }) {
      const [from, until] = [readMoment(body.from), readMoment(body.until)]
      const what =
        body.eventId !== undefined ? { eventId: body.eventId } : from && until ? { from, until } : null
      if (what === null) return renderError(errors.nothingToReplay)
      const count = await manage.replay(params.projectId as ProjectId, params.webhookId ?? '', what)
      return count === null ? noSuchWebhook() : { status: 202, body: { deliveries: count } }
    },
  })
