import type { TSchema } from 'typebox'
import type { LimitUsage } from '../../domain/limit.ts'
import type { AnswerLocale } from '../../domain/locale.ts'
import type { Answer, Dialect, Issue, Problem } from '../../http/dialect.ts'
import { problemStatus } from '../../http/dialect.ts'
import { issueErrors } from '../../http/error-answers.ts'
import { problemMessages } from '../../http/problem-messages.ts'
import { type Messages, messagesFor } from './messages.ts'

/** The status and message of a refusal. */
export type WireError = { status: number; message: keyof Messages }

/** An error in this dialect's envelope. */
export const renderError = (
  { status, message }: WireError,
  locale: AnswerLocale | null,
  headers: Record<string, string> = {},
): Answer => ({ status, body: { statusCode: status, message: messagesFor(locale)[message] }, headers })

/** A refusal, with the time to wait and what is left of the rate limit. */
export function renderRefusal(
  error: WireError,
  { usage, retryAfterSeconds }: { usage: LimitUsage[]; retryAfterSeconds: number | null },
  locale: AnswerLocale | null,
): Answer {
  const retryAfter = retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
  return renderError(error, locale, { ...renderRateLimit(usage), ...retryAfter })
}

/** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10); nothing where there is no limit. */
export function renderRateLimit(usage: LimitUsage[]): Record<string, string> {
  if (usage.length === 0) return {}
  const policies = usage.map(({ limit }) => `"${limit.scope}";q=${limit.max};w=${limit.windowSeconds}`)
  const states = usage.map(
    ({ limit, remaining, resetSeconds }) => `"${limit.scope}";r=${remaining};t=${resetSeconds}`,
  )
  return { 'ratelimit-policy': policies.join(', '), ratelimit: states.join(', ') }
}

/** Renders what goes wrong around a route. A 5xx shows only its reference. */
export const renderProblem: Dialect['renderProblem'] = (problem, { locale }) => {
  const body = {
    statusCode: problemStatus[problem.kind],
    message: messagesFor(locale)[problemMessage(problem)],
  }
  return 'reference' in problem ? { ...body, reference: problem.reference } : body
}

const problemMessage = (problem: Problem): keyof Messages =>
  problem.kind === 'invalid' ? messageOf(problem.issues) : problemMessages[problem.kind]

/** The messages for wrong fields, in the order in which they are reported. An answer reports only the first. */
const issueMessages = {
  target: 'invalidTarget',
  channel: 'invalidChannel',
  countryCode: 'invalidCountryCode',
  code: 'invalidCode',
  recordId: 'invalidRecordId',
  page: 'invalidPage',
  limit: 'invalidLimit',
  verified: 'invalidVerified',
  dateFrom: 'invalidDateFrom',
  dateTo: 'invalidDateTo',
  'idempotency-key': 'invalidIdempotencyKey',
} as const satisfies Record<string, keyof Messages>

/** The errors for wrong members of these schemas. */
export const issueErrorsOf = (...schemas: TSchema[]) => issueErrors(issueMessages, schemas)

function messageOf(issues: Issue[]): keyof Messages {
  const fields = new Set(issues.map(({ field }) => field))
  const [, first] = Object.entries(issueMessages).find(([field]) => fields.has(field)) ?? []
  return first ?? 'invalidRequest'
}
