import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import { createManageAccounts, type ManageAccounts } from '../engine/operations/manage-accounts.ts'
import type { AccountStore } from '../engine/ports/accounts.ts'
import type { BusinessStore } from '../engine/ports/businesses.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import { defineRoute, type Route } from '../http/dialect.ts'
import { badRequest, conflict, noSuchProject, projectAnswers, readNumber, renderError } from './answers.ts'
import { errors } from './errors.ts'
import { renderBusiness } from './render.ts'
import { businessSchema } from './schemas.ts'

export type BusinessRouteParts = {
  projects: ProjectStore
  accounts: AccountStore
  businesses: BusinessStore
}

/** The routes for businesses and their members. */
export function createBusinessRoutes(parts: BusinessRouteParts): Route[] {
  const manageAccounts = createManageAccounts(parts)
  return [createRoute(parts, manageAccounts), memberRoute(manageAccounts)]
}

const createRoute = ({ projects }: BusinessRouteParts, manageAccounts: ManageAccounts): Route =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/businesses',
    access: 'bearer',
    summary: 'Create a business',
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 200 }),
      type: Type.String({ minLength: 1, maxLength: 200 }),
      businessId: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 999_999_999_999_999,
          description: 'The next free number by default.',
        }),
      ),
      isVerified: Type.Optional(Type.Boolean()),
    }),
    examples: { store: { name: 'My Store', type: 'retailer', businessId: 123, isVerified: true } },
    answers: {
      201: { description: 'Created.', schema: businessSchema },
      ...badRequest,
      ...projectAnswers,
      ...conflict('There is a business of this number already'),
    },
    async handle({ params, body: { name, type, businessId = null, isVerified = false } }) {
      const projectId = params.projectId as ProjectId
      if ((await projects.find(projectId)) === null) return noSuchProject()
      if (name.trim() === '' || type.trim() === '') return renderError(errors.businessUnreadable)
      const business = await manageAccounts.createBusiness({
        projectId,
        id: businessId,
        name,
        type,
        isVerified,
      })
      if (business === null) return renderError(errors.businessTaken)
      return { status: 201, body: renderBusiness(business) }
    },
  })

const memberRoute = (manageAccounts: ManageAccounts): Route =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/businesses/:businessId/members',
    access: 'bearer',
    summary: 'Make a user a member of a business',
    body: Type.Object({ userId: Type.Integer({ minimum: 1, maximum: 999_999_999_999_999 }) }),
    examples: { user: { userId: 42 } },
    answers: {
      200: {
        description: 'The user is a member now, or was one already.',
        schema: Type.Object({
          businessId: Type.Integer({ examples: [123] }),
          userId: Type.Integer({ examples: [42] }),
        }),
      },
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
