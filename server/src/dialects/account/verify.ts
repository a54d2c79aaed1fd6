import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { VerifyAccount } from '../../engine/accounts/verify-account.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { codeErrors, renderRefusal, renderSuccess, renderWrongCode } from './envelope.ts'
import { accountVerification } from './purposes.ts'
import { readCode, readEmail } from './read-fields.ts'
import { renderUser } from './render-account.ts'
import { answersOf, codeField, dataSchemas, emailField, meanings, success } from './schemas.ts'

/** `POST /auth/verify` */
export const verifyRoute = ({
  projectId,
  loadProject,
  verifyAccount,
}: {
  projectId: ProjectId
  loadProject: LoadProject
  verifyAccount: VerifyAccount
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/verify',
    access: 'public',
    summary: 'Verifies an account by the code of its registration',
    description:
      'Password and names count from now on if the code was sent to the caller who registered, known by its network and user agent. Any other right code verifies the address without them. The same request is answered the same for ten seconds.',
    body: Type.Object({ email: emailField, code: codeField }),
    examples: { document: { email: 'user@example.com', code: '123456' } },
    answers: {
      200: success('The account is verified; the code is spent.', 'verified', dataSchemas.user),
      ...answersOf([codeErrors], meanings.code),
    },
    async handle({ body, caller, locale }) {
      const project = await loadProject(projectId)
      const code = readCode(body.code, accountVerification, project)
      if (code === null) return renderWrongCode(accountVerification, { project, locale })

      const outcome = await verifyAccount({
        project,
        purpose: accountVerification,
        email: readEmail(body.email),
        code,
        caller,
      })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderRefusal(codeErrors[outcome.refusal], { locale, retryAfterSeconds })
      }
      const data = { user: renderUser(outcome.account) }
      return renderSuccess({ status: 200, message: 'verified', locale }, data)
    },
  })
