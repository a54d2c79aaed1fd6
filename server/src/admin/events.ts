import Type from 'typebox'
import { type EventScope, serverScope } from '../domain/event.ts'
import type { ProjectId } from '../domain/project.ts'
import { maskEvent } from '../engine/operations/export-events.ts'
import type { EventStore } from '../engine/ports/events.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { Answer } from '../http/dialect.ts'
import {
  badRequest,
  noSuchProject,
  nullable,
  projectAnswers,
  renderError,
  sharedAnswers,
  wholeNumberField,
} from './answers.ts'
import { errors } from './errors.ts'
import { eventSchema, renderEvent } from './render-events.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type EventRouteParts = { projects: ProjectStore } & { events: EventStore }

/** The id of an event in a request. */
export const eventIdField = (description: string) =>
  Type.Optional(
    Type.Refine(
      Type.String({ description }),
      (text) => /^[0-9a-f]{24}$/.test(text),
      () => 'must be the id of an event, 24 hexadecimal digits',
    ),
  )

/** The id of the last event of a page that another page follows. */
export const nextEvent = nullable(Type.String(), {
  examples: ['70db37800000a1b2c3d4e5f6'],
})

const written = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }))

/** Reads a time of a query; undefined for a text that is not a time. */
export function readMoment(text: string | undefined): Date | null | undefined {
  if (text === undefined) return null
  const moment = new Date(text)
  return Number.isNaN(moment.getTime()) ? undefined : moment
}

const query = Type.Object({
  from: written('ISO 8601; events at or after this time.'),
  until: written('ISO 8601; events before this time.'),
  after: eventIdField('Continue after this event.'),
  limit: wholeNumberField('At most 1000; 100 by default.', { from: 1, to: 1000 }),
})

const pageAnswer = {
  200: {
    description: 'A page. Pass `next` as `after` to get the next one; null on the last page.',
    schema: Type.Object({ events: Type.Array(eventSchema), next: nextEvent }),
  },
}

const serverPage = {
  carriers: {
    events: [
      {
        eventId: '70db37800000a1b2c3d4e5f6',
        type: 'carrier.created',
        at: '2030-01-31T08:00:00.000Z',
        scope: serverScope,
        challengeId: null,
        accountId: null,
        address: null,
        details: { carrier: 'gateway', kind: 'webhook' },
      },
    ],
    next: null,
  },
}

/** The routes that read events. They always mask addresses; only the command line exports them in full. */
export const createEventRoutes = ({ projects, events }: EventRouteParts): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/events',
    role: 'viewer',
    summary: 'List the events of a project, oldest first, with masked addresses',
    query,
    answers: { ...pageAnswer, ...badRequest, ...projectAnswers },
    async handle({ params, query }) {
      const scope = params.projectId as ProjectId
      return (await projects.find(scope)) === null ? noSuchProject() : readPage(events, scope, query)
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/admin/v1/events',
    role: 'viewer',
    summary: 'List the events of the server that belong to no project, oldest first',
    query,
    answers: { 200: { ...pageAnswer[200], examples: serverPage }, ...badRequest, ...sharedAnswers },
    handle: ({ query }) => readPage(events, serverScope, query),
  }),
]

async function readPage(
  events: EventStore,
  scope: EventScope,
  query: Readonly<Record<string, string | undefined>>,
): Promise<Answer> {
  const from = readMoment(query.from)
  const until = readMoment(query.until)
  if (from === undefined || until === undefined) return renderError(errors.notMoments)
  const limit = Number(query.limit ?? 100)
  const page = await events.page({ scope, from, until, after: query.after ?? null, limit })
  const next = page.length < limit ? null : (page.at(-1)?.id ?? null)
  return { status: 200, body: { events: page.map(maskEvent).map(renderEvent), next } }
}
