import Type from 'typebox'
import type { ProjectId } from '../domain/project.ts'
import { type EraseOutcome, erasePerson, eraseUser } from '../engine/operations/erase-person.ts'
import type { AccountStore } from '../engine/ports/accounts.ts'
import type { PersonStore } from '../engine/ports/people.ts'
import type { ProjectStore } from '../engine/ports/projects.ts'
import type { Answer } from '../http/dialect.ts'
import { badRequest, noSuchProject, projectAnswers, readNumber, renderError } from './answers.ts'
import { errors } from './errors.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type ErasureRouteParts = {
  projects: Pick<ProjectStore, 'find'>
  accounts: Pick<AccountStore, 'find'>
  people: PersonStore
}

/** The routes that erase people. */
export const createErasureRoutes = (parts: ErasureRouteParts): AdminRoute[] => [
  eraseAddressRoute(parts),
  eraseUserRoute(parts),
]

const erased = {
  200: {
    description: 'Erased, which cannot be undone. What happened stays on record without saying to whom.',
    schema: Type.Object({
      erased: Type.Literal(true),
      accounts: Type.Integer({ examples: [1] }),
      challenges: Type.Integer({ examples: [12] }),
      events: Type.Integer({ examples: [3] }),
    }),
  },
}

const eraseAddressRoute = ({ projects, people }: ErasureRouteParts): AdminRoute =>
  defineRoute({
    method: 'POST',
    path: '/admin/v1/projects/:projectId/users/erase',
    role: 'operator',
    summary: 'Erase a person: account, sessions, and the address in every record',
    body: Type.Object({ address: Type.String({ description: 'An e-mail address or a phone number.' }) }),
    examples: { email: { address: 'ada@example.com' } },
    answers: { ...erased, ...badRequest, ...projectAnswers },
    async handle({ params, body: { address } }) {
      const project = await projects.find(params.projectId as ProjectId)
      return project === null
        ? noSuchProject()
        : renderErased(await erasePerson(people, project, address), errors.nobodyToErase)
    },
  })

const eraseUserRoute = ({ accounts, people }: ErasureRouteParts): AdminRoute =>
  defineRoute({
    method: 'DELETE',
    path: '/admin/v1/projects/:projectId/users/:userId',
    role: 'operator',
    summary: 'Erase the person whom a user is',
    description: 'With all users who have proven the same address, and the address in every record.',
    answers: { ...erased, ...projectAnswers },
    async handle({ params }) {
      const id = readNumber(params.userId)
      const account = id === null ? null : await accounts.find(params.projectId as ProjectId, id)
      return account === null
        ? renderError(errors.noUser)
        : renderErased(await eraseUser(people, account), errors.noUser)
    },
  })

function renderErased(
  result: EraseOutcome,
  unknown: typeof errors.nobodyToErase | typeof errors.noUser,
): Answer {
  if (result.ok) return { status: 200, body: { erased: true, ...result.erased } }
  return renderError(result.refusal === 'not-an-address' ? errors.notAddress : unknown)
}
