import type { CheckRefusal } from '../../domain/judge-check.ts'
import type { AnswerLocale } from '../../domain/locale.ts'
import type { PasswordProblem } from '../../domain/password.ts'
import type { Project } from '../../domain/project.ts'
import { digitsOf, type Purpose } from '../../domain/purpose.ts'
import type { SendCodeRefusal } from '../../engine/codes/send-code.ts'
import type { Answer, Dialect, Issue } from '../../http/dialect.ts'
import { problemMessages } from '../../http/problem-messages.ts'
import { type FieldMessage, isFieldMessage, type Message, messagesFor } from './messages.ts'

/*
 * The envelope of every answer: `{status: "success" | "error", message, data}`.
 */

/** The status and message of a refusal. */
export type WireError = { status: 400 | 401 | 403 | 429; message: Message }

/** A success in the language of the caller. */
export const renderSuccess = (
  { status, message, locale }: { status: 200 | 201; message: Message; locale: AnswerLocale | null },
  data: unknown,
): Answer => ({ status, body: { status: 'success', message: messagesFor(locale)[message], data } })

/** A refusal in the language of the caller, with the time to wait where waiting helps. */
export const renderRefusal = (
  { status, message }: WireError,
  { locale, retryAfterSeconds = null }: { locale: AnswerLocale | null; retryAfterSeconds?: number | null },
): Answer => ({
  status,
  body: errorBody(message, locale),
  ...(retryAfterSeconds === null ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
})

/** The errors of a route that requires an access token. */
export const accessErrors = {
  unauthorized: { status: 401, message: 'accessTokenRefused' },
} as const satisfies Record<string, WireError>

/** The refusal of a route that requires an access token; RFC 6750 section 3 requires the header. */
export const renderUnauthorized = (locale: AnswerLocale | null): Answer => ({
  ...renderRefusal(accessErrors.unauthorized, { locale }),
  headers: { 'www-authenticate': 'Bearer' },
})

const passwordMessages = {
  'too-short': 'passwordTooShort',
  'too-long': 'passwordTooLong',
  unreadable: 'passwordUnreadable',
  common: 'passwordCommon',
  'own-data': 'passwordOwnData',
} as const satisfies Record<PasswordProblem, FieldMessage>

/** The message for a new password that is not accepted. */
export const passwordMessage = (problem: PasswordProblem): FieldMessage => passwordMessages[problem]

/** A code whose length is not that of the project's codes for the purpose, reported as an issue of its field. */
export const renderWrongCode = (
  purpose: Purpose,
  { project, locale }: { project: Project; locale: AnswerLocale | null },
): Answer => {
  const isDocumented = digitsOf(purpose, project.settings) === purpose.digits
  const message = messagesFor(locale)[isDocumented ? 'codeWrong' : 'codeLengthWrong']
  return { status: 400, body: errorBody('invalid', locale, { errors: [{ field: 'code', message }] }) }
}

/** A new password that is not accepted, reported as an issue of its field. */
export const renderWeakPassword = (
  field: 'password' | 'newPassword',
  { problem, locale }: { problem: PasswordProblem; locale: AnswerLocale | null },
): Answer => ({
  status: 400,
  body: errorBody('invalid', locale, {
    errors: [{ field, message: messagesFor(locale)[passwordMessages[problem]] }],
  }),
})

/** The errors of refused sends. The lock of an address looks like any cap, so that it does not reveal that codes were tried. */
export const sendErrors = {
  'too-many-sends': { status: 429, message: 'tooMany' },
  'too-many-requests': { status: 429, message: 'tooMany' },
  'too-soon': { status: 429, message: 'tooMany' },
  'address-locked': { status: 429, message: 'tooMany' },
  'over-budget': { status: 429, message: 'tooMany' },
  'destination-stopped': { status: 429, message: 'tooMany' },
  'caller-refused': { status: 429, message: 'tooMany' },
  'destination-refused': { status: 400, message: 'destinationRefused' },
  'work-required': { status: 400, message: 'workRequired' },
} as const satisfies Record<SendCodeRefusal<'caller'>, WireError>

/** The errors of refused codes: one answer for all, so that nobody learns how close an attempt was (V7). */
export const codeErrors = {
  unknown: { status: 400, message: 'codeRefused' },
  used: { status: 400, message: 'codeRefused' },
  expired: { status: 400, message: 'codeRefused' },
  locked: { status: 400, message: 'codeRefused' },
  mismatch: { status: 400, message: 'codeRefused' },
  'too-many-requests': { status: 429, message: 'tooMany' },
} as const satisfies Record<CheckRefusal, WireError>

/** Renders what goes wrong around a route. A 5xx shows only the reference, which the log has too. */
export const renderProblem: Dialect['renderProblem'] = (problem, { locale }) => {
  if (problem.kind === 'invalid')
    return errorBody('invalid', locale, { errors: renderIssues(problem.issues, locale) })
  const data = 'reference' in problem ? { reference: problem.reference } : null
  return errorBody(problemMessages[problem.kind], locale, data)
}

const errorBody = (message: Message, locale: AnswerLocale | null, data: unknown = null) => ({
  status: 'error',
  message: messagesFor(locale)[message],
  data,
})

/** One message for each field, all fields at once. */
function renderIssues(issues: Issue[], locale: AnswerLocale | null): { field: string; message: string }[] {
  const messages = messagesFor(locale)
  const byField = new Map<string, string>()
  for (const issue of issues) {
    if (!byField.has(issue.field)) byField.set(issue.field, messages[messageOf(issue)])
  }
  return [...byField].map(([field, message]) => ({ field, message }))
}

const issueMessages: Record<string, FieldMessage> = {
  required: 'fieldRequired',
  type: 'fieldNotText',
  minLength: 'fieldEmpty',
  enum: 'purposeWrong',
  format: 'fieldUnreadable',
}

function messageOf({ field, keyword, message }: Issue): FieldMessage {
  // The refinements of our own schemas name their message.
  if (keyword === '~refine' && isFieldMessage(message)) return message
  if (field === '' && keyword === 'type') return 'bodyNotObject'
  return issueMessages[keyword] ?? 'fieldWrong'
}
