import type { Static } from 'typebox'
import type { Project } from '../../domain/project.ts'
import type { ReadRecords } from '../../engine/codes/read-records.ts'
import type { RecordStats } from '../../engine/ports/records.ts'
import { type Answer, type Call, defineRoute, type Route } from '../../http/dialect.ts'
import { issueErrorsOf, renderError, renderRateLimit, renderRefusal, type WireError } from './envelope.ts'
import { accessErrors } from './project-access.ts'
import { serviceCode } from './purposes.ts'
import { type ReadParts, readRefusals } from './records.ts'
import {
  answersOf,
  meanings,
  projectHeaders,
  recordsQuery,
  statsAnswer,
  statsQuery,
  withRateLimit,
} from './schemas.ts'
import { parseTimeRange, timeRangeErrors } from './time-range.ts'

/**
 * Unknown parameters are ignored, as the document says, but not those of `records`: whoever asks for one channel would take the
 * total of all of them for its total.
 */
const parametersOfRecords = Object.keys(recordsQuery.properties).filter(
  (name) => !Object.hasOwn(statsQuery.properties, name),
)

const filterErrors = {
  filtered: { status: 400, message: 'statsFiltered' },
} as const satisfies Record<string, WireError>

/** `GET /api/v1/otp/stats`. */
export const statsRoute = ({ admit, readRecords }: ReadParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/api/v1/otp/stats',
    access: 'api-key',
    summary: 'Get statistical information about OTP usage',
    description: 'A bare date means its whole UTC day; both ends are included.',
    query: statsQuery,
    headers: projectHeaders,
    answers: {
      200: withRateLimit(statsAnswer),
      ...answersOf([accessErrors, readRefusals, filterErrors, timeRangeErrors, issueErrorsOf(statsQuery)], {
        ...meanings,
        400: 'A date is wrong, or there is a parameter of `records`.',
      }),
    },
    admit,
    handle: (call, { project }) => count(readRecords, project, call),
  })

async function count(
  readRecords: ReadRecords,
  project: Project,
  { query, locale }: Call<unknown, Static<typeof statsQuery>>,
): Promise<Answer> {
  if (parametersOfRecords.some((name) => Object.hasOwn(query, name)))
    return renderError(filterErrors.filtered, locale)
  const dates = parseTimeRange(query)
  if (!dates.ok) return renderError(timeRangeErrors[dates.issue], locale)

  const outcome = await readRecords.stats(project, { purpose: serviceCode.name, ...dates.range })
  if (!outcome.ok) return renderRefusal(readRefusals[outcome.refusal], outcome, locale)
  return { status: 200, body: renderStats(outcome.value), headers: renderRateLimit(outcome.usage) }
}

const renderStats = ({ total, verified, byChannel: { email, whatsapp } }: RecordStats) => ({
  total,
  verified,
  unverified: total - verified,
  verificationRate: (total === 0 ? 0 : (verified / total) * 100).toFixed(2),
  byChannel: { email, whatsapp },
})
