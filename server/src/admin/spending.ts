import Type from 'typebox'
import { channels } from '../domain/address.ts'
import { amountOf } from '../domain/money.ts'
import type { ProjectId } from '../domain/project.ts'
import { parseDay, type ReadSpending, type SpendingReport } from '../engine/operations/read-spending.ts'
import { badRequest, noSuchProject, nullable, projectAnswers, renderWorded } from './answers.ts'
import { type AdminRoute, defineRoute } from './route.ts'

const amount = Type.Number()

const spendingSchema = Type.Object(
  {
    currency: Type.String(),
    caps: Type.Object({ perDay: nullable(amount), perMonth: nullable(amount) }),
    total: amount,
    spending: Type.Array(
      Type.Object({
        day: Type.String(),
        channel: Type.Union(channels.map((channel) => Type.Literal(channel))),
        carrier: Type.String(),
        country: nullable(Type.String()),
        messages: Type.Integer(),
        cost: amount,
      }),
    ),
  },
  {
    examples: [
      {
        currency: 'EUR',
        caps: { perDay: 50, perMonth: null },
        total: 1.05,
        spending: [
          { day: '2030-01-31', channel: 'sms', carrier: 'orange', country: 'CI', messages: 42, cost: 1.05 },
        ],
      },
    ],
  },
)

/** The route that reports what the messages of a project have cost. */
export const createSpendingRoutes = ({ readSpending }: { readSpending: ReadSpending }): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/admin/v1/projects/:projectId/spending',
    role: 'viewer',
    summary: 'Report what messages have cost, by day, carrier and country',
    description: '?from and ?until are UTC days such as 2026-03-01, both included.',
    query: Type.Object({ from: Type.Optional(Type.String()), until: Type.Optional(Type.String()) }),
    answers: {
      200: { description: 'Newest day first.', schema: spendingSchema },
      ...badRequest,
      ...projectAnswers,
    },
    async handle({ params, query }) {
      const bounds = { from: readDay(query.from), until: readDay(query.until) }
      const wrong = (['from', 'until'] as const).find((name) => bounds[name] === undefined)
      if (wrong !== undefined) return renderWorded(400, `${wrong} must be a day such as 2026-03-01`)
      const report = await readSpending({
        projectId: params.projectId as ProjectId,
        from: bounds.from ?? null,
        until: bounds.until ?? null,
      })
      return report === null ? noSuchProject() : { status: 200, body: renderSpending(report) }
    },
  }),
]

/** Undefined for a text that is not a day. */
const readDay = (given: string | undefined): string | null | undefined =>
  given === undefined ? null : (parseDay(given) ?? undefined)

/** The report as this API and `--json` show it, with amounts in the currency. */
export const renderSpending = ({ currency, perDay, perMonth, lines, total }: SpendingReport) => ({
  currency,
  caps: { perDay, perMonth },
  total: amountOf(total),
  spending: lines.map(({ cost, ...line }) => ({ ...line, cost: amountOf(cost) })),
})
