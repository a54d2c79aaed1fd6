import { randomBytes } from 'node:crypto'
import type { EventType, RecordedEvent } from '../../domain/event.ts'
import { webhookEventTypes } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import { parseWebhookUrl } from '../../domain/webhook.ts'
import type { ProjectStore } from '../ports/ports.ts'
import type { Sealer } from './sealing.ts'

/** Where a project wants its events told. */
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
  tries: number
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
  /** How many will be told again, or null when there is no such webhook. */
  replay(projectId: ProjectId, id: string, what: Replay): Promise<number | null>
}

export type SealedWebhook = {
  projectId: ProjectId
  id: string
  secret: Buffer
  previousSecret: Buffer | null
}

/** A delivery in the hands of this node, with what it tells. */
export type ClaimedDelivery = {
  projectId: ProjectId
  webhookId: string
  url: string
  secret: Buffer
  previousSecret: Buffer | null
  tries: number
  /** By the database's clock (V10). */
  claimedAt: Date
  event: RecordedEvent
}

/** What a try came to. `retrySeconds` is null when there will be no other. */
export type DeliveryTry = {
  eventId: string
  tries: number
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
  /** Stores what the tries of one webhook came to. `gone`: it asked never to be told anything again. */
  record(
    webhook: { projectId: ProjectId; webhookId: string },
    tries: DeliveryTry[],
    options: { isGone: boolean },
  ): Promise<void>
}

export type WebhookRefusal = 'project-unknown' | 'webhook-unknown' | 'not-a-url' | 'too-many'

type Outcome<Value> = ({ ok: true } & Value) | { ok: false; refusal: WebhookRefusal }

/** What an operator does with the webhooks of a project. */
export type ManageWebhooks = {
  /** The secret is in the answer and can be read nowhere else. */
  create(
    projectId: ProjectId,
    wanted: { url: string; eventTypes: EventType[] | null },
  ): Promise<Outcome<{ webhook: Webhook; secret: Secret }>>
  list(projectId: ProjectId): Promise<Webhook[] | null>
  update(projectId: ProjectId, id: string, change: WebhookChange): Promise<Outcome<{ webhook: Webhook }>>
  rotate(projectId: ProjectId, id: string): Promise<Outcome<{ webhook: Webhook; secret: Secret }>>
  remove(projectId: ProjectId, id: string): Promise<boolean>
  deliveries(projectId: ProjectId, id: string, query: DeliveryQuery): Promise<WebhookDelivery[] | null>
  replay(projectId: ProjectId, id: string, what: Replay): Promise<number | null>
}

export type ManageWebhooksParts = {
  projects: ProjectStore
  webhooks: WebhookStore
  sealer: Pick<Sealer, 'seal'>
}

/** The name of the place that a webhook's secret is sealed for. */
export const webhookPlace = (projectId: ProjectId, id: string): string => `webhook/${projectId}/${id}`

export function createManageWebhooks({ projects, webhooks, sealer }: ManageWebhooksParts): ManageWebhooks {
  const refuse = (refusal: WebhookRefusal) => ({ ok: false, refusal }) as const
  const seal = (secret: Secret, projectId: ProjectId, id: string) =>
    sealer.seal(secret, webhookPlace(projectId, id))

  return {
    async create(projectId, { url: text, eventTypes }) {
      if ((await projects.find(projectId)) === null) return refuse('project-unknown')
      const url = parseWebhookUrl(text)
      if (url === null) return refuse('not-a-url')
      const id = `WHK_${randomBytes(6).toString('hex')}`
      const secret = mintWebhookSecret()
      const wanted = { projectId, id, url, eventTypes: eventTypes ?? webhookEventTypes }
      const webhook = await webhooks.insert({ ...wanted, secret: seal(secret, projectId, id) })
      return webhook === null ? refuse('too-many') : { ok: true, webhook, secret }
    },

    async list(projectId) {
      return (await projects.find(projectId)) === null ? null : webhooks.list(projectId)
    },

    async update(projectId, id, { url: text, ...change }) {
      const url = text === undefined ? undefined : parseWebhookUrl(text)
      if (url === null) return refuse('not-a-url')
      const webhook = await webhooks.update(projectId, id, url === undefined ? change : { ...change, url })
      return webhook === null ? refuse('webhook-unknown') : { ok: true, webhook }
    },

    async rotate(projectId, id) {
      const secret = mintWebhookSecret()
      const webhook = await webhooks.rotate(projectId, id, seal(secret, projectId, id))
      return webhook === null ? refuse('webhook-unknown') : { ok: true, webhook, secret }
    },

    remove: (projectId, id) => webhooks.remove(projectId, id),
    deliveries: (projectId, id, query) => webhooks.deliveries(projectId, id, query),
    replay: (projectId, id, what) => webhooks.replay(projectId, id, what),
  }
}

/** Seals every webhook's secrets with the present master secret, so that the former one may go. Answers how many. */
export async function resealWebhooks({
  webhooks,
  sealer,
}: {
  webhooks: Pick<WebhookStore, 'listSealed' | 'reseal'>
  sealer: Sealer
}): Promise<number> {
  const changes = (await webhooks.listSealed()).flatMap((before) => {
    const place = webhookPlace(before.projectId, before.id)
    const secret = sealer.sealAnew(before.secret, place)
    const previous = before.previousSecret === null ? null : sealer.sealAnew(before.previousSecret, place)
    if (secret === null && previous === null) return []
    const after = {
      ...before,
      secret: secret ?? before.secret,
      previousSecret: previous ?? before.previousSecret,
    }
    return [{ before, after }]
  })
  if (changes.length > 0) await webhooks.reseal(changes)
  return changes.length
}

/** As Standard Webhooks writes symmetric secrets. */
const mintWebhookSecret = (): Secret => new Secret(`whsec_${randomBytes(32).toString('base64')}`)
