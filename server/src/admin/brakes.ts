import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import type { BrakeStore } from '../engine/ports/brakes.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import { defineRoute, type Route } from '../http/dialect.ts'
import { badRequest, noSuchProject, projectAnswers, renderError } from './answers.ts'
import { errors } from './errors.ts'
import { renderBrake } from './render.ts'
import { brakeSchema } from './schemas.ts'

export type BrakeRouteParts = { projects: ProjectStore; brakes: BrakeStore }

/** The routes about prefixes of phone numbers that are stopped as pumping (S4). */
export const createBrakeRoutes = (parts: BrakeRouteParts): Route[] => [listRoute(parts), releaseRoute(parts)]

const listRoute = ({ projects, brakes }: BrakeRouteParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/brakes',
    access: 'bearer',
    summary: 'List the prefixes of phone numbers that are stopped now',
    description: '`sends` and `verified` are those of the last hour.',
    answers: {
      200: { description: 'By prefix.', schema: Type.Object({ brakes: Type.Array(brakeSchema) }) },
      ...projectAnswers,
    },
    async handle({ params }) {
      const id = params.projectId as ProjectId
      if ((await projects.find(id)) === null) return noSuchProject()
      return { status: 200, body: { brakes: (await brakes.list(id)).map(renderBrake) } }
    },
  })

const releaseRoute = ({ projects, brakes }: BrakeRouteParts): Route =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/brakes/release',
    access: 'bearer',
    summary: 'Let sends go to a stopped prefix again',
    description: 'For a day nothing stops the prefix; then it is judged like any other.',
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
      return (await brakes.release(id, prefix))
        ? { status: 200, body: { prefix, released: true } }
        : renderError(errors.prefixNotStopped)
    },
  })
