import type { Config } from './config/config.ts'
import type { Carrier } from './delivery/carrier.ts'
import type { CarrierParts } from './delivery/carrier-kind.ts'
import { carrierKinds } from './delivery/carriers/index.ts'
import { createInboxCarrier } from './delivery/inbox.ts'
import { createRoutes, type Routes } from './delivery/routes.ts'
import { createSmtpCarrier } from './delivery/smtp.ts'
import { createWebhookCarrier } from './delivery/webhook.ts'
import { type Channel, channels } from './domain/address.ts'

type ConfiguredCarriers = Pick<
  Config,
  'carriers' | 'routes' | 'smtp' | 'smsWebhookUrl' | 'whatsappWebhookUrl'
>

/** The carriers that are configured, by channel, in the order in which they are asked. Each is made once. */
export function createConfiguredRoutes(config: ConfiguredCarriers, log: CarrierParts['log']): Routes {
  const made = new Map<string, Carrier>()
  const carrierOf = (name: string, channel: Channel): Carrier => {
    // The environment has a webhook for each channel, and one name for all of them.
    const key = name === 'webhook' ? `${channel}-${name}` : name
    const carrier =
      made.get(key) ?? createFromFile(name, config, log) ?? createFromEnvironment(name, channel, config)
    made.set(key, carrier)
    return carrier
  }
  return createRoutes(
    Object.fromEntries(
      channels.map((channel) => [channel, config.routes[channel].map((name) => carrierOf(name, channel))]),
    ),
  )
}

function createFromFile(
  name: string,
  { carriers }: ConfiguredCarriers,
  log: CarrierParts['log'],
): Carrier | undefined {
  const configured = carriers[name]
  const kind = carrierKinds.find(({ kind }) => kind === configured?.kind)
  if (configured === undefined || kind === undefined) return undefined
  try {
    return kind.create(configured.settings, { name, log })
  } catch (cause) {
    throw new Error(`The carrier ${name} cannot be made of its settings: ${Object(cause).message}`, { cause })
  }
}

/** The carriers that need no file. That each is configured, the configuration has seen to. */
function createFromEnvironment(name: string, channel: Channel, config: ConfiguredCarriers): Carrier {
  const { smtp, smsWebhookUrl, whatsappWebhookUrl } = config
  const webhookUrls = { email: null, sms: smsWebhookUrl, whatsapp: whatsappWebhookUrl, voice: null }
  const webhookUrl = webhookUrls[channel]
  if (name === 'inbox') return createInboxCarrier()
  if (name === 'smtp' && smtp !== null) return createSmtpCarrier({ ...smtp, url: smtp.url.reveal() })
  if (name === 'webhook' && webhookUrl !== null)
    return createWebhookCarrier({ channels: [channel], url: webhookUrl.reveal() })
  throw new Error(`The route of ${channel} names ${name}, which is not configured.`)
}
