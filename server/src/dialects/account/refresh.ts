import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { RefreshRefusal } from '../../domain/session.ts'
import type { RefreshSession } from '../../engine/sessions/refresh-session.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { renderRefusal, renderSuccess, type WireError } from './envelope.ts'
import { renderTokens } from './render-account.ts'
import { answersOf, dataSchemas, invalidAnswer, secretField, success } from './schemas.ts'

// One answer for all: a caller with a stolen token must not learn that the theft was detected.
const refused = { status: 401, message: 'refreshTokenRefused' } as const

const errors = {
  unknown: refused,
  ended: refused,
  expired: refused,
  spent: refused,
  reused: refused,
} satisfies Record<RefreshRefusal, WireError>

/** `POST /auth/refresh` */
export const refreshRoute = ({
  projectId,
  refreshSession,
}: {
  projectId: ProjectId
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
      }),
    },
    async handle({ body, locale }) {
      const outcome = await refreshSession({ projectId, refreshToken: body.refreshToken })
      if (!outcome.ok) return renderRefusal(errors[outcome.refusal], { locale })
      return renderSuccess({ status: 200, message: 'refreshed', locale }, renderTokens(outcome.tokens))
    },
  })
