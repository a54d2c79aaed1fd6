import type { Route } from '../../http/dialect.ts'
import { type CodeRequestParts, codeRequestRoute } from './code-request.ts'
import { accountLogin } from './purposes.ts'

/** `POST /auth/login/otp/generate` */
export const loginOtpGenerateRoute = (parts: CodeRequestParts): Route =>
  codeRequestRoute(parts, {
    path: '/auth/login/otp/generate',
    purpose: accountLogin,
    summary: 'Sends a code to log in with',
  })
