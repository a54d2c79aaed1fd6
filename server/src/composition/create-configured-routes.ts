import type { Config } from '../config/config.ts'
import type { Carrier, CarrierParts } from '../delivery/carrier.ts'
import { createInboxCarrier } from '../delivery/kinds/inbox.ts'
import { carrierKinds } from '../delivery/kinds/index.ts'
import { createSmtpCarrier } from '../delivery/protocols/smtp.ts'
import { createWebhookCarrier } from '../delivery/protocols/webhook.ts'
import type { Demotions } from '../delivery/queue/demotions.ts'
import { createRoutesOf, type Routes } from '../delivery/queue/routes.ts'
import { type Channel, channels } from '../domain/address.ts'
import { type CarrierChannels, plainEntry } from '../domain/route.ts'
import type { StoredCarriers } from './stored-carriers.ts'

type ConfiguredCarriers = Pick<
  Config,
  'carriers' | 'routeTable' | 'smtp' | 'smsWebhookUrl' | 'whatsappWebhookUrl' | 'mode'
>

export type RoutesParts = {
  /** What a carrier is given besides its settings. */
  partsOf: (name: string) => CarrierParts
  /** The carriers of the database; they may change at any time. */
  stored?: Pick<StoredCarriers, 'find' | 'channels'>
  isDemoted?: Demotions['isDemoted']
}

/** Routes, and a way to one carrier alone. */
export type ConfiguredRoutes = Routes & {
  carrierNamed: (name: string, channel: Channel) => Carrier | undefined
}

/** The carriers that are configured, by the routes of the server and of projects. Each is made once. */
export function createConfiguredRoutes(
  config: ConfiguredCarriers,
  { partsOf, stored, isDemoted }: RoutesParts,
): ConfiguredRoutes {
  const made = new Map<string, Carrier>()
  const known = carrierChannels(config)
  const carrierNamed = (name: string, channel: Channel): Carrier | undefined => {
    // Taken out of the configuration since a project named it: the others of its route serve it.
    if (!Object.hasOwn(known, name)) {
      const found = stored?.find(name)
      return found?.channels.includes(channel) ? found : undefined
    }
    if (known[name]?.includes(channel) !== true) return undefined
    // The environment has a webhook for each channel, and one name for all of them.
    const key = name === 'webhook' ? `${channel}-${name}` : name
    const carrier =
      made.get(key) ??
      createFromFile(name, config, partsOf) ??
      createFromEnvironment(name, channel, { config, partsOf })
    made.set(key, carrier)
    return carrier
  }
  // Those of the server are made at once, so that what is wrong with one is known at the start.
  for (const channel of channels)
    for (const { carrier } of config.routeTable[channel] ?? []) carrierNamed(carrier, channel)
  const routes = createRoutesOf({
    table: config.routeTable,
    carrierNamed,
    ...(isDemoted === undefined ? {} : { isDemoted }),
    async close() {
      await Promise.all([...made.values()].map((carrier) => carrier.close?.()))
    },
  })
  return {
    ...routes,
    carrierNamed,
    carriersFor(destination) {
      const { channel, own = {} } = destination
      if (stored === undefined || own[channel] !== undefined || (config.routeTable[channel] ?? []).length > 0)
        return routes.carriersFor(destination)
      // A channel for which the configuration has nothing goes by what an operator has given to the running server.
      return routes.carriersFor({
        ...destination,
        own: { [channel]: Object.keys(stored.channels()).map(plainEntry) },
      })
    },
  }
}

/** Which channels each carrier that is configured serves: what routes may name. */
export function carrierChannels(config: ConfiguredCarriers): CarrierChannels {
  const webhooks: Channel[] = [
    ...(config.smsWebhookUrl === null ? [] : (['sms'] as const)),
    ...(config.whatsappWebhookUrl === null ? [] : (['whatsapp'] as const)),
  ]
  const ofFile = Object.entries(config.carriers).map(([name, { channels }]) => [name, channels] as const)
  return Object.fromEntries([
    ...ofFile,
    ...(config.smtp === null ? [] : [['smtp', ['email']] as const]),
    ...(webhooks.length === 0 ? [] : [['webhook', webhooks] as const]),
    ...(config.mode === 'development' ? [['inbox', channels] as const] : []),
  ])
}

/** The same of the carriers of the database. */
export const channelsOfStored = (stored: readonly { name: string; kind: string }[]): CarrierChannels =>
  Object.fromEntries(
    stored.map(({ name, kind }) => [name, carrierKinds.find((known) => known.kind === kind)?.channels ?? []]),
  )

function createFromFile(
  name: string,
  { carriers }: ConfiguredCarriers,
  partsOf: RoutesParts['partsOf'],
): Carrier | undefined {
  const configured = carriers[name]
  const kind = carrierKinds.find(({ kind }) => kind === configured?.kind)
  if (configured === undefined || kind === undefined) return undefined
  try {
    return kind.create(configured.settings, partsOf(name))
  } catch (cause) {
    throw new Error(`The carrier ${name} cannot be made of its settings: ${Object(cause).message}`, { cause })
  }
}

/** The carriers that need no file. That each is configured, the configuration has seen to. */
function createFromEnvironment(
  name: string,
  channel: Channel,
  { config, partsOf }: { config: ConfiguredCarriers; partsOf: RoutesParts['partsOf'] },
): Carrier {
  const { smtp, smsWebhookUrl, whatsappWebhookUrl } = config
  const webhookUrls = { email: null, sms: smsWebhookUrl, whatsapp: whatsappWebhookUrl, voice: null }
  const webhookUrl = webhookUrls[channel]
  if (name === 'inbox') return createInboxCarrier()
  if (name === 'smtp' && smtp !== null)
    return createSmtpCarrier({ ...smtp, url: smtp.url.reveal(), stampOf: partsOf(name).stampOf })
  if (name === 'webhook' && webhookUrl !== null)
    return createWebhookCarrier({ channels: [channel], url: webhookUrl.reveal(), name })
  throw new Error(`The route of ${channel} names ${name}, which is not configured.`)
}
