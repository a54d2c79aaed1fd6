import type { Project } from '../../domain/project.ts'
import type { AuthorizeKey, AuthorizeRefusal } from '../../engine/operations/api-keys.ts'
import type { Answer, Call } from '../../http/dialect.ts'
import { renderError, type WireError } from './envelope.ts'

/** The door of every route: the key and the project that its headers name. */
export type ProjectAccess = {
  /** Refuses before anything of the body is read. */
  admit: (call: Call) => Promise<Answer | null>
  /** Does the work for the project that `admit` has found. */
  enter: (call: Call, work: (project: Project) => Promise<Answer>) => Promise<Answer>
}

/** What a request is refused for before its route is asked. */
export const accessErrors = {
  'invalid-key': { status: 401, message: 'invalidKey' },
  'foreign-project': { status: 401, message: 'foreignProject' },
} as const satisfies Record<AuthorizeRefusal, WireError>

/** Makes the door of the dialect's routes. */
export function createProjectAccess({ authorizeKey }: { authorizeKey: AuthorizeKey }): ProjectAccess {
  const authorize = ({ headers }: Call) =>
    authorizeKey({ key: headers['x-api-key'], projectId: headers['x-project-id'], scope: 'otp' })

  const admitted = new WeakMap<Call, Project>()

  return {
    async admit(call) {
      const outcome = await authorize(call)
      if (!outcome.ok) return renderError(accessErrors[outcome.refusal], call.locale)
      admitted.set(call, outcome.project)
      return null
    },
    enter(call, work) {
      const project = admitted.get(call)
      if (project === undefined) throw new Error('a route of this dialect was entered without its door')
      return work(project)
    },
  }
}
