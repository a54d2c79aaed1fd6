import type { RecordedEvent } from '../domain/event.ts'
import type { Secret } from '../domain/secret.ts'
import { signWebhook } from '../domain/webhook-signature.ts'

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

/** The headers of an event, signed by every secret that is active. */
export const signEvent = (
  { id, body, at }: { id: string; body: string; at: Date },
  secrets: Secret[],
): Record<string, string> => ({
  'content-type': 'application/json',
  'user-agent': 'Watchword-Webhooks',
  ...signWebhook({ id: `evt_${id}`, body, at }, secrets),
})
