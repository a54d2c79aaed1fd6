import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Channel } from './inbox.ts'
import { request } from './request.ts'

/** What happened to codes. `sent` counts by the moment of the request, and everything else belongs to those codes. */
export type Counts = {
  sent: number
  accepted: number
  delivered: number
  verified: number
  conversion: number | null
  medianSeconds: number | null
  p95Seconds: number | null
  messages: number
  refused: number
  lost: number
  cost: number
}

export type Overview = {
  from: string
  until: string
  step: 'minute' | 'hour' | 'day'
  currency: string
  total: Counts
  series: (Counts & { at: string })[]
  channels: (Counts & { channel: Channel })[]
  countries: (Counts & { country: string | null })[]
  carriers: (Counts & { carrier: string | null })[]
}

/** How far back one looks. */
export const ranges = ['hour', 'day', 'week', 'month'] as const
export type Range = (typeof ranges)[number]

const day = 86_400_000
export const rangeMilliseconds: Record<Range, number> = {
  hour: day / 24,
  day,
  week: 7 * day,
  month: 30 * day,
}

/** The range of a URL; the last day where it says none. */
export const readRange = (text: string | undefined): Range => ranges.find((range) => range === text) ?? 'day'

/** When a range that ends now began. */
export const startOf = (range: Range): string => new Date(Date.now() - rangeMilliseconds[range]).toISOString()

export type OverviewFilter = { range: Range; channel?: string; country?: string; carrier?: string }

const path = (projectId: string) => `admin/v1/projects/${projectId}/overview`

/** The figures of a project, asked again as long as they are looked at. */
export const overviewQuery = (projectId: string, { range, ...narrowed }: OverviewFilter) =>
  queryOptions({
    queryKey: ['overview', projectId, range, narrowed],
    queryFn: ({ signal }) =>
      request<Overview>(path(projectId), { query: { ...narrowed, from: startOf(range) }, signal }),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })

/** The same range a week earlier, to compare shares with. Minutes are not kept that long, so an hour is its hours. */
export const lastWeekQuery = (projectId: string, { range, ...narrowed }: OverviewFilter) =>
  queryOptions({
    queryKey: ['overview-last-week', projectId, range, narrowed],
    queryFn: ({ signal }) => {
      const until = Date.now() - rangeMilliseconds.week
      const query = {
        ...narrowed,
        from: new Date(until - rangeMilliseconds[range]).toISOString(),
        until: new Date(until).toISOString(),
        step: range === 'hour' ? 'hour' : undefined,
      }
      return request<Overview>(path(projectId), { query, signal })
    },
    staleTime: 600_000,
  })
