import Type from 'typebox'
import type { Business } from '../domain/account.ts'
import { parseDisplayText } from '../domain/display-text.ts'
import type { ProjectId } from '../domain/project.ts'
import { createManageAccounts, type ManageAccounts } from '../engine/operations/manage-accounts.ts'
import type { AccountStore } from '../engine/ports/accounts.ts'
import type { BusinessChange, BusinessStore } from '../engine/ports/businesses.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import {
  badRequest,
  conflict,
  nextPage,
  noSuchProject,
  nullable,
  projectAnswers,
  readNumber,
  renderError,
  wholeNumberField,
} from './answers.ts'
import { createMemberRoutes } from './business-members.ts'
import { errors } from './errors.ts'
import { renderBusiness } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { businessSchema } from './schemas.ts'

export type BusinessRouteParts = {
  projects: ProjectStore
  accounts: AccountStore
  businesses: BusinessStore
}

/** The routes for businesses and their members. */
export function createBusinessRoutes(parts: BusinessRouteParts): AdminRoute[] {
  const manageAccounts = createManageAccounts(parts)
  return [
    createRoute(parts, manageAccounts),
    listRoute(parts),
    findRoute(parts),
    changeRoute(parts),
    removeRoute(parts),
    ...createMemberRoutes(parts.businesses, manageAccounts),
  ]
}

const createRoute = ({ projects }: BusinessRouteParts, manageAccounts: ManageAccounts): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/businesses',
    role: 'operator',
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

const listRoute = ({ projects, businesses }: BusinessRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/businesses',
    role: 'viewer',
    summary: 'List the businesses of a project, sorted by id',
    query: Type.Object({
      after: wholeNumberField('Continue after this business.', { from: 0, to: 999_999_999_999_999 }),
      limit: wholeNumberField('At most 200; 50 by default.', { from: 1, to: 200 }),
    }),
    answers: {
      200: {
        description: 'A page. Pass `next` as `after` to get the next one; null on the last page.',
        schema: Type.Object({
          businesses: Type.Array(businessSchema),
          next: nullable(Type.Integer(), { examples: [123] }),
        }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const projectId = params.projectId as ProjectId
      if ((await projects.find(projectId)) === null) return noSuchProject()
      const limit = Number(query.limit ?? 50)
      const page = await businesses.list({ projectId, after: Number(query.after ?? 0), limit })
      return {
        status: 200,
        body: { businesses: page.map(renderBusiness), next: nextPage(page, limit, ({ id }) => id) },
      }
    },
  })

const onePath = '/admin/v1/projects/:projectId/businesses/:businessId'

const noSuchBusiness = () => renderError(errors.noBusiness)

const findRoute = ({ businesses }: BusinessRouteParts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: onePath,
    role: 'viewer',
    summary: 'Get one business',
    answers: { 200: { description: 'The business.', schema: businessSchema }, ...projectAnswers },
    async handle({ params }) {
      const id = readNumber(params.businessId)
      const business = id === null ? null : await businesses.find(params.projectId as ProjectId, id)
      return business === null ? noSuchBusiness() : { status: 200, body: renderBusiness(business) }
    },
  })

const changeRoute = ({ businesses }: BusinessRouteParts): AdminRoute =>
  defineRoute({
    method: 'PATCH',
    path: onePath,
    role: 'operator',
    summary: 'Change name, type or standing of a business',
    description: 'What the request leaves out stays unchanged.',
    body: Type.Object({
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      type: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      isVerified: Type.Optional(Type.Boolean()),
    }),
    examples: { verified: { isVerified: true } },
    answers: {
      200: { description: 'The business as it is now.', schema: businessSchema },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, body }) {
      if (Object.keys(body).length === 0) return renderError(errors.nothingToChange)
      const change = readChange(body)
      if (change === null) return renderError(errors.businessUnreadable)
      const id = readNumber(params.businessId)
      const business = id === null ? null : await businesses.change(params.projectId as ProjectId, id, change)
      return business === null ? noSuchBusiness() : { status: 200, body: renderBusiness(business) }
    },
  })

/** Null where a name or type has nothing to show. */
function readChange({
  isVerified,
  ...texts
}: Partial<Pick<Business, 'name' | 'type' | 'isVerified'>>): BusinessChange | null {
  const change: BusinessChange = isVerified === undefined ? {} : { isVerified }
  for (const [name, given] of Object.entries(texts) as ['name' | 'type', string][]) {
    const text = parseDisplayText(given)
    if (text === null) return null
    change[name] = text
  }
  return change
}

const removeRoute = ({ businesses }: BusinessRouteParts): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: onePath,
    role: 'operator',
    summary: 'Remove a business; its members stay users',
    answers: { 204: { description: 'Removed.', schema: Type.Null() }, ...projectAnswers },
    async handle({ params }) {
      const id = readNumber(params.businessId)
      const isRemoved = id !== null && (await businesses.remove(params.projectId as ProjectId, id))
      return isRemoved ? { status: 204, body: null } : noSuchBusiness()
    },
  })
