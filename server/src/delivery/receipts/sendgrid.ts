import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { objectsOf, textOf } from '../protocols/answer-body.ts'
import { jsonOf, type ReceiptReader, report } from './receipt-reader.ts'

// https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event. A bounce may be a temporary block,
// but no code lives long enough for another attempt.
const states: Record<string, 'sent' | 'delivered' | 'undelivered'> = {
  processed: 'sent',
  deferred: 'sent',
  delivered: 'delivered',
  open: 'delivered',
  spamreport: 'delivered',
  bounce: 'undelivered',
  dropped: 'undelivered',
}

/** The key of the signed event webhook, as the dashboard shows it: DER in Base64. Throws for anything else. */
export function parseEventKey(text: string): KeyObject {
  const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== 'ec') throw new Error('eventKey is not an ECDSA key')
  return key
}

/** Event webhooks of SendGrid. The signature (ECDSA over P-256 and SHA-256) covers its time and the whole body. */
export const createSendgridReader = (key: KeyObject | null): ReceiptReader => ({
  verify:
    key === null
      ? null
      : ({ headers, body }) => {
          const signature = Buffer.from(headers['x-twilio-email-event-webhook-signature'] ?? '', 'base64')
          const signed = Buffer.concat([
            Buffer.from(headers['x-twilio-email-event-webhook-timestamp'] ?? ''),
            body,
          ])
          return { isRight: verify('sha256', signed, key, signature) }
        },
  read(request) {
    const events = jsonOf(request)
    if (!Array.isArray(events)) return null
    return objectsOf(events).flatMap(({ sg_message_id: id, event, type, reason }) =>
      report(acceptedIdOf(textOf(id)), states[textOf(event)], event, type, reason),
    )
  },
})

/** The id of a message in events is `<id of the answer>.<filter>`: `….filter0001.…` or `….recvd-…`. */
const acceptedIdOf = (id: string): string => id.replace(/\.(filter|recv).*$/s, '')
