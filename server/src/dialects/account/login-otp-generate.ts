import type { Route } from '../../http/dialect.ts'
import { type CodeRequestParts, type CodeRequestRefusal, codeRequestRoute } from './code-request.ts'
import { sendErrors, type WireError } from './envelope.ts'

const errors = { ...sendErrors } satisfies Record<CodeRequestRefusal, WireError>

/** `POST /auth/login/otp/generate` */
export const loginOtpGenerateRoute = (parts: CodeRequestParts): Route =>
  codeRequestRoute(parts, {
    path: '/auth/login/otp/generate',
    purpose: 'account-login',
    summary: 'Sends a code to log in with',
    errors,
  })
