import type { ProjectId } from '../../domain/project.ts'
import type { DialectManifest } from '../../http/dialect-manifest.ts'
import { renderProblem } from './envelope.ts'
import { forgotPasswordRoute } from './forgot-password.ts'
import { loginRoute } from './login.ts'
import { loginOtpRoute } from './login-otp.ts'
import { loginOtpGenerateRoute } from './login-otp-generate.ts'
import { logoutRoute } from './logout.ts'
import { meRoute } from './me.ts'
import { otpGenerateRoute } from './otp-generate.ts'
import { otpValidateRoute } from './otp-validate.ts'
import { accountLogin, accountPasswordReset, accountVerification } from './purposes.ts'
import { refreshRoute } from './refresh.ts'
import { registerRoute } from './register.ts'
import { remedies } from './remedies.ts'
import { resetPasswordRoute } from './reset-password.ts'
import { problemSchema } from './schemas.ts'
import { verifyRoute } from './verify.ts'

/*
 * The dialect `account`: registration, login by password or code, password reset and sessions of people with an e-mail
 * address, under `/auth`. It owns the wire: paths, fields, envelope, languages. The engine decides what a code opens, whom
 * it is sent to and what is counted. The tokens are the engine's too, so `/auth/refresh`, `/auth/logout` and `/auth/me`
 * also serve the tokens of the other dialects on the same project.
 */

const routes = [
  registerRoute,
  verifyRoute,
  loginRoute,
  loginOtpGenerateRoute,
  loginOtpRoute,
  refreshRoute,
  logoutRoute,
  forgotPasswordRoute,
  resetPasswordRoute,
  otpGenerateRoute,
  otpValidateRoute,
  meRoute,
] as const

const email = 'user@example.com'
const code = '123456'

/** The manifest of the dialect. */
export const account: DialectManifest = {
  name: 'account',
  basePath: '/auth',
  problemSchema,
  renderProblem,
  remedies,
  channels: ['email'],
  purposes: [accountVerification, accountLogin, accountPasswordReset],
  demo: {
    projectId: 'PRJ_account' as ProjectId,
    name: 'Account demo',
    settings: { locale: 'fr' },
    trial: {
      to: email,
      code,
      headers: () => ({}),
      send: {
        path: '/auth/register',
        body: { email, password: 'your_password', firstname: 'John', lastname: 'Doe' },
      },
      check: { path: '/auth/verify', body: { email, code } },
    },
  },
  projectNamedIn: null,
  createRoutes: (parts) => routes.map((make) => make(parts)),
}
