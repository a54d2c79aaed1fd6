import type { AnswerLocale } from '../../domain/locale.ts'
import type { Answer, Dialect, Issue, Problem } from '../../http/dialect.ts'
import { type Messages, messagesFor } from './messages.ts'

/** How a refusal goes over the wire. */
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

/** A refusal, with when to come back. */
export const renderRefusal = (
  error: WireError,
  { retryAfterSeconds }: { retryAfterSeconds: number | null },
  locale: AnswerLocale | null,
): Answer =>
  renderError(error, locale, retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) })

/** Words what goes wrong around a route. Where the document shows technical details, a 5xx tells its reference. */
export const renderProblem: Dialect['renderProblem'] = (problem, { locale }) =>
  renderBody(
    problem.kind === 'invalid' ? complaint(problem.issues) : problemMessages[problem.kind],
    locale,
    'reference' in problem ? problem.reference : null,
  )

const problemMessages = {
  malformed: 'malformed',
  'unsupported-media-type': 'unsupportedMediaType',
  'too-large': 'tooLarge',
  'not-found': 'notFound',
  'method-not-allowed': 'methodNotAllowed',
  unavailable: 'unavailable',
  fault: 'fault',
} as const satisfies Record<Exclude<Problem['kind'], 'invalid'>, keyof Messages>

const renderBody = (message: keyof Messages, locale: AnswerLocale | null, data: string | null = null) => ({
  status: 'error',
  message: messagesFor(locale)[message],
  data,
})

/** Absent, null, another type, or nothing but white space: the field is missing. */
const missing = new Set(['required', 'type', 'pattern'])

/** The contract's order: what is missing, then the type of operation, then the number, then the code. */
function complaint(issues: Issue[]): keyof Messages {
  const fields = new Set(issues.map(({ field }) => field))
  if (issues.some(({ keyword }) => missing.has(keyword))) return 'missingFields'
  if (fields.has('type')) return 'invalidType'
  if (fields.has('phoneNumber')) return 'unknownCitizen'
  return fields.has('otp') ? 'invalidCode' : 'invalidRequest'
}
