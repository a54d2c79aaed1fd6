import type { AuthorizeKey, AuthorizeOutcome, AuthorizeRefusal } from '../../engine/operations/api-keys.ts'
import type { Admission, Call } from '../../http/dialect.ts'
import { renderError, type WireError } from './envelope.ts'

/** The project that a call may act on, and the key that says so. */
export type KeyedProject = Pick<Extract<AuthorizeOutcome, { ok: true }>, 'project' | 'key'>

/** Finds the project of a call by the headers for the key and the project, before the body is read. */
export type AdmitProject = (call: Call) => Admission<KeyedProject> | Promise<Admission<KeyedProject>>

/** The refusals of a request before its route handles it. */
export const accessErrors = {
  'invalid-key': { status: 401, message: 'invalidKey' },
  'foreign-project': { status: 401, message: 'foreignProject' },
} as const satisfies Record<AuthorizeRefusal, WireError>

/** Makes the `admit` of every route. */
export const createAdmitProject =
  ({ authorizeKey }: { authorizeKey: AuthorizeKey }): AdmitProject =>
  ({ headers, locale }) => {
    const admission = (outcome: AuthorizeOutcome): Admission<KeyedProject> =>
      outcome.ok
        ? { ok: true, context: outcome }
        : { ok: false, answer: renderError(accessErrors[outcome.refusal], locale) }
    const outcome = authorizeKey({
      key: headers['x-api-key'],
      projectId: headers['x-project-id'],
      scope: 'otp',
    })
    // Nothing waits for a key that is believed: a promise for each request would be a tenth of what is done here.
    return outcome instanceof Promise ? outcome.then(admission) : admission(outcome)
  }
