import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import { prepareChange } from '../engine/accounts/prepare-change.ts'
import type { ChangeAccount } from '../engine/operations/change-account.ts'
import type { ChangeResult } from '../engine/ports/accounts.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { Answer } from '../http/dialect.ts'
import {
  badRequest,
  conflict,
  noSuchProject,
  nullable,
  projectAnswers,
  readNumber,
  renderError,
  renderWorded,
} from './answers.ts'
import { errors } from './errors.ts'
import { renderUser } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { userSchema } from './schemas.ts'

const text = Type.Optional(nullable(Type.String({ maxLength: 400 })))
const verified = Type.Optional(
  Type.Boolean({ description: 'Whether the address counts as proven; needed with a new address.' }),
)

/** The route that changes a user. */
export const changeRoute = ({
  projects,
  changeAccount,
}: {
  projects: Pick<ProjectStore, 'find'>
  changeAccount: ChangeAccount
}): AdminRoute =>
  defineRoute({
    method: 'PATCH',
    path: '/admin/v1/projects/:projectId/users/:userId',
    role: 'operator',
    summary: 'Change addresses, names, language or activity of a user',
    description:
      'What the request leaves out stays unchanged, and null removes. Disabling ends every session at once, and so does the loss of an address that was proven. A proven e-mail address that is replaced or removed gets a notice.',
    body: Type.Object({
      email: text,
      emailVerified: verified,
      phone: text,
      phoneVerified: verified,
      firstName: text,
      lastName: text,
      fullName: text,
      agentCode: text,
      assignedArea: text,
      locale: text,
      isActive: Type.Optional(Type.Boolean()),
    }),
    examples: {
      disable: { isActive: false },
      address: { email: 'ada@example.com', emailVerified: false },
    },
    answers: {
      200: { description: 'The user as they are now.', schema: userSchema },
      ...badRequest,
      ...projectAnswers,
      ...conflict(errors.emailTaken.message),
    },
    async handle({ params, body }) {
      const project = await projects.find(params.projectId as ProjectId)
      if (project === null) return noSuchProject()
      if (Object.keys(body).length === 0) return renderError(errors.nothingToChange)
      const prepared = prepareChange(body, { region: project.settings.region })
      if (!prepared.ok)
        return renderWorded(
          400,
          prepared.issues.map(({ field, message }) => `${field} ${message}`).join('; '),
        )
      const id = readNumber(params.userId)
      if (id === null) return renderError(errors.noUser)
      const result = await changeAccount({ project, accountId: id, change: prepared.change })
      return result.ok ? { status: 200, body: renderUser(result.account) } : refusals[result.refusal]()
    },
  })

const refusals: Record<Extract<ChangeResult, { ok: false }>['refusal'], () => Answer> = {
  unknown: () => renderError(errors.noUser),
  'email-taken': () => renderError(errors.emailTaken),
  'phone-taken': () => renderError(errors.phoneTaken),
  'no-address': () => renderError(errors.noAddressLeft),
  'no-email': () => renderError(errors.noEmailToVerify),
  'no-phone': () => renderError(errors.noPhoneToVerify),
}
