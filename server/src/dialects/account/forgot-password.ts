import type { Route } from '../../http/dialect.ts'
import { type CodeRequestParts, codeRequestRoute } from './code-request.ts'

/** `POST /auth/forgot-password` */
export const forgotPasswordRoute = (parts: CodeRequestParts): Route =>
  codeRequestRoute(parts, {
    path: '/auth/forgot-password',
    purpose: 'account-password-reset',
    summary: 'Sends a code to choose a new password with',
  })
