import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { IdentifySession } from '../../engine/sessions/authenticate.ts'
import { parseBearer } from '../../engine/sessions/authenticate.ts'
import type { LogOut } from '../../engine/sessions/log-out.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { accessErrors, renderSuccess, renderUnauthorized } from './envelope.ts'
import { answersOf, dataSchemas, invalidAnswer, meanings, secretField, success } from './schemas.ts'

/** `POST /auth/logout` */
export const logoutRoute = ({
  projectId,
  identifySession,
  logOut,
}: {
  projectId: ProjectId
  identifySession: IdentifySession
  logOut: LogOut
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/logout',
    access: 'bearer',
    summary: 'Ends a session: every node refuses both tokens at once',
    description:
      'The access token of the body is of the same session as that of the header; where they have expired, the refresh token has to be of that session, too. A refresh token of another account is left alone. Serves the tokens of every dialect on the project.',
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
      const identified = await identifySession({ projectId, accessToken })
      return identified === null
        ? { ok: false, answer: renderUnauthorized(locale) }
        : { ok: true, context: identified }
    },
    async handle({ body, headers, locale }) {
      const accessToken = parseBearer(headers.authorization)
      const [inHeader, inBody] = await Promise.all([
        identifySession({ projectId, accessToken }),
        identifySession({ projectId, accessToken: body.accessToken }),
      ])
      // A request may end only its own session, whatever other tokens the caller has.
      if (inHeader === null || inHeader.session.id !== inBody?.session.id) return renderUnauthorized(locale)

      const isLoggedOut = await logOut({ projectId, accessToken, refreshToken: body.refreshToken })
      if (!isLoggedOut) return renderUnauthorized(locale)
      return renderSuccess({ status: 200, message: 'loggedOut', locale }, null)
    },
  })
