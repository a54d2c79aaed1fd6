import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import type { ManageAccounts } from '../engine/operations/manage-accounts.ts'
import type { BusinessStore } from '../engine/ports/businesses.ts'
import {
  badRequest,
  nextPage,
  nullable,
  projectAnswers,
  readNumber,
  renderError,
  wholeNumberField,
} from './answers.ts'
import { errors } from './errors.ts'
import { renderUser } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { userSchema } from './schemas.ts'

const path = '/admin/v1/projects/:projectId/businesses/:businessId/members'

/** The routes for the members of a business. */
export const createMemberRoutes = (
  businesses: BusinessStore,
  manageAccounts: Pick<ManageAccounts, 'addMember'>,
): AdminRoute[] => [listRoute(businesses), addRoute(manageAccounts), removeRoute(businesses)]

const listRoute = (businesses: BusinessStore): AdminRoute =>
  defineRoute({
    method: 'GET',
    path,
    role: 'viewer',
    summary: 'List the members of a business, sorted by id',
    query: Type.Object({
      after: wholeNumberField('Continue after this user.', { from: 0, to: 999_999_999_999_999 }),
      limit: wholeNumberField('At most 200; 50 by default.', { from: 1, to: 200 }),
    }),
    answers: {
      200: {
        description: 'A page. Pass `next` as `after` to get the next one; null on the last page.',
        schema: Type.Object({
          members: Type.Array(userSchema),
          next: nullable(Type.Integer(), { examples: [42] }),
        }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const projectId = params.projectId as ProjectId
      const id = readNumber(params.businessId)
      const business = id === null ? null : await businesses.find(projectId, id)
      if (business === null) return renderError(errors.noBusiness)
      const limit = Number(query.limit ?? 50)
      const after = Number(query.after ?? 0)
      const members = await businesses.members({ projectId, businessId: business.id, after, limit })
      return {
        status: 200,
        body: { members: members.map(renderUser), next: nextPage(members, limit, ({ id }) => id) },
      }
    },
  })

const membership = Type.Object({
  businessId: Type.Integer({ examples: [123] }),
  userId: Type.Integer({ examples: [42] }),
})

const addRoute = (manageAccounts: Pick<ManageAccounts, 'addMember'>): AdminRoute =>
  defineRoute({
    method: 'POST',
    path,
    role: 'operator',
    summary: 'Make a user a member of a business',
    body: Type.Object({ userId: Type.Integer({ minimum: 1, maximum: 999_999_999_999_999 }) }),
    examples: { user: { userId: 42 } },
    answers: {
      200: { description: 'The user is a member now, or was one already.', schema: membership },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body: { userId } }) {
      const businessId = readNumber(params.businessId)
      const isMember =
        businessId !== null &&
        (await manageAccounts.addMember(params.projectId as ProjectId, businessId, userId))
      return isMember ? { status: 200, body: { businessId, userId } } : renderError(errors.noBusinessOrUser)
    },
  })

const removeRoute = (businesses: BusinessStore): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: `${path}/:userId`,
    role: 'operator',
    summary: 'End a membership',
    answers: { 204: { description: 'Ended.', schema: Type.Null() }, ...projectAnswers },
    async handle({ params }) {
      const [businessId, userId] = [readNumber(params.businessId), readNumber(params.userId)]
      const isRemoved =
        businessId !== null &&
        userId !== null &&
        (await businesses.removeMember(params.projectId as ProjectId, businessId, userId))
      return isRemoved ? { status: 204, body: null } : renderError(errors.noMember)
    },
  })
