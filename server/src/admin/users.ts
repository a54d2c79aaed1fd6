import Type from 'typebox'
import { accountTypes } from '../domain/account.ts'
import {
  type EmailAddress,
  type PhoneNumber,
  parseEmailAddress,
  parsePhoneNumber,
} from '../domain/address.ts'
import type { ProjectId, ProjectSettings } from '../domain/project.ts'
import { createStoreAccount } from '../engine/accounts/import-accounts.ts'
import type { PrepareAccountParts } from '../engine/accounts/prepare-account.ts'
import { createPrepareAccount } from '../engine/accounts/prepare-account.ts'
import type { ChangeAccount } from '../engine/operations/change-account.ts'
import { createManageAccounts, type ManageAccounts } from '../engine/operations/manage-accounts.ts'
import type { AccountStore } from '../engine/ports/accounts.ts'
import type { BusinessStore } from '../engine/ports/businesses.ts'
import type { ImportProblem, ImportStore } from '../engine/ports/imports.ts'
import type { PasswordHashing } from '../engine/ports/password-hashing.ts'
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
  wholeNumberField,
} from './answers.ts'
import { errors } from './errors.ts'
import { renderUser } from './render.ts'
import { type AdminRoute, defineRoute } from './route.ts'
import { userSchema } from './schemas.ts'
import { changeRoute } from './user-changes.ts'

export type UserRouteParts = {
  projects: ProjectStore
  accounts: AccountStore
  businesses: BusinessStore
  imports: ImportStore
  changeAccount: ChangeAccount
  hashing: Pick<PasswordHashing, 'hash'>
  parsePasswordHash: PrepareAccountParts['parsePasswordHash']
  commonPasswords: ReadonlySet<string>
}

/** The routes for the users of a project. */
export function createUserRoutes(parts: UserRouteParts): AdminRoute[] {
  const manageAccounts = createManageAccounts(parts)
  return [createRoute(parts), listRoute(parts, manageAccounts), findRoute(manageAccounts), changeRoute(parts)]
}

const oneType = Type.Union(accountTypes.map((type) => Type.Literal(type)))
const text = nullable(Type.String({ maxLength: 400 }))

const verifiedField = Type.Optional(
  Type.Boolean({
    description:
      'Whether the address counts as proven; true by default. Whoever proves it later keeps neither the password nor the names.',
  }),
)

const newUser = Type.Object({
  type: Type.Optional(oneType),
  email: Type.Optional(text),
  emailVerified: verifiedField,
  phone: Type.Optional(text),
  phoneVerified: verifiedField,
  firstName: Type.Optional(text),
  lastName: Type.Optional(text),
  fullName: Type.Optional(text),
  agentCode: Type.Optional(text),
  assignedArea: Type.Optional(text),
  locale: Type.Optional(text),
  businessIds: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 100 })),
  password: Type.Optional(nullable(Type.String({ description: 'Hashed before it is stored.' }))),
  passwordHash: Type.Optional(
    nullable(
      Type.String({
        description:
          'Instead of a password: bcrypt of cost 4 to 12, or argon2id of at most 64 MiB, with four passes at that.',
      }),
    ),
  ),
  isActive: Type.Optional(Type.Boolean({ description: 'False for a disabled user; true by default.' })),
})

function createRoute(parts: UserRouteParts): AdminRoute {
  const { projects, accounts, imports, hashing, parsePasswordHash, commonPasswords } = parts
  const storeAccount = createStoreAccount({ imports })
  const prepare = createPrepareAccount({
    hash: hashing.hash,
    parsePasswordHash,
    loadCommonPasswords: async () => commonPasswords,
  })
  return defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/users',
    role: 'operator',
    summary: 'Create a user, whose addresses count as verified unless the request says otherwise',
    body: newUser,
    examples: {
      user: { type: 'USER', email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' },
      agent: {
        type: 'AGENT',
        phone: '+255712345678',
        fullName: 'John Agent',
        agentCode: 'AG12345',
        businessIds: [123],
      },
      claimed: { email: 'bob@example.com', emailVerified: false, isActive: false },
    },
    answers: {
      201: { description: 'Created.', schema: userSchema },
      ...badRequest,
      ...projectAnswers,
      ...conflict('The address belongs to a user of this type already'),
    },
    async handle({ params, body }) {
      const project = await projects.find(params.projectId as ProjectId)
      if (project === null) return noSuchProject()
      const prepared = await prepare(body, { type: 'USER', region: project.settings.region })
      if (!prepared.ok)
        return renderWorded(
          400,
          prepared.issues.map(({ field, message }) => `${field} ${message}`).join('; '),
        )

      const result = await storeAccount(project.id, prepared.account)
      if (!result.ok) return importRefusals[result.problem]()
      const account = await accounts.find(project.id, result.id)
      if (account === null) throw new Error('a user that was just stored is not there')
      return { status: 201, body: renderUser(account) }
    },
  })
}

const importRefusals: Record<ImportProblem, () => Answer> = {
  'email-taken': () => renderError(errors.emailTaken),
  'phone-taken': () => renderError(errors.phoneTaken),
  'business-unknown': () => renderError(errors.businessesUnknown),
  'no-address': () => renderError(errors.addressMissing),
}

const listRoute = ({ projects }: UserRouteParts, manageAccounts: ManageAccounts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/users',
    role: 'viewer',
    summary: 'List the users of a project, sorted by id',
    query: Type.Object({
      type: Type.Optional(oneType),
      email: Type.Optional(Type.String({ description: 'Only with this e-mail address, proven or not.' })),
      phone: Type.Optional(
        Type.String({ description: 'Only with this phone, proven or not; write the + of a number as %2B.' }),
      ),
      after: wholeNumberField('Continue after this user.', { from: 0, to: 999_999_999_999_999 }),
      limit: wholeNumberField('At most 200; 50 by default.', { from: 1, to: 200 }),
    }),
    answers: {
      200: {
        description: 'A page. Pass `next` as `after` to get the next one; null on the last page.',
        schema: Type.Object({
          users: Type.Array(userSchema),
          next: nullable(Type.Integer(), { examples: [42] }),
        }),
      },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const project = await projects.find(params.projectId as ProjectId)
      if (project === null) return noSuchProject()
      const filter = readFilter(query, project.settings)
      if (!filter.ok) return renderWorded(400, filter.message)
      const limit = Number(query.limit ?? 50)
      const after = Number(query.after ?? 0)
      const type = query.type ?? null
      const { email, phone } = filter
      const accounts = await manageAccounts.list({ projectId: project.id, type, email, phone, after, limit })
      const next = accounts.length < limit ? null : (accounts.at(-1)?.id ?? null)
      return { status: 200, body: { users: accounts.map(renderUser), next } }
    },
  })

type Filter =
  | { ok: true; email: EmailAddress | null; phone: PhoneNumber | null }
  | { ok: false; message: string }

/** The addresses of a query in their canonical spelling. One that cannot be read would find nobody, or everybody. */
function readFilter(
  { email, phone }: { email?: string; phone?: string },
  { region }: Pick<ProjectSettings, 'region'>,
): Filter {
  const readEmail = email === undefined ? null : parseEmailAddress(email)
  const readPhone = phone === undefined ? null : parsePhoneNumber(phone, { region })
  const wrong = [
    ...(email !== undefined && readEmail === null ? ['email is not an e-mail address'] : []),
    ...(phone !== undefined && readPhone === null
      ? ['phone is not a phone number; its + is written as %2B in a query']
      : []),
  ]
  return wrong.length > 0
    ? { ok: false, message: wrong.join('; ') }
    : { ok: true, email: readEmail, phone: readPhone }
}

const noSuchUser = (): Answer => renderError(errors.noUser)

const findRoute = (manageAccounts: ManageAccounts): AdminRoute =>
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/users/:userId',
    role: 'viewer',
    summary: 'Get one user',
    answers: { 200: { description: 'The user.', schema: userSchema }, ...projectAnswers },
    async handle({ params }) {
      const id = readNumber(params.userId)
      const account = id === null ? null : await manageAccounts.find(params.projectId as ProjectId, id)
      return account === null ? noSuchUser() : { status: 200, body: renderUser(account) }
    },
  })
