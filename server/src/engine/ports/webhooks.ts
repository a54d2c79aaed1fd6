import type { EventType, RecordedEvent } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'

/** A URL that gets events of a project. */
export type Webhook = {
  projectId: ProjectId
  id: string
  url: string
  eventTypes: EventType[]
  isEnabled: boolean
  /** Why it was disabled automatically, or null. */
  disabledReason: string | null
  /** The first failure since the last success. */
  failingSince: Date | null
  /** Until when the previous secret signs as well. */
  previousUntil: Date | null
  createdAt: Date
}

export type DeliveryState = 'waiting' | 'delivered' | 'failed'

/** One event for one webhook, and its state. */
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

/** One event, or all events of a period that the webhook subscribes to. */
export type Replay = { eventId: string } | { from: Date; until: Date }

export type WebhookStore = {
  /** Null if the project already has the maximum. */
  insert(webhook: {
    projectId: ProjectId
    id: string
    url: string
    eventTypes: EventType[]
    secret: Buffer
  }): Promise<Webhook | null>
  list(projectId: ProjectId): Promise<Webhook[]>
  /** Null if there is no such webhook. */
  update(projectId: ProjectId, id: string, change: WebhookChange): Promise<Webhook | null>
  /** The previous secret goes on signing for a day. */
  rotate(projectId: ProjectId, id: string, secret: Buffer): Promise<Webhook | null>
  remove(projectId: ProjectId, id: string): Promise<boolean>
  /** Newest first. */
  deliveries(projectId: ProjectId, id: string, query: DeliveryQuery): Promise<WebhookDelivery[] | null>
  /** The secrets of all webhooks of all projects. */
  listSealed(): Promise<SealedWebhook[]>
  /** Stores resealed secrets, except those that somebody changed in the meantime. */
  reseal(webhooks: { before: SealedWebhook; after: SealedWebhook }[]): Promise<void>
  /** How many will be delivered again, or null if there is no such webhook. */
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
  /** In the database's time (V10). */
  claimedAt: Date
  event: RecordedEvent
}

/** The result of an attempt. `retrySeconds` is null after the last one. */
export type DeliveryAttempt = {
  eventId: string
  attempts: number
  state: DeliveryState
  retrySeconds: number | null
  status: number | null
  detail: string | null
}

export type WebhookOutbox = {
  /** Leases due deliveries, a few for each webhook that is not `busy`. No two nodes get the same one. */
  claim(wanted: {
    busy: string[]
    isFailing: boolean
    webhooksMax: number
    each: number
  }): Promise<ClaimedDelivery[]>
  /** Stores the results of the attempts for one webhook. `isGone`: the receiver asked for no more events. */
  record(
    webhook: { projectId: ProjectId; webhookId: string },
    attempts: DeliveryAttempt[],
    options: { isGone: boolean },
  ): Promise<void>
}
