import Type from 'typebox'
import type { Channel } from '../../domain/address.ts'
import { Secret } from '../../domain/secret.ts'
import type { Carrier } from '../carrier.ts'
import { createCarrier } from '../protocols/create-carrier.ts'
import { createWebhookCarrier, webhookConnections } from '../protocols/webhook.ts'
import { gatewayReader } from '../receipts/gateway.ts'
import { connectionsMax, defineCarrierKind, type SettingNotes, secret } from './carrier-kind.ts'

const channels = ['sms', 'whatsapp', 'voice'] as const

type UrlByChannel = Partial<Readonly<Record<(typeof channels)[number], Secret>>>

const notes = {
  description: 'Where messages are posted to; the URL may contain a name and password, or a token.',
  expected: 'an http or https URL, or one for each channel that it serves, as `{sms: …, whatsapp: …}`',
} satisfies Partial<SettingNotes>

const oneUrl = secret({ ...notes, variable: 'GATEWAY_URL', pattern: '^https?://[^\\s/?#]+([/?][^\\s#]*)?$' })

/** One URL for all channels, or a map with one for each. */
const url = Type.Unsafe<Secret | UrlByChannel>({
  ...oneUrl,
  isMap: true,
  properties: Object.fromEntries(
    channels.map((channel) => [channel, { ...oneUrl, expected: 'an http or https URL' }]),
  ),
})

/** A gateway of the operator's own. `SMS_WEBHOOK_URL` and `WHATSAPP_WEBHOOK_URL` create one without a file. */
export const webhook = defineCarrierKind({
  kind: 'webhook',
  channels,
  channelsOf: ({ url }) => channelsOf(url),
  settings: Type.Object({
    url,
    signingSecret: Type.Optional(
      secret({
        description: 'Signs every message as Standard Webhooks does, so that the gateway knows us.',
        expected: 'whsec_ and at least 24 bytes in Base64',
        variable: 'GATEWAY_SIGNING_SECRET',
        pattern: '^whsec_[A-Za-z0-9+/]{32,200}={0,2}$',
      }),
    ),
    connectionsMax: connectionsMax(webhookConnections),
  }),
  guide: {
    title: 'Webhook',
    setup: [
      'Accept `POST {id, channel, to, text, code, locale, projectId}`, and answer 2xx within five seconds to accept the message.',
      'Send each `Idempotency-Key` only once. An answer of `{"id": "…"}` gives the message an id for later reports.',
      'With `signingSecret` check `webhook-signature` by a library of [Standard Webhooks](https://www.standardwebhooks.com); without it the gateway knows us by its URL alone.',
      'To refuse a message, answer 408, 425, 429 or 5xx, with `Retry-After`, if it may be retried, and another 4xx if not.',
    ],
    delivered: 'The gateway reports it as `delivered`.',
    source: null,
  },
  receipts: {
    setup: [
      'Post `{"id", "state", "detail"}` to the URL, with the id that the gateway gave to the message; states are `sent`, `delivered`, `undelivered` and `expired`.',
    ],
    checked: 'The token in the URL.',
    open: () => gatewayReader,
  },
  create({ url, signingSecret, connectionsMax }, { name }) {
    const common = {
      name,
      signingSecret: signingSecret ?? null,
      concurrencyMax: connectionsMax ?? webhookConnections,
    }
    if (url instanceof Secret) return createWebhookCarrier({ ...common, channels, url: url.reveal() })
    return combine(
      name,
      Object.fromEntries(
        channelsOf(url).map((channel) => [
          channel,
          createWebhookCarrier({ ...common, channels: [channel], url: url[channel]?.reveal() ?? '' }),
        ]),
      ),
    )
  },
})

const channelsOf = (url: Secret | UrlByChannel) =>
  url instanceof Secret ? channels : channels.filter((channel) => url[channel] !== undefined)

/** Combines several carriers, one for each channel. */
function combine(name: string, byChannel: Partial<Record<Channel, Carrier>>): Carrier {
  const carriers = Object.values(byChannel)
  if (carriers.length === 0) throw new Error('url names no channel: give it one of sms, whatsapp and voice')
  return createCarrier({
    name,
    channels: carriers.flatMap(({ channels }) => channels),
    concurrencyMax: carriers.reduce((sum, { concurrencyMax }) => sum + concurrencyMax, 0),
    async deliver(message, signal) {
      const carrier = byChannel[message.channel]
      if (carrier === undefined) throw new Error(`The carrier ${name} does not serve ${message.channel}`)
      return carrier.deliver(message, signal)
    },
    async close() {
      await Promise.all(carriers.map((carrier) => carrier.close?.()))
    },
  })
}
