import { foreignWords } from '../domain/foreign-text.ts'
import type { Secret } from '../domain/secret.ts'
import { webhookWait } from '../domain/webhook.ts'
import { webhookAssociatedData } from '../engine/operations/manage-webhooks.ts'
import type { Sealer } from '../engine/operations/sealing.ts'
import type { DeliveryLog } from '../engine/ports/delivery-log.ts'
import type { ClaimedDelivery, DeliveryAttempt, WebhookOutbox } from '../engine/ports/webhooks.ts'
import { createEgressPolicy, type Network } from './egress-policy.ts'
import { createPostEvent, type PostOutcome } from './post-event.ts'
import { renderEvent, signEvent } from './render-event.ts'

/*
 * Delivers events to webhooks: at least once, and with the same id at every attempt. A node claims a few deliveries of a
 * webhook at a time, and no more until those are done, so that a slow webhook does not hold up others.
 */

const pollMilliseconds = 1_000
const goneKeyDetail =
  'its secret was sealed with another WATCHWORD_SECRET: bring that back as WATCHWORD_SECRET_PREVIOUS, or make a new one with "watchword webhooks update … --new-secret"'
/** The maximum deliveries of one webhook at a time. A failing webhook gets one. */
const eachMax = 16
/** The maximum webhooks at a time. Failing ones have slots of their own, and take none from the others. */
const webhooksMax = { healthy: 48, failing: 16 }

export type WebhookDispatcherParts = {
  outbox: WebhookOutbox
  sealer: Pick<Sealer, 'open'>
  /** Private networks that may be called. */
  networks: readonly Network[]
  log: DeliveryLog
}

/** Starts the dispatcher, and returns a function that stops it and resolves when no delivery is running. */
export function startWebhookDispatcher({
  outbox,
  sealer,
  networks,
  log,
}: WebhookDispatcherParts): () => Promise<void> {
  const stopping = new AbortController()
  const client = createPostEvent(createEgressPolicy(networks), { signal: stopping.signal })
  const busy = { healthy: new Map<string, Promise<void>>(), failing: new Map<string, Promise<void>>() }
  let timer: NodeJS.Timeout | null = null
  let polling: Promise<void> | null = null
  let isAskedAgain = false

  async function poll(): Promise<void> {
    do {
      isAskedAgain = false
      try {
        await take('healthy')
        await take('failing')
      } catch (error) {
        if (!stopping.signal.aborted) log.warn({ error }, 'webhooks.outbox-unreachable')
      }
    } while (isAskedAgain && !stopping.signal.aborted)
    polling = null
    if (!stopping.signal.aborted) timer = setTimeout(pollNow, pollMilliseconds * (0.9 + Math.random() / 5))
  }

  function pollNow(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (stopping.signal.aborted) return
    if (polling !== null) isAskedAgain = true
    else polling = poll()
  }

  async function take(kind: 'healthy' | 'failing'): Promise<void> {
    const room = webhooksMax[kind] - busy[kind].size
    if (room <= 0) return
    const claimed = await outbox.claim({
      busy: [...busy.healthy.keys(), ...busy.failing.keys()],
      isFailing: kind === 'failing',
      webhooksMax: room,
      each: kind === 'failing' ? 1 : eachMax,
    })
    for (const [webhookId, deliveries] of groupByWebhook(claimed)) {
      const work = deliverAll(deliveries)
        .catch((error) => log.error({ webhookId, error }, 'webhooks.fault'))
        .finally(() => {
          busy[kind].delete(webhookId)
          pollNow()
        })
      busy[kind].set(webhookId, work)
    }
  }

  /** Delivers the claimed deliveries of one webhook. */
  async function deliverAll(deliveries: ClaimedDelivery[]): Promise<void> {
    const [first] = deliveries
    if (first === undefined) return
    const outcomes = await Promise.all(deliveries.map(deliver))
    const attempts = deliveries.map((delivery, index) => attemptOf(delivery, outcomes[index] as PostOutcome))
    const isGone = outcomes.some(({ status }) => status === 410)
    const { projectId, webhookId } = first
    await outbox.record({ projectId, webhookId }, attempts, { isGone })
    for (const { eventId, state, status, detail } of attempts)
      if (state !== 'delivered')
        log.warn({ projectId, webhookId, eventId, state, status, detail }, 'webhooks.not-delivered')
  }

  async function deliver(delivery: ClaimedDelivery) {
    const { projectId, webhookId, url, secret, previousSecret, claimedAt, event } = delivery
    const associatedData = webhookAssociatedData(projectId, webhookId)
    const secrets = [secret, previousSecret]
      .map((sealed) => (sealed === null ? null : sealer.open(sealed, associatedData)))
      .filter((opened): opened is Secret => opened !== null)
    // Without a signature, the receiver could not tell the event from a forgery.
    if (secrets.length === 0) return { status: null, retryAfterSeconds: null, detail: goneKeyDetail }
    const body = renderEvent(event)
    return client.post(url, signEvent({ id: event.id, body, at: claimedAt }, secrets), body)
  }

  pollNow()
  return async () => {
    stopping.abort()
    if (timer !== null) clearTimeout(timer)
    await polling
    await Promise.all([...busy.healthy.values(), ...busy.failing.values()])
    client.close()
  }
}

function groupByWebhook(claimed: ClaimedDelivery[]): Map<string, ClaimedDelivery[]> {
  const groups = new Map<string, ClaimedDelivery[]>()
  for (const delivery of claimed)
    groups.set(delivery.webhookId, [...(groups.get(delivery.webhookId) ?? []), delivery])
  return groups
}

/** What a fault of a connection says may be the other side's words, those of its certificate for example. */
const detailLengthMax = 500

function attemptOf(
  { event: { id: eventId }, attempts }: ClaimedDelivery,
  outcome: PostOutcome,
): DeliveryAttempt {
  const { status, detail } = outcome
  if (status !== null && status >= 200 && status < 300)
    return { eventId, attempts, state: 'delivered', retrySeconds: null, status, detail: null }
  const retrySeconds = webhookWait(attempts, Math.random(), outcome.retryAfterSeconds)
  const state = retrySeconds === null ? 'failed' : 'waiting'
  return {
    eventId,
    attempts,
    state,
    retrySeconds,
    status,
    detail: detail === null ? null : foreignWords(detail, detailLengthMax),
  }
}
