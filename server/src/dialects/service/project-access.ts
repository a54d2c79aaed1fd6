import type { Project } from '../../domain/project.ts'
import type { AuthorizeKey, AuthorizeRefusal } from '../../engine/api-keys.ts'
import type { Answer, Call } from '../../http/dialect.ts'
import { renderError, type WireError } from './envelope.ts'

/** The door of every route: the key and the project that its headers name. */
export type ProjectAccess = {
  /** Refuses before anything of the body is read. */
  admit: (call: Call) => Promise<Answer | null>
  /**
   * Does the work for the project. Asks once more: the answer is at most half a second old in memory, and a key that was
   * revoked while a slow body came in is refused after all.
   */
  enter: (call: Call, work: (project: Project) => Promise<Answer>) => Promise<Answer>
}

const refusals = {
  'invalid-key': { status: 401, message: 'invalidKey' },
  'foreign-project': { status: 401, message: 'foreignProject' },
} as const satisfies Record<AuthorizeRefusal, WireError>

/** Makes the door of the dialect's routes. */
export function createProjectAccess({ authorizeKey }: { authorizeKey: AuthorizeKey }): ProjectAccess {
  const authorize = ({ headers }: Call) =>
    authorizeKey({ key: headers['x-api-key'], projectId: headers['x-project-id'], scope: 'otp' })

  return {
    async admit(call) {
      const outcome = await authorize(call)
      return outcome.ok ? null : renderError(refusals[outcome.refusal], call.locale)
    },
    async enter(call, work) {
      const outcome = await authorize(call)
      return outcome.ok ? work(outcome.project) : renderError(refusals[outcome.refusal], call.locale)
    },
  }
}
