import type { TSchema } from 'typebox'
import type { AnswerLocale } from '../../domain/locale.ts'
import type { EnteredPhoneRefusal } from '../../engine/accounts/read-entered-phone.ts'
import type { Answer, Dialect, Issue } from '../../http/dialect.ts'
import { issueErrors } from '../../http/error-answers.ts'
import { problemMessages } from '../../http/problem-messages.ts'
import { type Messages, messagesFor } from './messages.ts'

/*
 * The envelope of every answer: `{success, message, data, timestamp}`.
 */

/** The status and message of a refusal. */
export type WireError = { status: 400 | 429; message: keyof Messages }

/** A success in the language of the caller. */
export const renderSuccess = (
  { status, message, locale }: { status: 200 | 201; message: keyof Messages; locale: AnswerLocale | null },
  data: unknown,
): Answer => ({ status, body: renderBody({ success: true, message, locale }, data) })

/** An error in the language of the caller. */
export const renderError = (
  { status, message }: WireError,
  { locale, retryAfterSeconds = null }: { locale: AnswerLocale | null; retryAfterSeconds?: number | null },
): Answer => ({
  status,
  body: renderBody({ success: false, message, locale }),
  ...(status === 429 && retryAfterSeconds !== null
    ? { headers: { 'retry-after': String(retryAfterSeconds) } }
    : {}),
})

/** Renders what goes wrong around a route. A 5xx shows only its reference. */
export const renderProblem: Dialect['renderProblem'] = (problem, { locale }) => {
  const message = problem.kind === 'invalid' ? messageOf(problem.issues) : problemMessages[problem.kind]
  const data = 'reference' in problem ? { reference: problem.reference } : null
  return renderBody({ success: false, message, locale }, data)
}

/** The error for a mobile that could not be read; `unasked` when no code was requested for it as entered. */
export const unreadMobile = (refusal: EnteredPhoneRefusal, unasked: WireError): WireError =>
  refusal === 'unasked' ? unasked : { status: 400, message: 'invalidMobile' }

/** The messages for wrong fields, in the order in which they are reported. An answer reports only the first. */
const issueMessages = {
  type: 'invalidType',
  mobile: 'invalidMobile',
  countryCode: 'invalidCountryCode',
  email: 'invalidEmail',
  otp: 'invalidOtp',
  fullName: 'invalidFullName',
  device_name: 'invalidDeviceName',
  verificationToken: 'invalidVerificationToken',
} as const satisfies Record<string, keyof Messages>

/** The errors for wrong members of a schema. */
export const issueErrorsOf = (schema: TSchema) => issueErrors(issueMessages, [schema])

function messageOf(issues: Issue[]): keyof Messages {
  const fields = new Set(issues.map(({ field }) => field))
  const [, first] = Object.entries(issueMessages).find(([field]) => fields.has(field)) ?? []
  return first ?? 'invalidRequest'
}

// The timestamp only informs the reader and decides nothing, so this machine's clock is good enough.
const renderBody = (
  { success, message, locale }: { success: boolean; message: keyof Messages; locale: AnswerLocale | null },
  data: unknown = null,
) => ({ success, message: messagesFor(locale)[message], data, timestamp: new Date().toISOString() })
