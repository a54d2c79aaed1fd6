import { createHmac } from 'node:crypto'
import type { RecordedEvent } from '../domain/event.ts'
import type { Secret } from '../domain/secret.ts'

/** The body of an event, in the format of Standard Webhooks. */
export const renderEvent = ({
  id,
  scope,
  type,
  at,
  challengeId,
  accountId,
  address,
  details,
}: RecordedEvent) =>
  JSON.stringify({
    type,
    timestamp: at.toISOString(),
    data: { eventId: id, projectId: scope, challengeId, accountId, address, ...details },
  })

/**
 * The headers of Standard Webhooks: the same id at every attempt, the time of this one, and a signature with every
 * active secret, so that a receiver can switch to the new one at any time.
 */
export function signEvent(
  { id, body, at }: { id: string; body: string; at: Date },
  secrets: Secret[],
): Record<string, string> {
  const webhookId = `evt_${id}`
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.reveal().replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${webhookId}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'content-type': 'application/json',
    'user-agent': 'Watchword-Webhooks',
    'webhook-id': webhookId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}
