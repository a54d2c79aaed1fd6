import Type from 'typebox'
import type { SendOutcome } from '../../engine/send-code.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { renderRefusal, renderSuccess, sendErrors, type WireError } from './envelope.ts'
import type { AccountDialectParts } from './index.ts'
import { dataSchemas, emailField, failures, lifeSeconds, readEmail, success } from './schemas.ts'

type Refusal = Extract<SendOutcome, { ok: false }>['refusal']

const errors = { ...sendErrors } satisfies Record<Refusal, WireError>

/** `POST /auth/login/otp/generate` */
export const loginOtpGenerateRoute = ({
  projectId,
  loadProject,
  requestCode,
}: Pick<AccountDialectParts, 'projectId' | 'loadProject' | 'requestCode'>): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/login/otp/generate',
    access: 'public',
    summary: 'Sends a code to log in with',
    description: 'An address without an account is answered the same, and nothing is sent to it.',
    body: Type.Object({ email: emailField, ...messageLanguage }),
    examples: { document: { email: 'user@example.com' } },
    answers: {
      200: success('If there is such an account, a code is on its way.', dataSchemas.sent),
      400: failures.invalid,
      429: failures.tooMany,
    },
    async handle({ body, caller, locale, languages }) {
      const project = await loadProject(projectId)
      const email = readEmail(body.email)
      const outcome = await requestCode({
        project,
        purpose: 'account-login',
        email,
        target: body.email,
        languages,
        caller,
      })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderRefusal(errors[outcome.refusal], { locale, retryAfterSeconds })
      }
      const data = { email, expiresIn: lifeSeconds(outcome.challenge) }
      return renderSuccess({ status: 200, message: 'codeRequested', locale }, data)
    },
  })
