import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

export type Project = { projectId: string; name: string; state: 'active' | 'disabled' | 'deleted' }

/** The projects that the operator sees. */
export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<Project[]> =>
    (await request<{ projects: Project[] }>('admin/v1/projects', { signal })).projects,
})
