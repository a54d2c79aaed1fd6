import type { Static } from 'typebox'
import { parseAddress } from '../../domain/address.ts'
import type { Challenge } from '../../domain/challenge.ts'
import type { Project } from '../../domain/project.ts'
import type { ReadOutcome, ReadRecords } from '../../engine/codes/read-records.ts'
import { type Answer, type Call, defineRoute, type Route } from '../../http/dialect.ts'
import { issueErrorsOf, renderError, renderRateLimit, renderRefusal, type WireError } from './envelope.ts'
import { type AdmitProject, accessErrors } from './project-access.ts'
import { serviceCode } from './purposes.ts'
import { answersOf, meanings, projectHeaders, recordsAnswer, recordsQuery, withRateLimit } from './schemas.ts'
import { parseTimeRange, timeRangeErrors } from './time-range.ts'

/** The refusals of the routes that only read. */
export const readRefusals = {
  'too-many-requests': { status: 429, message: 'rateLimited' },
} as const satisfies Record<Extract<ReadOutcome<unknown>, { ok: false }>['refusal'], WireError>

export type ReadParts = { admit: AdmitProject; readRecords: ReadRecords }

/** `GET /api/v1/otp/records`. */
export const recordsRoute = ({ admit, readRecords }: ReadParts): Route =>
  defineRoute({
    method: 'GET',
    path: '/api/v1/otp/records',
    access: 'api-key',
    summary: 'Retrieve OTP history for analytics and debugging',
    query: recordsQuery,
    headers: projectHeaders,
    answers: {
      200: withRateLimit(recordsAnswer),
      ...answersOf([accessErrors, readRefusals, timeRangeErrors, issueErrorsOf(recordsQuery)], {
        ...meanings,
        400: 'A parameter is wrong.',
      }),
    },
    admit,
    handle: (call, { project }) => list(readRecords, project, call),
  })

async function list(
  readRecords: ReadRecords,
  project: Project,
  { query, locale }: Call<unknown, Static<typeof recordsQuery>>,
): Promise<Answer> {
  const dates = parseTimeRange(query)
  if (!dates.ok) return renderError(timeRangeErrors[dates.issue], locale)

  const page = Number(query.page ?? 1)
  const limit = Number(query.limit ?? 10)
  const outcome = await readRecords.page(project, {
    purpose: serviceCode.name,
    channel: query.channel ?? null,
    isVerified: query.verified === undefined ? null : query.verified === 'true',
    recordId: query.recordId ?? null,
    target: query.target === undefined ? null : canonical(query.target),
    ...dates.range,
    offset: (page - 1) * limit,
    limit,
  })
  if (!outcome.ok) return renderRefusal(readRefusals[outcome.refusal], outcome, locale)

  const { records, total } = outcome.value
  return {
    status: 200,
    body: {
      records: records.map(renderRecord),
      pagination: { page, limit, total, pages: Math.ceil(total / limit) },
    },
    headers: renderRateLimit(outcome.usage),
  }
}

/** The canonical address; a national number only matches as it was written in the send. */
const canonical = (target: string): string => parseAddress(target) ?? target

/** `recordId` is the caller's own, or null; `target` is as the caller wrote it. */
const renderRecord = ({ target, channel, usedAt, recordId, createdAt, expiresAt }: Challenge) => ({
  target,
  channel,
  verified: usedAt !== null,
  recordId,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
})
