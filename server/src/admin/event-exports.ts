import Type from 'typebox'
import type { RecordedEvent } from '../domain/event.ts'
import type { ProjectId } from '../domain/project.ts'
import { type AuditExport, exportEvents } from '../engine/operations/export-events.ts'
import type { EventStore } from '../engine/ports/events.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { Answer } from '../http/dialect.ts'
import {
  badRequest,
  momentField,
  noSuchProject,
  projectAnswers,
  readMoment,
  reasonField,
  sharedAnswers,
} from './answers.ts'
import { renderEvent } from './render-events.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type EventExportRouteParts = { projects: Pick<ProjectStore, 'find'>; events: EventStore }

/** The routes that export events as lines of JSON, however many there are. */
export const createEventExportRoutes = (parts: EventExportRouteParts): AdminRoute[] => [
  maskedRoute(parts),
  fullRoute(parts),
  serverRoute(parts),
]

const path = '/admin/v1/projects/:projectId/events/export'
const range = {
  from: momentField('Events at or after this time.'),
  until: momentField('Events before this time.'),
}

const lines = {
  200: {
    description: 'One event on each line, oldest first.',
    mediaType: 'application/x-ndjson',
    schema: Type.Unknown(),
    examples: {
      line: `${JSON.stringify({
        eventId: '70db37800000a1b2c3d4e5f6',
        type: 'challenge.created',
        at: '2030-01-31T08:00:00.000Z',
        scope: 'PRJ_abc123def456',
        challengeId: '70db37800000f6e5d4c3b2a1',
        accountId: null,
        address: 'a***@example.com',
        details: { purpose: 'login', channel: 'email', content: 'code' },
      })}\n`,
    },
  },
}

const maskedRoute = ({ projects, events }: EventExportRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path,
    role: 'viewer',
    summary: 'Export the events of a project as JSON lines, with masked addresses',
    query: Type.Object(range),
    answers: { ...lines, ...badRequest, ...projectAnswers },
    async handle({ params, query }) {
      const id = params.projectId as ProjectId
      return (await projects.find(id)) === null
        ? noSuchProject()
        : renderExport(events, { ...rangeOf(query), projects: [withoutWorkspace(id)], reason: null })
    },
  })

/** Who may be shown addresses in full. */
const reveal = 'operator'

const fullRoute = ({ projects, events }: EventExportRouteParts): AdminRoute =>
  defineRoute({
    method: 'POST',
    path,
    role: reveal,
    summary: 'Export the events of a project with addresses in full, for a reason that the audit keeps',
    body: Type.Object({ ...range, reason: reasonField }),
    examples: {
      police: { from: '2030-01-01', until: '2030-02-01', reason: 'ticket 4711, asked for by the police' },
    },
    answers: { ...lines, ...badRequest, ...projectAnswers },
    async handle({ params, body }) {
      const id = params.projectId as ProjectId
      if ((await projects.find(id)) === null) return noSuchProject()
      const reason = body.reason.trim()
      return renderExport(events, { ...rangeOf(body), projects: [withoutWorkspace(id)], reason })
    },
  })

const serverRoute = ({ events }: EventExportRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/events/export',
    role: 'viewer',
    summary: 'Export the events of the server that belong to no project, as JSON lines',
    query: Type.Object(range),
    answers: { ...lines, ...badRequest, ...sharedAnswers },
    handle: async ({ query }) =>
      renderExport(events, { ...rangeOf(query), projects: [], withServer: true, reason: null }),
  })

/** The events of its keys are those of all projects of its workspace. */
const withoutWorkspace = (id: ProjectId) => ({ id, workspaceId: null })

const rangeOf = ({ from, until }: { from?: string; until?: string }) => ({
  from: readMoment(from),
  until: readMoment(until),
  withServer: false,
})

const renderExport = (events: EventStore, wanted: AuditExport): Answer => ({
  status: 200,
  body: null,
  headers: { 'content-disposition': 'attachment; filename="events.jsonl"' },
  stream: {
    contentType: 'application/x-ndjson; charset=utf-8',
    chunks: renderLines(exportEvents(events, wanted)),
  },
})

async function* renderLines(pages: AsyncGenerator<RecordedEvent[]>): AsyncGenerator<string> {
  for await (const page of pages)
    if (page.length > 0) yield page.map((event) => `${JSON.stringify(renderEvent(event))}\n`).join('')
}
