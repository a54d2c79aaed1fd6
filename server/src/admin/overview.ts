import Type from 'typebox'
import { channels, isRegion } from '../domain/address.ts'
import { amountOf } from '../domain/money.ts'
import type { ProjectId } from '../domain/project.ts'
import { quantileSeconds } from '../domain/verification-times.ts'
import {
  type OverviewResult,
  overviewStepsMax,
  type ReadOverview,
  stepsOf,
  stepsReachDays,
} from '../engine/operations/read-overview.ts'
import { overviewSteps, type VerificationCounts } from '../engine/ports/overview.ts'
import type { Answer } from '../http/dialect.ts'
import {
  badRequest,
  carrierField,
  countryField,
  momentField,
  noSuchProject,
  nullable,
  oneOf,
  projectAnswers,
  readMoment,
  renderWorded,
} from './answers.ts'
import { type AdminRoute, defineRoute } from './route.ts'

export type OverviewRouteParts = { readOverview: ReadOverview; currency: string }

const counts = {
  sent: Type.Integer(),
  accepted: Type.Integer(),
  delivered: Type.Integer(),
  verified: Type.Integer(),
  conversion: nullable(Type.Number()),
  medianSeconds: nullable(Type.Number()),
  p95Seconds: nullable(Type.Number()),
  messages: Type.Integer(),
  refused: Type.Integer(),
  lost: Type.Integer(),
  cost: Type.Number(),
}

const exampleCounts = {
  sent: 1204,
  accepted: 1200,
  delivered: 1182,
  verified: 975,
  conversion: 0.8098,
  medianSeconds: 9.1,
  p95Seconds: 41.3,
  messages: 1260,
  refused: 12,
  lost: 9,
  cost: 30.1,
}

const overviewSchema = Type.Object(
  {
    from: Type.String({ format: 'date-time' }),
    until: Type.String({ format: 'date-time' }),
    step: oneOf(overviewSteps),
    currency: Type.String(),
    total: Type.Object(counts),
    series: Type.Array(Type.Object({ at: Type.String({ format: 'date-time' }), ...counts })),
    channels: Type.Array(Type.Object({ channel: oneOf(channels), ...counts })),
    countries: Type.Array(Type.Object({ country: nullable(Type.String()), ...counts })),
    carriers: Type.Array(Type.Object({ carrier: nullable(Type.String()), ...counts })),
  },
  {
    examples: [
      {
        from: '2030-01-31T11:00:00.000Z',
        until: '2030-01-31T12:00:00.000Z',
        step: 'hour',
        currency: 'EUR',
        total: exampleCounts,
        series: [{ at: '2030-01-31T11:00:00.000Z', ...exampleCounts }],
        channels: [{ channel: 'sms', ...exampleCounts }],
        countries: [{ country: 'CI', ...exampleCounts }],
        carriers: [{ carrier: 'orange', ...exampleCounts }],
      },
    ],
  },
)

/** The route that shows how codes fare. */
export const createOverviewRoutes = ({ readOverview, currency }: OverviewRouteParts): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/overview',
    role: 'viewer',
    summary: 'Count what was sent, delivered and verified, in time and by channel, country and carrier',
    description:
      'A code counts in the step in which it was requested. The range is extended to whole steps of UTC; the answer says which.',
    query: Type.Object({
      from: momentField('The last 24 hours by default.'),
      until: momentField('Now by default.'),
      step: Type.Optional(oneOf(overviewSteps)),
      channel: Type.Optional(oneOf(channels)),
      country: countryField,
      carrier: carrierField,
    }),
    answers: {
      200: { description: 'The largest first; the series in the order of time.', schema: overviewSchema },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const result = await readOverview({
        projectId: params.projectId as ProjectId,
        from: readMoment(query.from),
        until: readMoment(query.until),
        step: query.step ?? null,
        channel: query.channel ?? null,
        country: query.country !== undefined && isRegion(query.country) ? query.country : null,
        carrier: query.carrier ?? null,
      })
      return result.ok
        ? { status: 200, body: renderOverview(result, currency) }
        : renderRefusal(result.refusal)
    },
  }),
]

const reaches = overviewSteps.map((step) => `steps of a ${step} reach back ${stepsReachDays[step]} days`)

type Refusal = Extract<OverviewResult, { ok: false }>['refusal']

/** What is wrong with a range. */
export const renderRangeRefusal = (refusal: Exclude<Refusal, 'project-unknown'>): string =>
  rangeRefusals[refusal]

const rangeRefusals = {
  'range-backwards': 'from must lie before until, and in the past',
  'range-too-long': `from and until are more than ${overviewStepsMax} steps apart: choose a longer step`,
  'step-gone': `from lies too far back: ${reaches.join(', ')}`,
}

const renderRefusal = (refusal: Refusal): Answer =>
  refusal === 'project-unknown' ? noSuchProject() : renderWorded(400, rangeRefusals[refusal])

/** An overview as this API and `--json` show it. */
export function renderOverview({ range, overview }: Extract<OverviewResult, { ok: true }>, currency: string) {
  const { total, series, channels, countries, carriers } = overview
  return {
    from: range.from.toISOString(),
    until: range.until.toISOString(),
    step: range.step,
    currency,
    total: renderCounts(total),
    series: stepsOf(range).map((at) => ({ at: at.toISOString(), ...renderCounts(series.get(at.getTime())) })),
    channels: sorted(channels).map(([channel, entry]) => ({ channel, ...renderCounts(entry) })),
    countries: sorted(countries).map(([country, entry]) => ({ country, ...renderCounts(entry) })),
    carriers: sorted(carriers).map(([carrier, entry]) => ({ carrier, ...renderCounts(entry) })),
  }
}

const sorted = <Key>(entries: Map<Key, VerificationCounts>): [Key, VerificationCounts][] =>
  [...entries].sort(
    ([oneName, one], [otherName, other]) =>
      other.sent - one.sent ||
      other.messages - one.messages ||
      (String(oneName) < String(otherName) ? -1 : 1),
  )

const nothing: VerificationCounts = {
  sent: 0,
  accepted: 0,
  delivered: 0,
  messages: 0,
  refused: 0,
  lost: 0,
  cost: 0,
  times: new Map(),
}

function renderCounts({ times, cost, ...counted }: VerificationCounts = nothing) {
  const verified = [...times.values()].reduce((sum, count) => sum + count, 0)
  const { sent, accepted, delivered, ...messages } = counted
  return {
    sent,
    accepted,
    delivered,
    verified,
    conversion: sent === 0 ? null : Math.round((verified / sent) * 10_000) / 10_000,
    medianSeconds: quantileSeconds(times, 0.5),
    p95Seconds: quantileSeconds(times, 0.95),
    ...messages,
    cost: amountOf(cost),
  }
}
