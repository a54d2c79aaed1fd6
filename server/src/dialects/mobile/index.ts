import type { ProjectId } from '../../domain/project.ts'
import type { ReadMobile } from '../../engine/accounts/read-mobile.ts'
import type { RequestMobileCode } from '../../engine/accounts/request-mobile-code.ts'
import type { VerifyMobileCode } from '../../engine/accounts/verify-mobile-code.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import type { LogInWithProof } from '../../engine/sessions/log-in-with-proof.ts'
import type { SignUpWithProof } from '../../engine/sessions/sign-up-with-proof.ts'
import type { Dialect } from '../../http/dialect.ts'
import { renderProblem } from './envelope.ts'
import { loginRoute } from './login.ts'
import { problemSchema } from './schemas.ts'
import { sendRoute } from './send.ts'
import { signupRoute } from './signup.ts'
import { verifyRoute } from './verify.ts'

/*
 * The dialect `mobile`: an app whose users sign up and log in with a six-digit code, in three steps: send, verify, then
 * sign up or log in. This folder owns the paths, the words and the shapes of its document. Who gets a code, what a code
 * proves and who may spend that proof, the engine says.
 */

export type MobileParts = {
  projectId: ProjectId
  loadProject: LoadProject
  requestMobileCode: RequestMobileCode
  readMobile: ReadMobile
  verifyMobileCode: VerifyMobileCode
  signUpWithProof: SignUpWithProof
  logInWithProof: LogInWithProof
}

/** The dialect for one project. */
export function createMobileDialect({ projectId, ...parts }: MobileParts): Dialect {
  const bound = { ...parts, loadProject: () => parts.loadProject(projectId) }
  return {
    name: 'mobile',
    basePath: '/api/auth/otp',
    routes: [sendRoute(bound), verifyRoute(bound), signupRoute(bound), loginRoute(bound)],
    problemSchema,
    renderProblem,
  }
}
