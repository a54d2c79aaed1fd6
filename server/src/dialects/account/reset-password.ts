import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import type { ResetPassword } from '../../engine/accounts/reset-password.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { codeErrors, renderRefusal, renderSuccess, renderWeakPassword, renderWrongCode } from './envelope.ts'
import { accountPasswordReset } from './purposes.ts'
import { readCode, readEmail } from './read-fields.ts'
import {
  answersOf,
  codeField,
  dataSchemas,
  emailField,
  meanings,
  newPasswordField,
  success,
} from './schemas.ts'

/** `POST /auth/reset-password` */
export const resetPasswordRoute = ({
  projectId,
  loadProject,
  resetPassword,
}: {
  projectId: ProjectId
  loadProject: LoadProject
  resetPassword: ResetPassword
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/reset-password',
    access: 'public',
    summary: 'Sets a new password with a code',
    description:
      'Ends every session of the account and notifies its owner; does not log in. A password that is not accepted does not spend the code.',
    body: Type.Object({
      email: emailField,
      code: codeField,
      newPassword: newPasswordField,
      ...messageLanguage,
    }),
    examples: {
      document: { email: 'user@example.com', code: '123456', newPassword: 'new_password' },
    },
    answers: {
      200: success('The new password is set; the code is spent.', 'passwordReset', dataSchemas.nothing),
      ...answersOf([codeErrors], meanings.code),
    },
    async handle({ body, caller, locale, languages }) {
      const project = await loadProject(projectId)
      const code = readCode(body.code, accountPasswordReset, project)
      if (code === null) return renderWrongCode(accountPasswordReset, { project, locale })

      const outcome = await resetPassword({
        project,
        purpose: accountPasswordReset,
        email: readEmail(body.email),
        code,
        newPassword: new Secret(body.newPassword),
        languages,
        caller,
      })
      if (outcome.ok) return renderSuccess({ status: 200, message: 'passwordReset', locale }, null)
      if (outcome.refusal === 'weak-password')
        return renderWeakPassword('newPassword', { problem: outcome.problem, locale })
      const { retryAfterSeconds } = outcome
      return renderRefusal(codeErrors[outcome.refusal], { locale, retryAfterSeconds })
    },
  })
