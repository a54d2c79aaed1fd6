import Type from 'typebox'
import { renderIssues } from '../domain/issue.ts'
import type { ProjectId, WorkspaceId } from '../domain/project.ts'
import { hasProject } from '../domain/operator.ts'
import { parseNewProject, parseProjectPatch } from '../domain/project-patch.ts'
import { createCreateProject } from '../engine/operations/create-project.ts'
import type { TextTools } from '../engine/operations/manage-texts.ts'
import { createUnlockAddress } from '../engine/operations/unlock-address.ts'
import type { ApiKeyStore } from '../engine/ports/api-keys.ts'
import type { ChallengeStore } from '../engine/ports/challenges.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import {
  badRequest,
  conflict,
  noSuchProject,
  projectAnswers,
  renderError,
  renderWorded,
  sharedAnswers,
} from './answers.ts'
import { errors } from './errors.ts'
import { renderProject } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { projectSchema } from './schemas.ts'

export type ProjectRouteParts = {
  projects: ProjectStore
  keys: ApiKeyStore
  challenges: Pick<ChallengeStore, 'unlock'>
  /** Which purposes there are. */
  tools: Pick<TextTools, 'purposes'>
}

/** The routes for projects. */
export const createProjectRoutes = (parts: ProjectRouteParts): AdminRoute[] => [
  listRoute(parts),
  createRoute(parts),
  findRoute(parts),
  updateRoute(parts),
  deleteRoute(parts),
  unlockRoute(parts),
]

// The domain validates the values, with better messages than a schema has, for this API and the command line alike.
const patchFields = {
  name: Type.Optional(Type.Unknown({ description: 'The name of the project in messages.' })),
  tokens: Type.Optional(
    Type.Unknown({
      description: 'The total number of sends, including those already made; null for unlimited.',
    }),
  ),
  settings: Type.Optional(Type.Unknown({ description: 'Any of the settings of a project.' })),
}

const listRoute = ({ projects }: ProjectRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects',
    role: 'viewer',
    reach: 'listed',
    summary: 'List the projects, oldest first',
    answers: {
      200: { description: 'All projects.', schema: Type.Object({ projects: Type.Array(projectSchema) }) },
      ...sharedAnswers,
    },
    async handle(_, { projects: own }) {
      const listed = (await projects.list()).filter(({ id }) => hasProject(own, id))
      return { status: 200, body: { projects: listed.map(renderProject) } }
    },
  })

function createRoute(parts: ProjectRouteParts): AdminRoute {
  const createProject = createCreateProject(parts)
  return defineRoute({
    method: 'POST',
    path: '/admin/v1/projects',
    role: 'owner',
    summary: 'Create a project and its first API key',
    description: 'Only this answer ever contains the key.',
    body: Type.Object({
      ...patchFields,
      workspaceId: Type.Optional(
        Type.String({ description: 'The workspace of the project; a new one by default.' }),
      ),
    }),
    examples: { shop: { name: 'My shop', tokens: 5000, settings: { region: 'CI', locale: 'fr' } } },
    answers: {
      201: {
        description: 'Created.',
        schema: Type.Object({
          projectId: Type.String({ examples: ['PRJ_abc123def456'] }),
          apiKey: Type.String({ examples: ['ww_example…'] }),
        }),
      },
      ...badRequest,
      ...sharedAnswers,
    },
    async handle({ body }) {
      const parsed = parseNewProject(body, parts.tools.purposes)
      if (!parsed.ok) return renderWorded(400, renderIssues(parsed.issues))
      const { name, settings, tokens = null } = parsed.value
      const workspaceId = (body.workspaceId ?? null) as WorkspaceId | null
      const result = await createProject({ name, settings, tokensGranted: tokens, workspaceId })
      if (!result.ok) return renderError(errors.noWorkspace)
      return { status: 201, body: { projectId: result.project.id, apiKey: result.key.reveal() } }
    },
  })
}

const findRoute = ({ projects }: ProjectRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId',
    role: 'viewer',
    summary: 'Get one project with its settings and tokens',
    answers: { 200: { description: 'The project.', schema: projectSchema }, ...projectAnswers },
    async handle({ params }) {
      const project = await projects.summarize(params.projectId as ProjectId)
      return project === null ? noSuchProject() : { status: 200, body: renderProject(project) }
    },
  })

const updateRoute = ({ projects, tools }: ProjectRouteParts): AdminRoute =>
  defineRoute({
    method: 'PATCH',
    path: '/admin/v1/projects/:projectId',
    role: 'operator',
    summary: 'Change the name, settings or tokens of a project, or switch it off and on',
    description:
      'What the request leaves out stays unchanged. Every node applies the change within a second. With `isActive: false` every API answers as if the project did not exist, and messages that wait are not sent.',
    body: Type.Object({
      ...patchFields,
      isActive: Type.Optional(Type.Unknown({ description: 'False disables the project.' })),
    }),
    examples: {
      limits: { tokens: 9000, settings: { rateLimit: { requests: 1200, windowSeconds: 60 } } },
      disable: { isActive: false },
    },
    answers: {
      200: { description: 'The project as it is now.', schema: projectSchema },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body }) {
      const id = params.projectId as ProjectId
      const parsed = parseProjectPatch(body, tools.purposes)
      if (!parsed.ok) return renderWorded(400, renderIssues(parsed.issues))
      const { name, isActive, settings, tokens } = parsed.value
      const change = {
        settings,
        ...(isActive === undefined ? {} : { isActive }),
        ...(name === undefined ? {} : { name }),
        ...(tokens === undefined ? {} : { tokensGranted: tokens }),
      }
      if ((await projects.update(id, change)) === null) return noSuchProject()
      const project = await projects.summarize(id)
      return project === null ? noSuchProject() : { status: 200, body: renderProject(project) }
    },
  })

const deleteRoute = ({ projects }: ProjectRouteParts): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: '/admin/v1/projects/:projectId',
    role: 'owner',
    summary: 'Erase a disabled project with everything that it has stored',
    description:
      'It is erased in the background, within minutes, and until then it is listed as `deleted`. Its events stay; they hold no address.',
    answers: {
      202: { description: 'It is being erased. This cannot be undone.', schema: projectSchema },
      ...conflict(errors.projectActive.message),
      ...projectAnswers,
    },
    async handle({ params }) {
      const id = params.projectId as ProjectId
      if ((await projects.delete(id)) === 'active') return renderError(errors.projectActive)
      const project = await projects.summarize(id)
      return project === null ? noSuchProject() : { status: 202, body: renderProject(project) }
    },
  })

function unlockRoute(parts: ProjectRouteParts): AdminRoute {
  const unlockAddress = createUnlockAddress(parts)
  return defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/unlock',
    role: 'operator',
    summary: 'End the lock that wrong codes have put on an address',
    body: Type.Object({ address: Type.String({ description: 'An e-mail address or a phone number.' }) }),
    examples: { email: { address: 'ada@example.com' }, phone: { address: '+255712345678' } },
    answers: {
      200: {
        description: 'Codes for the address can be checked again.',
        schema: Type.Object({
          address: Type.String({ examples: ['ada@example.com'] }),
          unlocked: Type.Literal(true),
        }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body }) {
      const result = await unlockAddress(params.projectId as ProjectId, body.address)
      if (result.ok) return { status: 200, body: { address: result.address, unlocked: true } }
      switch (result.refusal) {
        case 'project-unknown':
          return noSuchProject()
        case 'not-an-address':
          return renderError(errors.notAddress)
        case 'address-unknown':
          return renderError(errors.unknownAddress)
      }
    },
  })
}
