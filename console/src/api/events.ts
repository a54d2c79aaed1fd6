import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type Range, startOf } from './overview.ts'
import { request, urlOf } from './request.ts'

/** Something that changed, on record. Its address is masked. */
export type AuditEvent = {
  eventId: string
  type: string
  at: string
  scope: string
  challengeId: string | null
  accountId: number | null
  address: string | null
  details: Record<string, unknown> | null
}

type Page = { events: AuditEvent[]; next: string | null }

const pageSize = 1000

/** The events of a project, or those of the server that belong to no project for null. */
const pathOf = (projectId: string | null) =>
  projectId === null ? 'admin/v1/events' : `admin/v1/projects/${projectId}/events`

/** A file of everything that happened in a range, a line of JSON for each event. */
export const exportUrl = (projectId: string | null, range: Range): string =>
  urlOf(`${pathOf(projectId)}/export`, { from: startOf(range) }).href

/** What happened in a range, in pages; each begins where the one before has ended. */
export const eventsQuery = (projectId: string | null, range: Range) =>
  infiniteQueryOptions({
    queryKey: ['events', projectId, range],
    initialPageParam: { from: startOf(range), after: null as string | null },
    queryFn: ({ pageParam: { from, after }, signal }) =>
      request<Page>(pathOf(projectId), { query: { from, after, limit: pageSize }, signal }),
    getNextPageParam: ({ next }, _pages, { from }) => (next === null ? null : { from, after: next }),
    placeholderData: keepPreviousData,
  })

/** As many pages are looked through for what was refused. */
const pagesMax = 10

/** Everything that happened in the last hour; `isWhole` is false where that was too much to look through. */
export const lastHourQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['events-last-hour', projectId],
    async queryFn({ signal }): Promise<{ events: AuditEvent[]; isWhole: boolean }> {
      const from = startOf('hour')
      const events: AuditEvent[] = []
      let after: string | null = null
      for (let page = 0; page < pagesMax; page += 1) {
        const found: Page = await request<Page>(pathOf(projectId), {
          query: { from, after, limit: pageSize },
          signal,
        })
        events.push(...found.events)
        if (found.next === null) return { events, isWhole: true }
        after = found.next
      }
      return { events, isWhole: false }
    },
    refetchInterval: 30_000,
  })
