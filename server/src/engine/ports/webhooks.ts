import type { EventType, RecordedEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'

/** Where a project wants its events delivered. */
export type Webhook = {
  projectId: ProjectId
  id: string
  url: string
  eventTypes: EventType[]
  isEnabled: boolean
  /** Why it was disabled by itself, or null. */
  disabledReason: string | null
  /** The first failure since the last success. */
  failingSince: Date | null
  /** Until when the secret before the present one signs as well. */
  previousUntil: Date | null
  createdAt: Date
}

export type DeliveryState = 'waiting' | 'delivered' | 'failed'

/** One event for one webhook, and what became of it. */
export type WebhookDelivery = {
  eventId: string
  type: EventType
  state: DeliveryState
  attempts: number
  nextAt: Date | null
  lastAt: Date | null
  lastStatus: number | null
  lastDetail: string | null
}

export type WebhookChange = { url?: string; eventTypes?: EventType[]; isEnabled?: boolean }

export type DeliveryQuery = { state: DeliveryState | null; before: string | null; limit: number }

/** One event, or all from one moment to another that the webhook asks for. */
export type Replay = { eventId: string } | { from: Date; until: Date }

export type WebhookStore = {
  /** Null when the project has as many as it may have. */
  insert(webhook: {
    projectId: ProjectId
    id: string
    url: string
    eventTypes: EventType[]
    secret: Buffer
  }): Promise<Webhook | null>
  list(projectId: ProjectId): Promise<Webhook[]>
  /** Null when there is no such webhook. */
  update(projectId: ProjectId, id: string, change: WebhookChange): Promise<Webhook | null>
  /** The former secret goes on signing for a day. */
  rotate(projectId: ProjectId, id: string, secret: Buffer): Promise<Webhook | null>
  remove(projectId: ProjectId, id: string): Promise<boolean>
  /** Newest first. */
  deliveries(projectId: ProjectId, id: string, query: DeliveryQuery): Promise<WebhookDelivery[] | null>
  /** The secrets of all webhooks of all projects. */
  listSealed(): Promise<SealedWebhook[]>
  /** Stores secrets that were sealed anew, but for those that somebody has changed meanwhile. */
  reseal(webhooks: { before: SealedWebhook; after: SealedWebhook }[]): Promise<void>
  /** How many will be delivered again, or null when there is no such webhook. */
  replay(projectId: ProjectId, id: string, what: Replay): Promise<number | null>
}

export type SealedWebhook = {
  projectId: ProjectId
  id: string
  secret: Buffer
  previousSecret: Buffer | null
}

/** A delivery that this node has leased, with its event. */
export type ClaimedDelivery = {
  projectId: ProjectId
  webhookId: string
  url: string
  secret: Buffer
  previousSecret: Buffer | null
  attempts: number
  /** By the database's clock (V10). */
  claimedAt: Date
  event: RecordedEvent
}

/** What an attempt came to. `retrySeconds` is null when there will be no other. */
export type DeliveryAttempt = {
  eventId: string
  attempts: number
  state: DeliveryState
  retrySeconds: number | null
  status: number | null
  detail: string | null
}

export type WebhookOutbox = {
  /** Leases what is due, a few of each webhook; none of those that are `busy`. No two nodes get the same one. */
  claim(wanted: {
    busy: string[]
    isFailing: boolean
    webhooksMax: number
    each: number
  }): Promise<ClaimedDelivery[]>
  /** Stores what the attempts of one webhook came to. `isGone`: it asked for no more events. */
  record(
    webhook: { projectId: ProjectId; webhookId: string },
    attempts: DeliveryAttempt[],
    options: { isGone: boolean },
  ): Promise<void>
}
