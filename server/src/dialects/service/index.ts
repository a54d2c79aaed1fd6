import type { CheckCode } from '../../engine/codes/check-code.ts'
import type { CheckSpelledCode } from '../../engine/codes/check-spelled-code.ts'
import type { ReadRecords } from '../../engine/codes/read-records.ts'
import type { SendCode } from '../../engine/codes/send-code.ts'
import type { AuthorizeKey } from '../../engine/operations/api-keys.ts'
import type { Dialect } from '../../http/dialect.ts'
import { renderProblem } from './envelope.ts'
import { createProjectAccess } from './project-access.ts'
import { recordsRoute } from './records.ts'
import { errorBody } from './schemas.ts'
import { sendRoute } from './send.ts'
import { statsRoute } from './stats.ts'
import { tokenInfoRoute } from './token-info.ts'
import { verifyRoute } from './verify.ts'

/*
 * The `service` dialect: codes by e-mail and WhatsApp for callers that hold an API key. This folder owns its paths, field
 * names, messages and statuses; what a send, a guess or a record is, the engine knows.
 */

export type ServiceDialectParts = {
  authorizeKey: AuthorizeKey
  sendCode: SendCode
  checkCode: CheckCode
  checkSpelledCode: CheckSpelledCode
  readRecords: ReadRecords
}

/** Makes the dialect. Its project stands in each request, so one mount serves every project. */
export function createServiceDialect({
  authorizeKey,
  sendCode,
  checkCode,
  checkSpelledCode,
  readRecords,
}: ServiceDialectParts): Dialect {
  const access = createProjectAccess({ authorizeKey })
  return {
    name: 'service',
    basePath: '/api/v1/otp',
    routes: [
      sendRoute({ access, sendCode }),
      verifyRoute({ access, checkCode, checkSpelledCode }),
      recordsRoute({ access, readRecords }),
      statsRoute({ access, readRecords }),
      tokenInfoRoute({ access, readRecords }),
    ],
    problemSchema: errorBody,
    renderProblem,
  }
}
