import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import { createManageKeys, type ManageKeys } from '../engine/operations/manage-keys.ts'
import type { ApiKeyStore } from '../engine/ports/api-keys.ts'
import { apiKeyScopes } from '../engine/ports/api-keys.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import { badRequest, noSuchProject, nullable, projectAnswers, renderError } from './answers.ts'
import { errors } from './errors.ts'
import { renderKey } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { keySchema } from './schemas.ts'

/** The routes for the API keys of a project. */
export function createKeyRoutes(parts: { projects: ProjectStore; keys: ApiKeyStore }): AdminRoute[] {
  const manageKeys = createManageKeys(parts)
  return [listRoute(manageKeys), createRoute(manageKeys), revokeRoute(manageKeys)]
}

const listRoute = (manageKeys: ManageKeys): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/keys',
    role: 'viewer',
    reach: 'workspace',
    summary: 'List the keys of a project, without the keys themselves',
    answers: {
      200: { description: 'Oldest first.', schema: Type.Object({ keys: Type.Array(keySchema) }) },
      ...projectAnswers,
    },
    async handle({ params }) {
      const keys = await manageKeys.list(params.projectId as ProjectId)
      return keys === null ? noSuchProject() : { status: 200, body: { keys: keys.map(renderKey) } }
    },
  })

const oneScope = Type.Union(apiKeyScopes.map((scope) => Type.Literal(scope)))

const createRoute = (manageKeys: ManageKeys): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/keys',
    role: 'operator',
    reach: 'workspace',
    summary: 'Create an API key for a project and the other projects of its workspace',
    description: 'Only this answer ever contains the key.',
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 100 }),
      scopes: Type.Optional(Type.Array(oneScope, { minItems: 1, uniqueItems: true })),
      expiresAt: Type.Optional(
        nullable(Type.String({ maxLength: 40, description: 'ISO 8601; null for never.' })),
      ),
    }),
    examples: { checkout: { name: 'checkout', scopes: ['otp'], expiresAt: '2035-01-01T00:00:00Z' } },
    answers: {
      201: {
        description: 'Created.',
        schema: Type.Object({ apiKey: Type.String({ examples: ['ww_example…'] }), ...keySchema.properties }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body: { name, scopes, expiresAt: written = null } }) {
      const expiresAt = written === null ? null : new Date(isIso.test(written) ? written : Number.NaN)
      if (expiresAt !== null && !(expiresAt.getTime() > Date.now())) return renderError(errors.notFuture)
      const made = await manageKeys.create(params.projectId as ProjectId, {
        name,
        scopes: scopes ?? ['otp'],
        expiresAt,
      })
      if (made === null) return noSuchProject()
      return { status: 201, body: { apiKey: made.key.reveal(), ...renderKey(made.stored) } }
    },
  })

/** `Date` alone would read "12345" as a year, which our ISO 8601 texts cannot hold. */
const isIso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

const revokeRoute = (manageKeys: ManageKeys): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: '/admin/v1/projects/:projectId/keys/:keyId',
    role: 'operator',
    reach: 'workspace',
    summary: 'Revoke a key; every node refuses it within a second',
    answers: { 204: { description: 'Revoked.', schema: Type.Null() }, ...projectAnswers },
    async handle({ params }) {
      const isRevoked = await manageKeys.revoke(params.projectId as ProjectId, params.keyId ?? '')
      return isRevoked ? { status: 204, body: null } : renderError(errors.noKey)
    },
  })
