import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { ValidateCode } from '../../engine/accounts/validate-code.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { codeErrors, renderRefusal, renderSuccess, renderWrongCode } from './envelope.ts'
import { readCode, readEmail, readPurpose } from './read-fields.ts'
import { answersOf, codeField, dataSchemas, emailField, meanings, purposeField, success } from './schemas.ts'

/** `POST /auth/otp/validate` */
export const otpValidateRoute = ({
  projectId,
  loadProject,
  validateCode,
}: {
  projectId: ProjectId
  loadProject: LoadProject
  validateCode: ValidateCode
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/otp/validate',
    access: 'public',
    summary: 'Checks a code without spending it',
    description:
      'For forms of two screens: the route of the second one spends the code. A wrong code counts like any other failed attempt.',
    body: Type.Object({ email: emailField, code: codeField, purpose: purposeField }),
    examples: {
      document: { email: 'user@example.com', code: '123456', purpose: 'ACCOUNT_VERIFICATION' },
    },
    answers: {
      200: success('The code is right, and still unspent.', 'codeValid', dataSchemas.valid),
      ...answersOf([codeErrors], meanings.code),
    },
    async handle({ body, caller, locale }) {
      const project = await loadProject(projectId)
      const purpose = readPurpose(body.purpose)
      const code = readCode(body.code, purpose, project)
      if (code === null) return renderWrongCode(purpose, { project, locale })

      const outcome = await validateCode({
        project,
        purpose,
        email: readEmail(body.email),
        code,
        caller,
      })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderRefusal(codeErrors[outcome.refusal], { locale, retryAfterSeconds })
      }
      const data = { valid: true, purpose: body.purpose }
      return renderSuccess({ status: 200, message: 'codeValid', locale }, data)
    },
  })
