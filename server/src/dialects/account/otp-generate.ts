import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { RequestCode } from '../../engine/accounts/request-code.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { renderRefusal, renderSuccess, sendErrors } from './envelope.ts'
import { readEmail, readPurpose } from './read-fields.ts'
import { lifeSeconds } from './render-account.ts'
import { answersOf, dataSchemas, emailField, meanings, purposeField, success } from './schemas.ts'

/** `POST /auth/otp/generate` */
export const otpGenerateRoute = ({
  projectId,
  loadProject,
  requestCode,
}: {
  projectId: ProjectId
  loadProject: LoadProject
  requestCode: RequestCode
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/otp/generate',
    access: 'public',
    summary: 'Sends a code for one of the three purposes',
    description:
      'The same code as that of the purpose’s own route: each replaces the other, and the limits count both. An address without an account gets the same answer, but no message. Neither does a verified account that asks for a verification code.',
    body: Type.Object({ email: emailField, purpose: purposeField, ...messageLanguage }),
    examples: { document: { email: 'user@example.com', purpose: 'ACCOUNT_VERIFICATION' } },
    answers: {
      200: success(
        'If the address can use such a code, it is on its way.',
        'codeRequested',
        dataSchemas.sentFor,
      ),
      ...answersOf([sendErrors], meanings.send),
    },
    async handle({ body, caller, locale, languages }) {
      const project = await loadProject(projectId)
      const email = readEmail(body.email)
      const outcome = await requestCode({
        project,
        purpose: readPurpose(body.purpose),
        email,
        target: body.email,
        languages,
        caller,
      })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderRefusal(sendErrors[outcome.refusal], { locale, retryAfterSeconds })
      }
      const data = { email, purpose: body.purpose, expiresIn: lifeSeconds(outcome.challenge) }
      return renderSuccess({ status: 200, message: 'codeRequested', locale }, data)
    },
  })
