import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import type { Session, SessionId } from '../domain/session.ts'
import type { AccountStore } from '../engine/ports/accounts.ts'
import type { UserSessionStore } from '../engine/ports/user-sessions.ts'
import {
  badRequest,
  nextPage,
  nullable,
  projectAnswers,
  readNumber,
  renderError,
  wholeNumberField,
} from './answers.ts'
import { errors } from './errors.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type UserSessionRouteParts = {
  accounts: Pick<AccountStore, 'find'>
  userSessions: UserSessionStore
}

const path = '/admin/v1/projects/:projectId/users/:userId/sessions'

/** The routes for the sessions of a user. */
export const createUserSessionRoutes = (parts: UserSessionRouteParts): AdminRoute[] => [
  listRoute(parts),
  endRoute(parts),
  endAllRoute(parts),
]

const isSessionId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

const sessionSchema = Type.Object({
  sessionId: Type.String({ examples: ['0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'] }),
  label: nullable(Type.String(), { examples: ['Firefox on Linux'] }),
  mount: nullable(Type.String({ description: 'The API that opened it.' }), { examples: ['account'] }),
  createdAt: Type.String({ format: 'date-time', examples: ['2030-01-31T08:00:00.000Z'] }),
  lastUsedAt: Type.String({ format: 'date-time', examples: ['2030-01-31T09:30:00.000Z'] }),
  expiresAt: Type.String({ format: 'date-time', examples: ['2030-03-02T08:00:00.000Z'] }),
})

const listRoute = ({ accounts, userSessions }: UserSessionRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path,
    role: 'viewer',
    summary: 'List the open sessions of a user, newest first',
    query: Type.Object({
      after: Type.Optional(
        Type.Refine(
          Type.String({ description: 'Continue after this session.' }),
          isSessionId,
          () => 'must be the id of a session',
        ),
      ),
      limit: wholeNumberField('At most 200; 50 by default.', { from: 1, to: 200 }),
    }),
    answers: {
      200: {
        description: 'A page. Pass `next` as `after` to get the next one; null on the last page.',
        schema: Type.Object({
          sessions: Type.Array(sessionSchema),
          next: nullable(Type.String(), { examples: [null] }),
        }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const projectId = params.projectId as ProjectId
      const accountId = readNumber(params.userId)
      const account = accountId === null ? null : await accounts.find(projectId, accountId)
      if (account === null) return renderError(errors.noUser)
      const limit = Number(query.limit ?? 50)
      const after = (query.after ?? null) as SessionId | null
      const sessions = await userSessions.list({ projectId, accountId: account.id, after, limit })
      const next = nextPage(sessions, limit, ({ id }) => id)
      return { status: 200, body: { sessions: sessions.map(renderSession), next } }
    },
  })

const endRoute = ({ userSessions }: UserSessionRouteParts): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: `${path}/:sessionId`,
    role: 'operator',
    summary: 'End a session, on every node at once',
    answers: { 204: { description: 'Ended.', schema: Type.Null() }, ...projectAnswers },
    async handle({ params: { projectId, userId, sessionId = '' } }) {
      const accountId = readNumber(userId)
      if (accountId === null || !isSessionId(sessionId)) return renderError(errors.noSession)
      const ended = await userSessions.end({
        projectId: projectId as ProjectId,
        accountId,
        sessionId: sessionId as SessionId,
      })
      return ended.length === 0 ? renderError(errors.noSession) : { status: 204, body: null }
    },
  })

const endAllRoute = ({ accounts, userSessions }: UserSessionRouteParts): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path,
    role: 'operator',
    summary: 'End all sessions of a user, on every node at once',
    answers: {
      200: {
        description: 'How many there were.',
        schema: Type.Object({ ended: Type.Integer({ examples: [3] }) }),
      },
      ...projectAnswers,
    },
    async handle({ params }) {
      const projectId = params.projectId as ProjectId
      const id = readNumber(params.userId)
      const account = id === null ? null : await accounts.find(projectId, id)
      if (account === null) return renderError(errors.noUser)
      const ended = await userSessions.end({ projectId, accountId: account.id, sessionId: null })
      return { status: 200, body: { ended: ended.length } }
    },
  })

/** A session as JSON. */
export const renderSession = ({ id, label, mount, createdAt, lastUsedAt, expiresAt }: Session) => ({
  sessionId: id,
  label,
  mount,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
})
