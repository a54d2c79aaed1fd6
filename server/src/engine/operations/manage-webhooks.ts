import { randomBytes } from 'node:crypto'
import { type EventType, webhookEventTypes } from '../../domain/event.ts'
import type { ProjectId } from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import { parseWebhookUrl } from '../../domain/webhook.ts'
import type { ProjectStore } from '../ports/projects.ts'
import type {
  DeliveryQuery,
  Replay,
  Webhook,
  WebhookChange,
  WebhookDelivery,
  WebhookStore,
} from '../ports/webhooks.ts'
import type { Sealer } from './sealing.ts'

export type WebhookRefusal = 'project-unknown' | 'webhook-unknown' | 'not-a-url' | 'too-many'

type Outcome<Value> = ({ ok: true } & Value) | { ok: false; refusal: WebhookRefusal }

/** The operations on the webhooks of a project. */
export type ManageWebhooks = {
  /** Only this answer contains the secret. */
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

/** The associated data of a webhook's sealed secret. */
export const webhookAssociatedData = (projectId: ProjectId, id: string): string =>
  `webhook/${projectId}/${id}`

export function createManageWebhooks({ projects, webhooks, sealer }: ManageWebhooksParts): ManageWebhooks {
  const refuse = (refusal: WebhookRefusal) => ({ ok: false, refusal }) as const
  const seal = (secret: Secret, projectId: ProjectId, id: string) =>
    sealer.seal(secret, webhookAssociatedData(projectId, id))

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

/** Reseals the secrets of all webhooks with the current master secret. Returns how many webhooks changed. */
export async function resealWebhooks({
  webhooks,
  sealer,
}: {
  webhooks: Pick<WebhookStore, 'listSealed' | 'reseal'>
  sealer: Sealer
}): Promise<number> {
  const changes = (await webhooks.listSealed()).flatMap((before) => {
    const associatedData = webhookAssociatedData(before.projectId, before.id)
    const secret = sealer.reseal(before.secret, associatedData)
    const previous =
      before.previousSecret === null ? null : sealer.reseal(before.previousSecret, associatedData)
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

/** A symmetric secret in the format of Standard Webhooks. */
const mintWebhookSecret = (): Secret => new Secret(`whsec_${randomBytes(32).toString('base64')}`)
