import type { TSchema } from 'typebox'
import type { AnswerLocale } from '../../domain/locale.ts'
import type { Answer, Dialect, Issue } from '../../http/dialect.ts'
import { issueErrors } from '../../http/error-answers.ts'
import { problemMessages } from '../../http/problem-messages.ts'
import { type Messages, messagesFor } from './messages.ts'

/** The status and message of a refusal. */
export type WireError = { status: number; message: keyof Messages }

/** A success in this dialect's envelope. */
export const renderSuccess = (
  { status, message }: WireError,
  data: Record<string, unknown>,
  locale: AnswerLocale | null,
): Answer => ({ status, body: { status: 'success', message: messagesFor(locale)[message], data } })

/** An error in this dialect's envelope: its `data` is null. */
export const renderError = (
  { status, message }: WireError,
  locale: AnswerLocale | null,
  headers: Record<string, string> = {},
): Answer => ({ status, body: renderBody(message, locale), headers })

/** A refusal, with the time to wait. */
export const renderRefusal = (
  error: WireError,
  { retryAfterSeconds }: { retryAfterSeconds: number | null },
  locale: AnswerLocale | null,
): Answer =>
  renderError(error, locale, retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) })

/** Renders what goes wrong around a route. Where the document shows technical details, a 5xx shows its reference. */
export const renderProblem: Dialect['renderProblem'] = (problem, { locale }) =>
  renderBody(
    problem.kind === 'invalid' ? messageOf(problem.issues) : problemMessages[problem.kind],
    locale,
    'reference' in problem ? problem.reference : null,
  )

const renderBody = (message: keyof Messages, locale: AnswerLocale | null, data: string | null = null) => ({
  status: 'error',
  message: messagesFor(locale)[message],
  data,
})

/** The field counts as missing when it is absent, null, of another type, or nothing but white space. */
const missing = new Set(['required', 'type', 'pattern'])

const missingFields = { status: 400, message: 'missingFields' } as const satisfies WireError

/** The messages for wrong fields, in the document's order: an answer reports only the first. */
const issueMessages = {
  type: 'invalidType',
  phoneNumber: 'unknownCitizen',
  otp: 'invalidCode',
} as const satisfies Record<string, keyof Messages>

/** The errors for missing or wrong members of a schema. */
export const issueErrorsOf = (schema: TSchema) => ({ missingFields, ...issueErrors(issueMessages, [schema]) })

/** Missing fields come before wrong ones. */
function messageOf(issues: Issue[]): keyof Messages {
  if (issues.some(({ keyword }) => missing.has(keyword))) return missingFields.message
  const fields = new Set(issues.map(({ field }) => field))
  const [, first] = Object.entries(issueMessages).find(([field]) => fields.has(field)) ?? []
  return first ?? 'invalidRequest'
}
