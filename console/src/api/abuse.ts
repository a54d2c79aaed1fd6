import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

/** A prefix of phone numbers that nothing is sent to; `sends` and `verified` are those of the last hour. */
export type StoppedPrefix = {
  projectId: string
  prefix: string
  reason: 'few-verified' | 'surge'
  until: string
  sends: number
  verified: number
}

const pathOf = (projectId: string) => `admin/v1/projects/${projectId}`

export const stoppedPrefixesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['stopped-prefixes', projectId],
    queryFn: async ({ signal }) =>
      (
        await request<{ stoppedPrefixes: StoppedPrefix[] }>(`${pathOf(projectId)}/stopped-prefixes`, {
          signal,
        })
      ).stoppedPrefixes,
    refetchInterval: 10_000,
  })

/** Lets sends go to a prefix again. */
export const releasePrefix = (projectId: string, prefix: string): Promise<unknown> =>
  request(`${pathOf(projectId)}/stopped-prefixes/release`, { method: 'POST', body: { prefix } })

/** Ends the lock that wrong codes have put on an address. */
export const unlockAddress = (projectId: string, address: string): Promise<unknown> =>
  request(`${pathOf(projectId)}/unlock`, { method: 'POST', body: { address } })

/** Who is always served, and who never. */
export type Lists = { allow: string[]; deny: string[] }

export const listsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['lists', projectId],
    queryFn: async ({ signal }): Promise<Lists> => {
      const { settings } = await request<{ settings: Lists }>(pathOf(projectId), { signal })
      return { allow: settings.allow, deny: settings.deny }
    },
  })

/** Replaces a list. */
export const writeList = (projectId: string, list: Partial<Lists>): Promise<unknown> =>
  request(pathOf(projectId), { method: 'PATCH', body: { settings: list } })
