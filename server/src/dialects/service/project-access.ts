import type { Project } from '../../domain/project.ts'
import type { AuthorizeKey, AuthorizeRefusal } from '../../engine/operations/api-keys.ts'
import type { Admission, Call } from '../../http/dialect.ts'
import { renderError, type WireError } from './envelope.ts'

/** Finds the project of a call by the key and the project that its headers name, before anything of its body is read. */
export type AdmitProject = (call: Call) => Promise<Admission<Project>>

/** What a request is refused for before its route is asked. */
export const accessErrors = {
  'invalid-key': { status: 401, message: 'invalidKey' },
  'foreign-project': { status: 401, message: 'foreignProject' },
} as const satisfies Record<AuthorizeRefusal, WireError>

/** Makes the `admit` of every route. */
export const createAdmitProject =
  ({ authorizeKey }: { authorizeKey: AuthorizeKey }): AdmitProject =>
  async ({ headers, locale }) => {
    const outcome = await authorizeKey({
      key: headers['x-api-key'],
      projectId: headers['x-project-id'],
      scope: 'otp',
    })
    return outcome.ok
      ? { ok: true, context: outcome.project }
      : { ok: false, answer: renderError(accessErrors[outcome.refusal], locale) }
  }
