import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { Authenticate } from '../../engine/sessions/authenticate.ts'
import { parseBearer } from '../../engine/sessions/authenticate.ts'
import type { LogOut } from '../../engine/sessions/log-out.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { accessErrors, renderSuccess, renderUnauthorized } from './envelope.ts'
import { answersOf, dataSchemas, invalidAnswer, meanings, secretField, success } from './schemas.ts'

/** `POST /auth/logout` */
export const logoutRoute = ({
  projectId,
  authenticate,
  logOut,
}: {
  projectId: ProjectId
  authenticate: Authenticate
  logOut: LogOut
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/logout',
    access: 'bearer',
    summary: 'Ends a session: every node refuses both tokens at once',
    description:
      'The access tokens in the body and in the header must be of the same session. A refresh token of another account stays valid. Serves the tokens of every dialect on the project.',
    body: Type.Object({
      accessToken: secretField('your_access_token'),
      refreshToken: secretField('your_refresh_token'),
    }),
    examples: {
      document: { accessToken: 'your_access_token', refreshToken: 'your_refresh_token' },
    },
    answers: {
      200: success('Logged out.', 'loggedOut', dataSchemas.nothing),
      400: invalidAnswer,
      ...answersOf([accessErrors], meanings.access),
    },
    async admit({ headers, locale }) {
      const accessToken = parseBearer(headers.authorization)
      const authenticated = await authenticate({ projectId, accessToken })
      return authenticated === null
        ? { ok: false, answer: renderUnauthorized(locale) }
        : { ok: true, context: authenticated }
    },
    async handle({ body, headers, locale }) {
      const accessToken = parseBearer(headers.authorization)
      const [inHeader, inBody] = await Promise.all([
        authenticate({ projectId, accessToken }),
        authenticate({ projectId, accessToken: body.accessToken }),
      ])
      // A request may end only its own session, whatever other tokens the caller has.
      if (inHeader === null || inHeader.session.id !== inBody?.session.id) return renderUnauthorized(locale)

      const isLoggedOut = await logOut({ projectId, accessToken, refreshToken: body.refreshToken })
      if (!isLoggedOut) return renderUnauthorized(locale)
      return renderSuccess({ status: 200, message: 'loggedOut', locale }, null)
    },
  })
