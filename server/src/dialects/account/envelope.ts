import type { CheckRefusal } from '../../domain/judge-check.ts'
import type { AnswerLocale } from '../../domain/locale.ts'
import type { PasswordProblem } from '../../domain/password.ts'
import type { Project } from '../../domain/project.ts'
import { digitsOf, type Purpose } from '../../domain/purpose.ts'
import type { SendCodeRefusal } from '../../engine/codes/send-code.ts'
import type { Answer, Dialect, Issue, Problem } from '../../http/dialect.ts'
import { type FieldMessage, isFieldMessage, type Message, messagesFor } from './messages.ts'

/*
 * The envelope of every answer: `{status: "success" | "error", message, data}`.
 */

/** How a refusal goes over the wire. */
export type WireError = { status: 400 | 401 | 403 | 429; message: Message }

/** A success in the language of the caller. */
export const renderSuccess = (
  { status, message, locale }: { status: 200 | 201; message: Message; locale: AnswerLocale | null },
  data: unknown,
): Answer => ({ status, body: { status: 'success', message: messagesFor(locale)[message], data } })

/** A refusal in the language of the caller, with when to come back where waiting helps. */
export const renderRefusal = (
  { status, message }: WireError,
  { locale, retryAfterSeconds = null }: { locale: AnswerLocale | null; retryAfterSeconds?: number | null },
): Answer => ({
  status,
  body: errorBody(message, locale),
  ...(retryAfterSeconds === null ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
})

/** What a route answers that wants an access token. */
export const accessErrors = {
  unauthorized: { status: 401, message: 'accessTokenRefused' },
} as const satisfies Record<string, WireError>

/** The refusal of a route that wants an access token; RFC 6750 section 3 asks for the header. */
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

/** A code of another length than the project's codes for the purpose have, told as the issue of its field. */
export const renderWrongCode = (
  purpose: Purpose,
  { project, locale }: { project: Project; locale: AnswerLocale | null },
): Answer => {
  const isDocumented = digitsOf(purpose, project.settings) === purpose.digits
  const message = messagesFor(locale)[isDocumented ? 'codeWrong' : 'codeLengthWrong']
  return { status: 400, body: errorBody('invalid', locale, { errors: [{ field: 'code', message }] }) }
}

/** A new password that is not accepted, told as the mistake of the field that held it. */
export const renderWeakPassword = (
  field: 'password' | 'newPassword',
  { problem, locale }: { problem: PasswordProblem; locale: AnswerLocale | null },
): Answer => ({
  status: 400,
  body: errorBody('invalid', locale, {
    errors: [{ field, message: messagesFor(locale)[passwordMessages[problem]] }],
  }),
})

/** What refused sends answer. The lock of an address is told like any cap: nobody learns from it that codes were tried. */
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

/** What refused codes answer: one answer for all, so that nobody learns how close a guess was (V7). */
export const codeErrors = {
  unknown: { status: 400, message: 'codeRefused' },
  used: { status: 400, message: 'codeRefused' },
  expired: { status: 400, message: 'codeRefused' },
  locked: { status: 400, message: 'codeRefused' },
  mismatch: { status: 400, message: 'codeRefused' },
  'too-many-requests': { status: 429, message: 'tooMany' },
} as const satisfies Record<CheckRefusal, WireError>

/** Words what goes wrong around a route. Of a 5xx it tells the reference that the log has, and nothing else. */
export const renderProblem: Dialect['renderProblem'] = (problem, { locale }) => {
  if (problem.kind === 'invalid')
    return errorBody('invalid', locale, { errors: renderIssues(problem.issues, locale) })
  const data = 'reference' in problem ? { reference: problem.reference } : null
  return errorBody(problemMessages[problem.kind], locale, data)
}

const problemMessages = {
  malformed: 'malformed',
  'unsupported-media-type': 'unsupportedMediaType',
  'too-large': 'tooLarge',
  'not-found': 'notFound',
  'method-not-allowed': 'methodNotAllowed',
  unavailable: 'unavailable',
  fault: 'fault',
} as const satisfies Record<Exclude<Problem['kind'], 'invalid'>, Message>

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
    if (!byField.has(issue.field)) byField.set(issue.field, messages[complaint(issue)])
  }
  return [...byField].map(([field, message]) => ({ field, message }))
}

const complaints: Record<string, FieldMessage> = {
  required: 'fieldRequired',
  type: 'fieldNotText',
  minLength: 'fieldEmpty',
  enum: 'purposeWrong',
  format: 'fieldUnreadable',
}

function complaint({ field, keyword, message }: Issue): FieldMessage {
  // What our own schemas refine, they also name.
  if (keyword === '~refine' && isFieldMessage(message)) return message
  if (field === '' && keyword === 'type') return 'bodyNotObject'
  return complaints[keyword] ?? 'fieldWrong'
}
