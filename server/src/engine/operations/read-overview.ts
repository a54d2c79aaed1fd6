import type { ProjectId } from '../../domain/project.ts'
import type { Overview, OverviewQuery, OverviewStep, OverviewStore } from '../ports/overview.ts'
import type { ProjectStore } from '../ports/projects.ts'

export type AskedOverview = Omit<OverviewQuery, 'from' | 'until' | 'step'> & {
  from: Date | null
  until: Date | null
  step: OverviewStep | null
}

export type OverviewResult =
  | { ok: true; range: Pick<OverviewQuery, 'from' | 'until' | 'step'>; overview: Overview }
  | { ok: false; refusal: 'project-unknown' | 'range-backwards' | 'range-too-long' | 'step-gone' }

/** Reads what was sent, delivered and verified in whole steps. */
export type ReadOverview = (query: AskedOverview & { projectId: ProjectId }) => Promise<OverviewResult>

export type ReadOverviewParts = { projects: Pick<ProjectStore, 'find'>; overviews: OverviewStore }

const minuteMilliseconds = 60_000
const hourMilliseconds = 60 * minuteMilliseconds
const dayMilliseconds = 24 * hourMilliseconds

const stepMilliseconds: Record<OverviewStep, number> = {
  minute: minuteMilliseconds,
  hour: hourMilliseconds,
  day: dayMilliseconds,
}

/** How many steps one answer has at most: a day of minutes, two months of hours, some four years of days. */
export const overviewStepsMax = 1_500

/** How far steps reach back. Their roll-ups are kept a day longer at least. */
export const stepsReachDays: Record<OverviewStep, number> = { minute: 7, hour: 99, day: 1_500 }

/** Makes the reader of overviews. */
export function createReadOverview({ projects, overviews }: ReadOverviewParts): ReadOverview {
  return async ({ projectId, channel, country, carrier, ...asked }) => {
    if ((await projects.find(projectId)) === null) return { ok: false, refusal: 'project-unknown' }
    const now = await overviews.now()
    const range = rangeOf(asked, now)
    if (range === null) return { ok: false, refusal: 'range-backwards' }
    const { from, until, step } = range
    if (until.getTime() - from.getTime() > overviewStepsMax * stepMilliseconds[step])
      return { ok: false, refusal: 'range-too-long' }
    if (now.getTime() - from.getTime() > (stepsReachDays[step] + 1) * dayMilliseconds)
      return { ok: false, refusal: 'step-gone' }
    const overview = await overviews.read({ projectId, channel, country, carrier, ...range })
    return { ok: true, range, overview }
  }
}

/** The beginnings of all steps of a range. */
export function stepsOf({ from, until, step }: Pick<OverviewQuery, 'from' | 'until' | 'step'>): Date[] {
  const length = stepMilliseconds[step]
  const count = Math.round((until.getTime() - from.getTime()) / length)
  return Array.from({ length: count }, (_, nth) => new Date(from.getTime() + nth * length))
}

/** The last day by default, extended to whole steps, of which none lies in the future. Null for a range that ends before it begins. */
function rangeOf(
  { from, until, step }: Pick<AskedOverview, 'from' | 'until' | 'step'>,
  now: Date,
): Pick<OverviewQuery, 'from' | 'until' | 'step'> | null {
  const end = Math.min(until?.getTime() ?? now.getTime(), now.getTime())
  const begin = from?.getTime() ?? end - dayMilliseconds
  if (begin >= end) return null
  const chosen = step ?? stepFor(end - begin, now.getTime() - begin)
  const length = stepMilliseconds[chosen]
  return {
    from: new Date(Math.floor(begin / length) * length),
    until: new Date(Math.ceil(end / length) * length),
    step: chosen,
  }
}

function stepFor(milliseconds: number, age: number): OverviewStep {
  const reaches = (step: OverviewStep): boolean => age < stepsReachDays[step] * dayMilliseconds
  if (milliseconds <= 6 * hourMilliseconds && reaches('minute')) return 'minute'
  return milliseconds <= 4 * dayMilliseconds && reaches('hour') ? 'hour' : 'day'
}
