import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { StoppedPrefixStore } from '../engine/ports/stopped-prefixes.ts'
import { badRequest, noSuchProject, projectAnswers, renderError } from './answers.ts'
import { errors } from './errors.ts'
import { renderStoppedPrefix } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { stoppedPrefixSchema } from './schemas.ts'

export type StoppedPrefixRouteParts = { projects: ProjectStore; stoppedPrefixes: StoppedPrefixStore }

/** The routes for phone prefixes that pumping protection has stopped (S4). */
export const createStoppedPrefixRoutes = (parts: StoppedPrefixRouteParts): AdminRoute[] => [
  listRoute(parts),
  releaseRoute(parts),
]

const listRoute = ({ projects, stoppedPrefixes }: StoppedPrefixRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/stopped-prefixes',
    role: 'viewer',
    summary: 'List the phone prefixes that are stopped now',
    description: '`sends` and `verified` count the last hour.',
    answers: {
      200: {
        description: 'Sorted by prefix.',
        schema: Type.Object({ stoppedPrefixes: Type.Array(stoppedPrefixSchema) }),
      },
      ...projectAnswers,
    },
    async handle({ params }) {
      const id = params.projectId as ProjectId
      if ((await projects.find(id)) === null) return noSuchProject()
      return {
        status: 200,
        body: { stoppedPrefixes: (await stoppedPrefixes.list(id)).map(renderStoppedPrefix) },
      }
    },
  })

const releaseRoute = ({ projects, stoppedPrefixes }: StoppedPrefixRouteParts): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/stopped-prefixes/release',
    role: 'operator',
    summary: 'Release a stopped prefix',
    description: 'Nothing stops the prefix for a day; after that it is judged like any other.',
    body: Type.Object({ prefix: Type.String({ description: 'As the list shows it.' }) }),
    examples: { prefix: { prefix: '+225070' } },
    answers: {
      200: {
        description: 'Released.',
        schema: Type.Object({ prefix: Type.String({ examples: ['+225070'] }), released: Type.Literal(true) }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body: { prefix } }) {
      const id = params.projectId as ProjectId
      if ((await projects.find(id)) === null) return noSuchProject()
      return (await stoppedPrefixes.release(id, prefix))
        ? { status: 200, body: { prefix, released: true } }
        : renderError(errors.prefixNotStopped)
    },
  })
