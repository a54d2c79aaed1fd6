import Type from 'typebox'
import type { OperatorId } from '../domain/operator.ts'
import type { ProjectId } from '../domain/project.ts'
import {
  createManageOperators,
  type InviteRefusal,
  type Invited,
  type ManageOperators,
  type ManageOperatorsParts,
} from '../engine/operators/manage-operators.ts'
import type { OperatorRefusal } from '../engine/ports/operators.ts'
import type { Answer } from '../http/dialect.ts'
import { badRequest, conflict, errorAnswer, nullable, renderError, sharedAnswers } from './answers.ts'
import { type AdminError, errors } from './errors.ts'
import {
  listedOperatorSchema,
  operatorSchema,
  renderListedOperator,
  renderOperator,
  roleSchema,
} from './render-operators.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type OperatorRouteParts = ManageOperatorsParts

const path = '/admin/v1/operators/:operatorId'

/** The routes for operators. */
export function createOperatorRoutes(parts: OperatorRouteParts): AdminRoute[] {
  const manage = createManageOperators(parts)
  return [
    listRoute(manage),
    inviteRoute(manage),
    linkRoute(manage),
    changeRoute(manage),
    removeRoute(manage),
    signOutRoute(manage),
    resetRoute(manage),
  ]
}

const nameField = Type.String({ minLength: 1, maxLength: 100 })
const projectsField = nullable(Type.Array(Type.String(), { maxItems: 1000, uniqueItems: true }))

const invitedAnswer = {
  201: {
    description: 'Only this answer ever contains the link.',
    schema: Type.Object({
      operator: operatorSchema,
      link: Type.String({ examples: ['https://otp.example.com/console/sign-in#token=wwl_…'] }),
      linkExpiresAt: Type.String({ format: 'date-time', examples: ['2030-01-31T08:15:00.000Z'] }),
      isMailed: Type.Boolean({ examples: [true] }),
    }),
  },
}

const operatorAnswers = {
  ...sharedAnswers,
  404: errorAnswer('There is no such operator.', errors.noOperator),
}

const lastOwner = conflict(errors.lastOwner.message)
const done = { 204: { description: 'Done.', schema: Type.Null() } }

const listRoute = (manage: ManageOperators): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/operators',
    role: 'owner',
    summary: 'List the operators, oldest first',
    answers: {
      200: {
        description: 'All operators.',
        schema: Type.Object({ operators: Type.Array(listedOperatorSchema) }),
      },
      ...sharedAnswers,
    },
    handle: async () => ({
      status: 200,
      body: { operators: (await manage.list()).map(renderListedOperator) },
    }),
  })

const inviteRoute = (manage: ManageOperators): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/operators',
    role: 'owner',
    summary: 'Invite an operator, by a link that signs in once',
    description: 'The link is also mailed where a carrier sends mail.',
    body: Type.Object({
      email: Type.String({ maxLength: 400 }),
      role: roleSchema,
      name: Type.Optional(nameField),
      projects: Type.Optional(projectsField),
    }),
    examples: {
      owner: { email: 'ada@example.com', role: 'owner' },
      support: { email: 'ben@example.com', role: 'viewer', name: 'Ben', projects: ['PRJ_abc123def456'] },
    },
    answers: { ...invitedAnswer, ...badRequest, ...conflict(errors.operatorTaken.message), ...sharedAnswers },
    async handle({ body: { email, role, name = null, projects = null } }) {
      const invited = await manage.invite({ email, role, name, projects: projects as ProjectId[] | null })
      return invited.ok ? renderInvited(invited) : renderError(inviteErrors[invited.refusal])
    },
  })

const inviteErrors: Record<InviteRefusal, AdminError> = {
  'not-an-address': errors.notEmail,
  taken: errors.operatorTaken,
  'project-unknown': errors.projectsUnknown,
  unfit: errors.roleUnfit,
}

const renderInvited = ({ operator, link, expiresAt, isMailed }: Invited): Answer => ({
  status: 201,
  body: {
    operator: renderOperator(operator),
    link: link.reveal(),
    linkExpiresAt: expiresAt.toISOString(),
    isMailed,
  },
})

const linkRoute = (manage: ManageOperators): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: `${path}/link`,
    role: 'owner',
    summary: 'Make another link for an operator, in place of a former one',
    answers: { ...invitedAnswer, ...operatorAnswers },
    async handle({ params }) {
      const invited = await manage.sendLink(params.operatorId as OperatorId)
      return invited === null ? renderError(errors.noOperator) : renderInvited(invited)
    },
  })

const changeErrors: Record<OperatorRefusal | 'project-unknown', AdminError> = {
  unknown: errors.noOperator,
  'last-owner': errors.lastOwner,
  unfit: errors.roleUnfit,
  'project-unknown': errors.projectsUnknown,
}

const changeRoute = (manage: ManageOperators): AdminRoute =>
  defineRoute({
    method: 'PATCH',
    path,
    role: 'owner',
    summary: 'Change the name, the role or the projects of an operator',
    body: Type.Object({
      name: Type.Optional(nameField),
      role: Type.Optional(roleSchema),
      projects: Type.Optional(projectsField),
    }),
    examples: { role: { role: 'operator' }, projects: { projects: ['PRJ_abc123def456'] } },
    answers: {
      200: { description: 'As it is now.', schema: listedOperatorSchema },
      ...badRequest,
      ...lastOwner,
      ...operatorAnswers,
    },
    async handle({ params, body: { name, role, projects } }) {
      const id = params.operatorId as OperatorId
      if (name === undefined && role === undefined && projects === undefined)
        return renderError(errors.nothingToChange)
      const result = await manage.change(id, {
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(projects === undefined ? {} : { projects: projects as ProjectId[] | null }),
      })
      if (!result.ok) return renderError(changeErrors[result.refusal])
      const operator = await manage.find(id)
      return operator === null
        ? renderError(errors.noOperator)
        : { status: 200, body: renderListedOperator(operator) }
    },
  })

const removeRoute = (manage: ManageOperators): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path,
    role: 'owner',
    summary: 'Remove an operator; the sessions end at once',
    answers: { ...done, ...lastOwner, ...operatorAnswers },
    async handle({ params }) {
      const result = await manage.remove(params.operatorId as OperatorId)
      return result.ok ? { status: 204, body: null } : renderError(changeErrors[result.refusal])
    },
  })

const signOutRoute = (manage: ManageOperators): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: `${path}/sessions`,
    role: 'owner',
    summary: 'Sign an operator out everywhere',
    answers: { ...done, ...operatorAnswers },
    async handle({ params }) {
      const ended = await manage.signOut(params.operatorId as OperatorId)
      return ended === null ? renderError(errors.noOperator) : { status: 204, body: null }
    },
  })

const resetRoute = (manage: ManageOperators): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: `${path}/second-factors`,
    role: 'owner',
    summary: 'Remove the second factors of an operator who has lost them',
    answers: { ...done, ...operatorAnswers },
    async handle({ params }) {
      const isKnown = await manage.removeSecondFactors(params.operatorId as OperatorId)
      return isKnown ? { status: 204, body: null } : renderError(errors.noOperator)
    },
  })
