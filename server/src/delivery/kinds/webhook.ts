import Type from 'typebox'
import { createWebhookCarrier } from '../protocols/webhook.ts'
import { gatewayReader } from '../receipts/gateway.ts'
import { defineCarrierKind, secret } from './carrier-kind.ts'

const channels = ['sms', 'whatsapp', 'voice'] as const

/** A gateway of the operator's own. `SMS_WEBHOOK_URL` and `WHATSAPP_WEBHOOK_URL` make one without a file. */
export const webhook = defineCarrierKind({
  kind: 'webhook',
  channels,
  settings: Type.Object({
    url: secret({
      description: 'Where messages are posted to; it may hold a name and password, or a token.',
      expected: 'an http or https URL',
      variable: 'GATEWAY_URL',
      pattern: '^https?://[^\\s/?#]+([/?][^\\s#]*)?$',
    }),
  }),
  guide: {
    title: 'Webhook',
    setup: [
      'Take `POST {id, channel, to, text, code, locale, projectId}`, and answer 2xx within five seconds when the message is taken.',
      'Send a repeated `Idempotency-Key` once. A body `{"id": "…"}` names the message for later.',
      'Answer 408, 425, 429 or 5xx, with `Retry-After`, to what may be tried again, and another 4xx to what may not.',
    ],
    delivered: 'The gateway reports it as `delivered`.',
    source: null,
  },
  receipts: {
    setup: [
      'Post `{"id", "state", "detail"}` to the URL, with the id that the message was answered with; states are `sent`, `delivered`, `undelivered` and `expired`.',
    ],
    checked: 'The word in the URL.',
    open: () => gatewayReader,
  },
  create: ({ url }, { name }) => createWebhookCarrier({ name, channels, url: url.reveal() }),
})
