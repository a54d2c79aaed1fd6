import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import type { LogInWithPassword, PasswordLoginOutcome } from '../../engine/sessions/log-in-with-password.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { renderRefusal, renderSuccess, type WireError } from './envelope.ts'
import { readEmail } from './read-fields.ts'
import { renderTokens, renderUser } from './render-account.ts'
import { answersOf, dataSchemas, emailField, invalidAnswer, secretField, success } from './schemas.ts'

type Refusal = Extract<PasswordLoginOutcome, { ok: false }>['refusal']

// A locked account, an unknown one and a wrong password are all `wrong`. Only a caller with the right password gets the
// other two, and would otherwise look for an error in it (A3).
const errors = {
  wrong: { status: 401, message: 'credentialsWrong' },
  unverified: { status: 403, message: 'accountUnverified' },
  inactive: { status: 403, message: 'accountInactive' },
  'too-many-requests': { status: 429, message: 'tooMany' },
} as const satisfies Record<Refusal, WireError>

/** `POST /auth/login` */
export const loginRoute = ({
  projectId,
  loadProject,
  logInWithPassword,
}: {
  projectId: ProjectId
  loadProject: LoadProject
  logInWithPassword: LogInWithPassword
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/login',
    access: 'public',
    summary: 'Logs in by password',
    body: Type.Object({ email: emailField, password: secretField('your_password') }),
    examples: { document: { email: 'user@example.com', password: 'your_password' } },
    answers: {
      200: success('Logged in.', 'loggedIn', dataSchemas.login),
      400: invalidAnswer,
      ...answersOf([errors], {
        401: 'No account has this address and password, or its passwords are locked.',
        403: 'The password is right, but the account is unverified or disabled.',
        429: 'Too many logins of this network have failed.',
      }),
    },
    async handle({ body, caller, locale }) {
      const outcome = await logInWithPassword({
        project: await loadProject(projectId),
        email: readEmail(body.email),
        password: new Secret(body.password),
        caller,
      })
      if (!outcome.ok) {
        const { refusal, retryAfterSeconds } = outcome
        return renderRefusal(errors[refusal], { locale, retryAfterSeconds })
      }
      const data = { ...renderTokens(outcome.tokens), user: renderUser(outcome.account) }
      return renderSuccess({ status: 200, message: 'loggedIn', locale }, data)
    },
  })
