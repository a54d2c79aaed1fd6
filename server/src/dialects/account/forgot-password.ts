import type { Route } from '../../http/dialect.ts'
import { type CodeRequestParts, type CodeRequestRefusal, codeRequestRoute } from './code-request.ts'
import { sendErrors, type WireError } from './envelope.ts'

const errors = { ...sendErrors } satisfies Record<CodeRequestRefusal, WireError>

/** `POST /auth/forgot-password` */
export const forgotPasswordRoute = (parts: CodeRequestParts): Route =>
  codeRequestRoute(parts, {
    path: '/auth/forgot-password',
    purpose: 'account-password-reset',
    summary: 'Sends a code to choose a new password with',
    errors,
  })
