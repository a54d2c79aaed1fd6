import Type from 'typebox'
import type { OperatorSessionStore } from '../engine/ports/operator-sessions.ts'
import type { OperatorStore } from '../engine/ports/operators.ts'
import { clearOperatorCookie } from '../http/operator-cookie.ts'
import { badRequest, errorAnswer, renderError, sharedAnswers } from './answers.ts'
import { errors } from './errors.ts'
import { listedSessionSchema, renderListedSession, renderSession, sessionSchema } from './render-operators.ts'
import { defineSessionRoute, type SessionRoute } from './route.ts'

export type SessionRouteParts = {
  operators: Pick<OperatorStore, 'change'>
  operatorSessions: Pick<OperatorSessionStore, 'list' | 'end' | 'endAll'>
}

/** The answers that every route about the own session may give. */
export const sessionAnswers = {
  401: errorAnswer('Nobody is signed in here.', errors.signInNeeded),
  403: errorAnswer('The request comes from another origin.', errors.otherOrigin),
  415: sharedAnswers[415],
}

const done = { 204: { description: 'Done.', schema: Type.Null() } }
const path = '/admin/v1/session'

/** The routes for the session of the operator who calls, and the others of the same operator. */
export const createSessionRoutes = (parts: SessionRouteParts): SessionRoute[] => [
  showRoute(),
  renameRoute(parts),
  endRoute(parts),
  listRoute(parts),
  endOthersRoute(parts),
  endOneRoute(parts),
]

const shown = { 200: { description: 'The session of who calls.', schema: sessionSchema } }

const showRoute = (): SessionRoute =>
  defineSessionRoute({
    method: 'GET',
    path,
    isForIncomplete: true,
    summary: 'Who is signed in here',
    answers: { ...shown, ...sessionAnswers },
    handle: async (_, session) => ({ status: 200, body: renderSession(session) }),
  })

const renameRoute = ({ operators }: SessionRouteParts): SessionRoute =>
  defineSessionRoute({
    method: 'PATCH',
    path,
    summary: 'Change one’s own name',
    body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) }),
    examples: { name: { name: 'Ada Lovelace' } },
    answers: { ...shown, ...badRequest, ...sessionAnswers },
    async handle({ body: { name } }, session) {
      const { operator } = session
      const changed = await operators.change(operator.id, { name })
      if (!changed.ok) return renderError(errors.signInNeeded)
      return { status: 200, body: renderSession({ ...session, operator: { ...operator, name } }) }
    },
  })

const endRoute = ({ operatorSessions }: SessionRouteParts): SessionRoute =>
  defineSessionRoute({
    method: 'DELETE',
    path,
    isForIncomplete: true,
    summary: 'Sign out here',
    answers: { ...done, ...sessionAnswers },
    async handle(_, { session, operator }) {
      await operatorSessions.end(operator.id, session.id)
      return { status: 204, body: null, headers: { 'set-cookie': clearOperatorCookie } }
    },
  })

const listRoute = ({ operatorSessions }: SessionRouteParts): SessionRoute =>
  defineSessionRoute({
    method: 'GET',
    path: `${path}/all`,
    summary: 'Where the operator is signed in, newest first',
    answers: {
      200: {
        description: 'All sessions of the operator.',
        schema: Type.Object({ sessions: Type.Array(listedSessionSchema) }),
      },
      ...sessionAnswers,
    },
    async handle(_, { session, operator }) {
      const sessions = await operatorSessions.list(operator.id)
      return {
        status: 200,
        body: { sessions: sessions.map((each) => renderListedSession(each, session.id)) },
      }
    },
  })

const endOthersRoute = ({ operatorSessions }: SessionRouteParts): SessionRoute =>
  defineSessionRoute({
    method: 'DELETE',
    path: `${path}/all`,
    summary: 'Sign out everywhere else',
    answers: { ...done, ...sessionAnswers },
    async handle(_, { session, operator }) {
      await operatorSessions.endAll(operator.id, session.id)
      return { status: 204, body: null }
    },
  })

const endOneRoute = ({ operatorSessions }: SessionRouteParts): SessionRoute =>
  defineSessionRoute({
    method: 'DELETE',
    path: `${path}/all/:sessionId`,
    summary: 'End one of the operator’s sessions',
    answers: {
      ...done,
      ...sessionAnswers,
      404: errorAnswer('The operator has no such session.', errors.noOwnSession),
    },
    async handle({ params }, { operator }) {
      const isEnded = await operatorSessions.end(operator.id, params.sessionId ?? '')
      return isEnded ? { status: 204, body: null } : renderError(errors.noOwnSession)
    },
  })
