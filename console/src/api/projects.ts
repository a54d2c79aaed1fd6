import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

export type Project = {
  projectId: string
  name: string
  state: 'active' | 'disabled' | 'deleted'
  settings: Readonly<Record<string, unknown>>
  /** Sends: those that it may make in all, null for no limit, and those that it has made. */
  tokens: { granted: number | null; used: number }
  createdAt: string
}

/** The projects that the operator sees. */
export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<Project[]> =>
    (await request<{ projects: Project[] }>('admin/v1/projects', { signal })).projects,
})

/** The path of a project in the API. */
export const projectPath = (projectId: string): string => `admin/v1/projects/${encodeURIComponent(projectId)}`

/** One project. Whatever is known of a project stands below `projects`, so that one word refreshes it all. */
export const projectQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['projects', projectId],
    queryFn: ({ signal }) => request<Project>(projectPath(projectId), { signal }),
  })

export type Key = {
  keyId: string
  name: string
  prefix: string
  scopes: string[]
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  lastUsedAt: string | null
}

export const keysQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['projects', projectId, 'keys'],
    queryFn: async ({ signal }) =>
      (await request<{ keys: Key[] }>(`${projectPath(projectId)}/keys`, { signal })).keys,
  })

export type Spending = {
  currency: string
  caps: { perDay: number | null; perMonth: number | null }
  total: number
  spending: {
    day: string
    channel: string
    carrier: string
    country: string | null
    messages: number
    cost: number
  }[]
}

/** What the messages of a project have cost since a day. */
export const spendingQuery = (projectId: string, from: string) =>
  queryOptions({
    queryKey: ['projects', projectId, 'spending', from],
    queryFn: ({ signal }) =>
      request<Spending>(`${projectPath(projectId)}/spending`, { query: { from }, signal }),
  })
