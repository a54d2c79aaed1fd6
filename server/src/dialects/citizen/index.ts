import type { Challenge } from '../../domain/challenge.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Secret } from '../../domain/secret.ts'
import type { CheckCitizenCode } from '../../engine/accounts/check-citizen-code.ts'
import type { RequestCitizenCode } from '../../engine/accounts/request-citizen-code.ts'
import type { AuthorizeKey } from '../../engine/operations/api-keys.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import type { Dialect } from '../../http/dialect.ts'
import { type CodesFor, createJudgeViewer } from './code-viewers.ts'
import { renderProblem } from './envelope.ts'
import { otpRoute } from './otp.ts'
import { errorBody } from './schemas.ts'
import { verifyRoute } from './verify.ts'

/*
 * The `citizen` dialect: codes by SMS for citizens who are known by their number. This folder owns its paths, field
 * names, messages and statuses, and who sees a code in an answer; the rest the engine knows.
 */

export type CitizenDialectParts = {
  projectId: ProjectId
  codesFor: CodesFor
  loadProject: LoadProject
  authorizeKey: AuthorizeKey
  requestCitizenCode: RequestCitizenCode
  checkCitizenCode: CheckCitizenCode
  revealCode: (challenge: Challenge) => Secret
}

/** Makes the dialect for the project that it is mounted for. */
export function createCitizenDialect({
  projectId,
  codesFor,
  loadProject,
  authorizeKey,
  requestCitizenCode,
  checkCitizenCode,
  revealCode,
}: CitizenDialectParts): Dialect {
  const judgeViewer = createJudgeViewer({ projectId, codesFor, authorizeKey })
  return {
    name: 'citizen',
    basePath: '/otp',
    routes: [
      otpRoute({ projectId, judgeViewer, loadProject, requestCitizenCode, revealCode }),
      verifyRoute({ projectId, judgeViewer, loadProject, checkCitizenCode }),
    ],
    problemSchema: errorBody,
    renderProblem,
  }
}
