import Type from 'typebox'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import type { RegisterAccount } from '../../engine/accounts/register-account.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import { defineRoute, type Route } from '../../http/dialect.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { renderRefusal, renderSuccess, renderWeakPassword, sendErrors } from './envelope.ts'
import { accountVerification } from './purposes.ts'
import { readEmail, readLastName, readName } from './read-fields.ts'
import { lifeSeconds } from './render-account.ts'
import {
  answersOf,
  dataSchemas,
  emailField,
  lastNameField,
  meanings,
  nameField,
  newPasswordField,
  success,
} from './schemas.ts'

/** `POST /auth/register` */
export const registerRoute = ({
  projectId,
  loadProject,
  registerAccount,
}: {
  projectId: ProjectId
  loadProject: LoadProject
  registerAccount: RegisterAccount
}): Route =>
  defineRoute({
    method: 'POST',
    path: '/auth/register',
    access: 'public',
    summary: 'Registers an account and sends a code to verify it',
    description:
      'A taken address is answered like a new one; its owner gets a notice instead of a code. Registering an address again that nobody has verified replaces what the same caller has registered, password and names; what others have registered stays apart from it.',
    body: Type.Object({
      ...messageLanguage,
      email: emailField,
      password: newPasswordField,
      firstname: nameField,
      lastname: lastNameField,
    }),
    examples: {
      document: {
        email: 'user@example.com',
        password: 'your_password',
        firstname: 'John',
        lastname: 'Doe',
      },
    },
    answers: {
      201: success('Registered; a code is on its way.', 'registered', dataSchemas.sent),
      ...answersOf([sendErrors], meanings.send),
    },
    async handle({ body, caller, locale, languages }) {
      const project = await loadProject(projectId)
      const email = readEmail(body.email)
      const outcome = await registerAccount({
        project,
        purpose: accountVerification,
        email,
        target: body.email,
        password: new Secret(body.password),
        firstName: readName(body.firstname),
        lastName: readLastName(body.lastname),
        languages,
        caller,
      })
      if (outcome.ok) {
        const data = { email, expiresIn: lifeSeconds(outcome.challenge) }
        return renderSuccess({ status: 201, message: 'registered', locale }, data)
      }
      if (outcome.refusal === 'weak-password')
        return renderWeakPassword('password', { problem: outcome.problem, locale })
      const { retryAfterSeconds } = outcome
      return renderRefusal(sendErrors[outcome.refusal], { locale, retryAfterSeconds })
    },
  })
