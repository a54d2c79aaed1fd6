import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import type { AccountPurpose, RequestCode } from '../../engine/accounts/request-code.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { renderRefusal, renderSuccess, sendErrors } from './envelope.ts'
import { readEmail } from './read-fields.ts'
import { lifeSeconds } from './render-account.ts'
import { answersOf, dataSchemas, emailField, meanings, success } from './schemas.ts'

export type CodeRequest = {
  path: string
  purpose: AccountPurpose
  summary: string
}

export type CodeRequestParts = { projectId: ProjectId; loadProject: LoadProject; requestCode: RequestCode }

/** A route that requests a code for one purpose. The answer does not reveal whether the account exists (S7). */
export const codeRequestRoute = (
  { projectId, loadProject, requestCode }: CodeRequestParts,
  { path, purpose, summary }: CodeRequest,
): Route =>
  defineRoute({
    method: 'POST',
    path,
    access: 'public',
    summary,
    description: 'An address without an account gets the same answer, but no message.',
    body: Type.Object({ email: emailField, ...messageLanguage }),
    examples: { document: { email: 'user@example.com' } },
    answers: {
      200: success('If the account exists, a code is on its way.', 'codeRequested', dataSchemas.sent),
      ...answersOf([sendErrors], meanings.send),
    },
    async handle({ body, caller, locale, languages }) {
      const project = await loadProject(projectId)
      const email = readEmail(body.email)
      const outcome = await requestCode({
        project,
        purpose,
        email,
        target: body.email,
        languages,
        caller,
      })
      if (!outcome.ok) {
        const { retryAfterSeconds } = outcome
        return renderRefusal(sendErrors[outcome.refusal], { locale, retryAfterSeconds })
      }
      const data = { email, expiresIn: lifeSeconds(outcome.challenge) }
      return renderSuccess({ status: 200, message: 'codeRequested', locale }, data)
    },
  })
