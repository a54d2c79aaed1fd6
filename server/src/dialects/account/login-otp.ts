import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import type { CodeLoginOutcome, LogInWithCode } from '../../engine/sessions/log-in-with-code.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { codeErrors, renderRefusal, renderSuccess, renderWrongCode, type WireError } from './envelope.ts'
import { accountLogin } from './purposes.ts'
import { readCode, readEmail } from './read-fields.ts'
import { renderTokens, renderUser } from './render-account.ts'
import { answersOf, codeField, dataSchemas, emailField, invalidAnswer, meanings, success } from './schemas.ts'

type Refusal = Extract<CodeLoginOutcome, { ok: false }>['refusal']

// A refused login is always 401, so a wrong code gets the status here that a wrong password gets in `login`.
const wrongCode = { status: 401, message: 'codeRefused' } as const

const errors = {
  ...codeErrors,
  unknown: wrongCode,
  used: wrongCode,
  expired: wrongCode,
  locked: wrongCode,
  mismatch: wrongCode,
} satisfies Record<Refusal, WireError>

/** `POST /auth/login/otp` */
export const loginOtpRoute = ({
  projectId,
  loadProject,
  logInWithCode,
}: {
  projectId: ProjectId
  loadProject: LoadProject
  logInWithCode: LogInWithCode
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/login/otp',
    access: 'public',
    summary: 'Logs in by a code',
    description:
      'The code proves the address, so an account that was not verified is verified by it, and loses the password and the names that were registered with it.',
    body: Type.Object({ email: emailField, code: codeField }),
    examples: { document: { email: 'user@example.com', code: '123456' } },
    answers: {
      200: success('Logged in; the code is spent.', 'loggedIn', dataSchemas.login),
      400: invalidAnswer,
      ...answersOf([errors], {
        401: 'The code is wrong, expired, used or locked, or was never issued.',
        429: meanings.code[429],
      }),
    },
    async handle({ body, caller, locale }) {
      const project = await loadProject(projectId)
      const code = readCode(body.code, accountLogin, project)
      if (code === null) return renderWrongCode(accountLogin, { project, locale })

      const outcome = await logInWithCode({
        project,
        purpose: accountLogin,
        email: readEmail(body.email),
        code,
        caller,
      })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderRefusal(errors[outcome.refusal], { locale, retryAfterSeconds })
      }
      const data = { ...renderTokens(outcome.tokens), user: renderUser(outcome.account) }
      return renderSuccess({ status: 200, message: 'loggedIn', locale }, data)
    },
  })
