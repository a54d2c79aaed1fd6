import type { ProjectId } from '../../domain/project.ts'
import type { Authenticate } from '../../engine/sessions/authenticate.ts'
import { parseBearer } from '../../engine/sessions/authenticate.ts'
import type { Route } from '../../http/dialect.ts'
import { accessErrors, renderSuccess, renderUnauthorized } from './envelope.ts'
import { renderUser } from './render-account.ts'
import { answersOf, dataSchemas, meanings, success } from './schemas.ts'

/** `GET /auth/me` */
export const meRoute = ({
  projectId,
  authenticate,
}: {
  projectId: ProjectId
  authenticate: Authenticate
}): Route => ({
  method: 'GET',
  path: '/auth/me',
  access: 'bearer',
  summary: 'Shows the owner of the access token',
  description: 'Serves the access tokens of every dialect on the project.',
  answers: {
    200: success('The owner of the token.', 'currentUser', dataSchemas.user),
    ...answersOf([accessErrors], meanings.access),
  },
  async handle({ headers, locale }) {
    const authenticated = await authenticate({
      projectId,
      accessToken: parseBearer(headers.authorization),
    })
    if (authenticated === null) return renderUnauthorized(locale)
    const data = { user: renderUser(authenticated.account) }
    return renderSuccess({ status: 200, message: 'currentUser', locale }, data)
  },
})
