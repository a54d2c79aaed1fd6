import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import type { RefreshOutcome, RefreshSession } from '../../engine/sessions/refresh-session.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { renderRefusal, renderSuccess, type WireError } from './envelope.ts'
import { renderTokens } from './render-account.ts'
import { answersOf, dataSchemas, invalidAnswer, secretField, success } from './schemas.ts'

type Refusal = Extract<RefreshOutcome, { ok: false }>['refusal']

// One answer for all: a caller with a stolen token must not learn that the theft was detected.
const refused = { status: 401, message: 'refreshTokenRefused' } as const

const errors = {
  unknown: refused,
  ended: refused,
  expired: refused,
  spent: refused,
  reused: refused,
  'too-many-requests': { status: 429, message: 'tooMany' },
  'too-soon': { status: 429, message: 'tooMany' },
} as const satisfies Record<Refusal, WireError>

/** `POST /auth/refresh` */
export const refreshRoute = ({
  projectId,
  loadProject,
  refreshSession,
}: {
  projectId: ProjectId
  loadProject: LoadProject
  refreshSession: RefreshSession
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/refresh',
    access: 'public',
    summary: 'Exchanges a refresh token for a new pair of tokens',
    description:
      'Serves the refresh tokens of every dialect on the project. A token that comes back within ten seconds is answered once more if nobody has used its successor, which is replaced; later it was stolen, and its session ends.',
    body: Type.Object({ refreshToken: secretField('your_refresh_token') }),
    examples: { document: { refreshToken: 'your_refresh_token' } },
    answers: {
      200: success('A new pair; the old refresh token is spent.', 'refreshed', dataSchemas.tokens),
      400: invalidAnswer,
      ...answersOf([errors], {
        401: 'The refresh token is unknown, spent or expired, or its session has ended.',
        429: 'The session was refreshed too often, and the token stays live; or too many refreshes of this network were refused, and this one is refused as well.',
      }),
    },
    async handle({ body, caller, locale }) {
      const project = await loadProject(projectId)
      const outcome = await refreshSession({ project, refreshToken: body.refreshToken, caller })
      if (!outcome.ok) {
        const { refusal, retryAfterSeconds } = outcome
        return renderRefusal(errors[refusal], { locale, retryAfterSeconds })
      }
      return renderSuccess({ status: 200, message: 'refreshed', locale }, renderTokens(outcome.tokens))
    },
  })
