import type { ProjectId } from '../../domain/project.ts'
import type { RequestPhoneCode } from '../../engine/accounts/request-phone-code.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import type { LogInAgent } from '../../engine/sessions/log-in-agent.ts'
import type { LogInByPhone } from '../../engine/sessions/log-in-by-phone.ts'
import type { Dialect } from '../../http/dialect.ts'
import { agentLoginRoute } from './agent-login.ts'
import { renderProblem } from './envelope.ts'
import { resendOtpRoute } from './resend-otp.ts'
import { problemSchema } from './schemas.ts'
import { verifyOtpRoute } from './verify-otp.ts'

/*
 * The dialect `kikapu`: a marketplace whose users log in by a five-digit SMS code and whose delivery agents by password.
 * This folder owns the paths, the words and the shapes of its document. Who may log in, what counts as too soon and
 * what a code is worth, the engine says.
 */

export type KikapuParts = {
  projectId: ProjectId
  loadProject: LoadProject
  requestPhoneCode: RequestPhoneCode
  logInByPhone: LogInByPhone
  logInAgent: LogInAgent
}

/** The dialect for one project. */
export function createKikapuDialect({ projectId, ...parts }: KikapuParts): Dialect {
  const bound = { ...parts, loadProject: () => parts.loadProject(projectId) }
  return {
    name: 'kikapu',
    basePath: '/auth/api',
    routes: [verifyOtpRoute(bound), resendOtpRoute(bound), agentLoginRoute(bound)],
    problemSchema,
    renderProblem,
  }
}
