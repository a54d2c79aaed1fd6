import type { Project } from '../../../src/domain/project.ts'
import type { AuthorizeKey } from '../../../src/engine/operations/api-keys.ts'
import type { Admission, Call } from '../../../src/http/dialect.ts'
import { readBasic } from '../../../src/http/read-basic.ts'
import { renderError } from './wire.ts'

export type AdmitAccount = (call: Call) => Promise<Admission<Project>>

/** The user name is the project, the password an API key of it. */
export const createAdmitAccount =
  (authorizeKey: AuthorizeKey): AdmitAccount =>
  async ({ headers }) => {
    const credentials = readBasic(headers.authorization)
    const outcome =
      credentials === null
        ? null
        : await authorizeKey({
            key: credentials.password.reveal(),
            projectId: credentials.user,
            scope: 'otp',
          })
    return outcome?.ok
      ? { ok: true, context: outcome.project }
      : {
          ok: false,
          answer: { ...renderError(401, 20003), headers: { 'www-authenticate': 'Basic realm="acme"' } },
        }
  }
