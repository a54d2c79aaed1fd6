import type { TSchema } from 'typebox'
import type { AnswerLocale } from '../../domain/locale.ts'
import type { Answer, Dialect, Issue, Problem } from '../../http/dialect.ts'
import { complaintsAbout } from '../../http/error-answers.ts'
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

const missingFields = { status: 400, message: 'missingFields' } as const satisfies WireError

/** What is said of a field that is there and wrong, in the contract's order: one at a time. */
const complaints = {
  type: 'invalidType',
  phoneNumber: 'unknownCitizen',
  otp: 'invalidCode',
} as const satisfies Record<string, keyof Messages>

/** What is answered when the members of a schema are missing or wrong. */
export const mistakesIn = (schema: TSchema) => ({ missingFields, ...complaintsAbout(complaints, [schema]) })

/** What is missing comes before what is wrong. */
function complaint(issues: Issue[]): keyof Messages {
  if (issues.some(({ keyword }) => missing.has(keyword))) return missingFields.message
  const fields = new Set(issues.map(({ field }) => field))
  const [, first] = Object.entries(complaints).find(([field]) => fields.has(field)) ?? []
  return first ?? 'invalidRequest'
}
