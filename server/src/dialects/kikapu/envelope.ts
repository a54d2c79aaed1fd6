import type { AnswerLocale } from '../../domain/locale.ts'
import type { Answer, Dialect } from '../../http/dialect.ts'
import { problemMessages } from '../../http/problem-messages.ts'
import { type Messages, messagesFor } from './messages.ts'

/*
 * The envelope of every error: `{"success": false, "message"}`, with the reference in a 5xx.
 */

/** The status and message of a refusal. */
export type WireError = { status: 400 | 401 | 403 | 404 | 429 | 500; message: keyof Messages }

/** The time to wait, and the reference, which the log has too. Only a 5xx shows it. */
type ErrorDetails = { locale: AnswerLocale | null; retryAfterSeconds?: number | null; reference?: string }

/** An error in this dialect's envelope. */
export const renderError = (
  { status, message }: WireError,
  { locale, retryAfterSeconds = null, reference }: ErrorDetails,
): Answer => ({
  status,
  body: renderBody(message, locale, status >= 500 ? reference : undefined),
  ...(retryAfterSeconds === null ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
})

/** Renders what goes wrong around a route. The document has one message for all issues of a request. */
export const renderProblem: Dialect['renderProblem'] = (problem, { path, locale }) => {
  if (problem.kind === 'invalid') return renderBody(invalidMessages[path]?.message ?? 'invalidData', locale)
  const reference = 'reference' in problem ? problem.reference : undefined
  return renderBody(problemMessages[problem.kind], locale, reference)
}

export const paths = {
  verifyOtp: '/auth/api/verify-otp/',
  resendOtp: '/auth/api/resend-otp/',
  agentLogin: '/auth/api/agent/login/',
} as const

type Path = (typeof paths)[keyof typeof paths]

/** The answer of each route to a request that does not match its schema. */
export const invalidRequest = {
  [paths.verifyOtp]: { status: 400, message: 'invalidData' },
  [paths.resendOtp]: { status: 400, message: 'invalidInput' },
  [paths.agentLogin]: { status: 400, message: 'credentialsRequired' },
} as const satisfies Record<Path, WireError>

const invalidMessages: Readonly<Record<string, WireError>> = invalidRequest

const renderBody = (message: keyof Messages, locale: AnswerLocale | null, reference?: string) => ({
  success: false,
  message: messagesFor(locale)[message],
  ...(reference === undefined ? {} : { reference }),
})
