import { queryOptions } from '@tanstack/react-query'
import type { Channel } from './inbox.ts'
import { projectPath } from './projects.ts'
import { request } from './request.ts'

export type CarrierRate = {
  channel: Channel
  country: string | null
  delivered: number
  lost: number
  successRate: number | null
  demotion: { successRate: number; expectedRate: number } | null
}

export type Carrier = {
  name: string
  kind: string
  source: 'file' | 'stored' | 'environment'
  channels: Channel[]
  /** Null if they are in the file or cannot be opened; secrets are their last four characters. */
  settings: Record<string, unknown> | null
  receiptUrl: string | null
  verifyToken: string | null
  updatedAt: string | null
  fault: string | null
  /** Of the last day. */
  rates: CarrierRate[]
}

export const carriersQuery = queryOptions({
  queryKey: ['carriers'],
  queryFn: async ({ signal }) =>
    (await request<{ carriers: Carrier[] }>('admin/v1/carriers', { signal })).carriers,
})

/** The path of a carrier in the API. */
export const carrierPath = (name: string): string => `admin/v1/carriers/${encodeURIComponent(name)}`

export const carrierQuery = (name: string) =>
  queryOptions({
    queryKey: ['carriers', name],
    queryFn: ({ signal }) => request<Carrier>(carrierPath(name), { signal }),
  })

export type RouteEntry = { carrier: string; to: string[]; weight: number | null }

/** The carriers of a channel in the order in which they are tried. */
export type ChannelRoute = { channel: Channel; source: 'project' | 'server'; carriers: RouteEntry[] }

export const routesQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['projects', projectId, 'routes'],
    queryFn: async ({ signal }) =>
      (await request<{ routes: ChannelRoute[] }>(`${projectPath(projectId)}/routes`, { signal })).routes,
  })
