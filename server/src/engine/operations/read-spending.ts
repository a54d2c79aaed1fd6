import type { Micros } from '../../domain/money.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { ProjectStore } from '../ports/projects.ts'
import type { SpendingLine, SpendingStore } from '../ports/spending.ts'

export type SpendingReport = {
  currency: string
  /** What the project may spend, in the currency; null if unlimited. */
  perDay: number | null
  perMonth: number | null
  lines: SpendingLine[]
  total: Micros
}

export type SpendingQuery = { projectId: ProjectId; from: string | null; until: string | null }

/** What the messages of a project have cost; null if there is no such project. */
export type ReadSpending = (query: SpendingQuery) => Promise<SpendingReport | null>

export const createReadSpending =
  ({
    projects,
    spending,
    currency,
  }: {
    projects: Pick<ProjectStore, 'find'>
    spending: Pick<SpendingStore, 'report'>
    currency: string
  }): ReadSpending =>
  async (query) => {
    const project = await projects.find(query.projectId)
    if (project === null) return null
    const lines = await spending.report(query)
    const { spendingPerDay: perDay, spendingPerMonth: perMonth } = project.settings
    return { currency, perDay, perMonth, lines, total: lines.reduce((sum, { cost }) => sum + cost, 0) }
  }

/** Parses a day such as `2026-03-01`; null for anything else. */
export function parseDay(input: string): string | null {
  const moment = /^\d{4}-\d{2}-\d{2}$/.test(input) ? new Date(`${input}T00:00:00Z`) : null
  return moment !== null && moment.toJSON()?.slice(0, 10) === input ? input : null
}
