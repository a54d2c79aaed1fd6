import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { projectPath } from './projects.ts'
import { request } from './request.ts'

export type Webhook = {
  webhookId: string
  url: string
  eventTypes: string[]
  isEnabled: boolean
  disabledReason: string | null
  failingSince: string | null
  previousSecretUntil: string | null
  createdAt: string
}

export type DeliveryState = 'waiting' | 'delivered' | 'failed'

export type Delivery = {
  eventId: string
  type: string
  state: DeliveryState
  attempts: number
  nextAt: string | null
  lastAt: string | null
  lastStatus: number | null
  lastDetail: string | null
}

const webhooksPath = (projectId: string): string => `${projectPath(projectId)}/webhooks`

/** The path of a webhook in the API. */
export const webhookPath = (projectId: string, webhookId: string): string =>
  `${webhooksPath(projectId)}/${encodeURIComponent(webhookId)}`

export const webhooksQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['projects', projectId, 'webhooks'],
    queryFn: async ({ signal }) =>
      (await request<{ webhooks: Webhook[] }>(webhooksPath(projectId), { signal })).webhooks,
  })

/** Creates a webhook; its secret is in this answer alone. */
export const createWebhook = (projectId: string, body: { url: string; eventTypes: string[] }) =>
  request<Webhook & { secret: string }>(webhooksPath(projectId), { method: 'POST', body })

/** The deliveries of a webhook, newest first, asked again while they are looked at. */
export const deliveriesQuery = (projectId: string, webhookId: string, state: string) =>
  infiniteQueryOptions({
    queryKey: ['projects', projectId, 'webhooks', webhookId, 'deliveries', state],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      request<{ deliveries: Delivery[]; next: string | null }>(
        `${webhookPath(projectId, webhookId)}/deliveries`,
        { query: { state, before: pageParam }, signal },
      ),
    getNextPageParam: ({ next }) => next,
    refetchInterval: 3000,
  })
