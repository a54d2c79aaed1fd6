import Type from 'typebox'
import { channels } from '../domain/address.ts'
import { renderIssues } from '../domain/issue.ts'
import type { ProjectId } from '../domain/project.ts'
import {
  createManageRoutes,
  type ManageRoutesParts,
  type RouteResult,
} from '../engine/operations/manage-routes.ts'
import type { Answer } from '../http/dialect.ts'
import { badRequest, noSuchProject, nullable, projectAnswers, renderWorded } from './answers.ts'
import { type AdminRoute, defineRoute } from './route.ts'

const path = '/admin/v1/projects/:projectId/routes'

const routeEntrySchema = Type.Object({
  carrier: Type.String(),
  to: Type.Array(Type.String()),
  weight: nullable(Type.Integer()),
})
const routesSchema = Type.Object(
  {
    routes: Type.Array(
      Type.Object({
        channel: Type.Union(channels.map((channel) => Type.Literal(channel))),
        source: Type.Union([Type.Literal('project'), Type.Literal('server')]),
        carriers: Type.Array(routeEntrySchema),
      }),
    ),
  },
  {
    examples: [
      {
        routes: [
          { channel: 'email', source: 'server', carriers: [{ carrier: 'smtp', to: [], weight: null }] },
          {
            channel: 'sms',
            source: 'project',
            carriers: [
              { carrier: 'orange', to: ['CI', '+22507'], weight: null },
              { carrier: 'twilio', to: [], weight: 3 },
            ],
          },
          { channel: 'whatsapp', source: 'server', carriers: [] },
          { channel: 'voice', source: 'server', carriers: [] },
        ],
      },
    ],
  },
)

/** The routes for the carriers that send a project's messages. */
export function createCarrierRouteRoutes(parts: ManageRoutesParts): AdminRoute[] {
  const manageRoutes = createManageRoutes(parts)
  return [
    defineRoute({
      method: 'GET',
      path,
      role: 'viewer',
      summary: 'List the carriers of each channel, the project’s own or the server’s',
      answers: { 200: { description: 'Every channel.', schema: routesSchema }, ...projectAnswers },
      handle: async ({ params }) => renderRoutes(await manageRoutes.show(params.projectId as ProjectId)),
    }),
    defineRoute({
      method: 'PATCH',
      path,
      role: 'operator',
      summary: 'Change the carriers of some channels',
      description:
        'Carriers are listed in the order in which they are tried: a name, or {carrier, to, weight}. An empty list restores the server’s route for the channel.',
      body: Type.Object({
        routes: Type.Unknown({ description: 'Channels with their carriers.' }),
      }),
      examples: {
        order: { routes: { sms: ['orange', 'twilio'] } },
        destinations: {
          routes: {
            sms: [
              { carrier: 'orange', to: ['CI', '+22507'] },
              { carrier: 'twilio', weight: 3 },
            ],
          },
        },
      },
      answers: {
        200: { description: 'Every channel as it is now.', schema: routesSchema },
        ...badRequest,
        ...projectAnswers,
      },
      handle: async ({ params, body }) =>
        renderRoutes(await manageRoutes.set(params.projectId as ProjectId, body.routes)),
    }),
  ]
}

function renderRoutes(result: RouteResult): Answer {
  if (result.ok) {
    const routes = result.routes.map(({ entries, ...route }) => ({ ...route, carriers: entries }))
    return { status: 200, body: { routes } }
  }
  if (result.refusal === 'project-unknown') return noSuchProject()
  return renderWorded(400, renderIssues(result.issues))
}
