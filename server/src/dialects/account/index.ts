import type { ProjectId } from '../../domain/project.ts'
import type { RegisterAccount } from '../../engine/accounts/register-account.ts'
import type { RequestCode } from '../../engine/accounts/request-code.ts'
import type { ResetPassword } from '../../engine/accounts/reset-password.ts'
import type { ValidateCode } from '../../engine/accounts/validate-code.ts'
import type { VerifyAccount } from '../../engine/accounts/verify-account.ts'
import type { LoadProject } from '../../engine/operations/load-project.ts'
import type { Authenticate } from '../../engine/sessions/authenticate.ts'
import type { LogInWithCode } from '../../engine/sessions/log-in-with-code.ts'
import type { LogInWithPassword } from '../../engine/sessions/log-in-with-password.ts'
import type { LogOut } from '../../engine/sessions/log-out.ts'
import type { RefreshSession } from '../../engine/sessions/refresh-session.ts'
import type { Dialect } from '../../http/dialect.ts'
import { renderProblem } from './envelope.ts'
import { forgotPasswordRoute } from './forgot-password.ts'
import { loginRoute } from './login.ts'
import { loginOtpRoute } from './login-otp.ts'
import { loginOtpGenerateRoute } from './login-otp-generate.ts'
import { logoutRoute } from './logout.ts'
import { meRoute } from './me.ts'
import { otpGenerateRoute } from './otp-generate.ts'
import { otpValidateRoute } from './otp-validate.ts'
import { refreshRoute } from './refresh.ts'
import { registerRoute } from './register.ts'
import { resetPasswordRoute } from './reset-password.ts'
import { problemSchema } from './schemas.ts'
import { verifyRoute } from './verify.ts'

/*
 * The dialect `account`: registration, login by password or code, password reset and sessions of people with an e-mail
 * address, under `/auth`. It owns the wire: paths, fields, envelope, languages. What a code opens, whom it is sent to and
 * what is counted is the engine's; so are the tokens, which is why `/auth/refresh`, `/auth/logout` and `/auth/me` serve
 * those of the other dialects on the same project as well.
 */

export type AccountDialectParts = {
  /** The project that this dialect is mounted for. */
  projectId: ProjectId
  loadProject: LoadProject
  registerAccount: RegisterAccount
  verifyAccount: VerifyAccount
  logInWithPassword: LogInWithPassword
  logInWithCode: LogInWithCode
  requestCode: RequestCode
  validateCode: ValidateCode
  resetPassword: ResetPassword
  refreshSession: RefreshSession
  logOut: LogOut
  authenticate: Authenticate
}

/** Makes the dialect for one project. */
export const createAccountDialect = (parts: AccountDialectParts): Dialect => ({
  name: 'account',
  basePath: '/auth',
  routes: [
    registerRoute(parts),
    verifyRoute(parts),
    loginRoute(parts),
    loginOtpGenerateRoute(parts),
    loginOtpRoute(parts),
    refreshRoute(parts),
    logoutRoute(parts),
    forgotPasswordRoute(parts),
    resetPasswordRoute(parts),
    otpGenerateRoute(parts),
    otpValidateRoute(parts),
    meRoute(parts),
  ],
  problemSchema,
  renderProblem,
})
