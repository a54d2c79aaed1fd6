import { queryOptions } from '@tanstack/react-query'
import { request } from './request.ts'

/** A send and a check of one API, as `/dev/trials` answers them, with what opens it in development. */
export type Trial = {
  name: string
  projectId: string
  /** Stands in the bodies for the address, and `code` for the code. */
  to: string
  code: string
  headers: Record<string, string>
  send: TrialRequest
  check: TrialRequest
}
export type TrialRequest = { path: string; body: Record<string, unknown> }

/** What can be tried on this server. It changes with its configuration only. */
export const trialsQuery = queryOptions({
  queryKey: ['trials'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }) => (await request<{ trials: Trial[] }>('dev/trials', { signal })).trials,
})
