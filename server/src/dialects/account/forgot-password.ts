import type { Route } from '../../http/dialect.ts'
import { type CodeRequestParts, codeRequestRoute } from './code-request.ts'
import { accountPasswordReset } from './purposes.ts'

/** `POST /auth/forgot-password` */
export const forgotPasswordRoute = (parts: CodeRequestParts): Route =>
  codeRequestRoute(parts, {
    path: '/auth/forgot-password',
    purpose: accountPasswordReset,
    summary: 'Sends a code to choose a new password with',
  })
