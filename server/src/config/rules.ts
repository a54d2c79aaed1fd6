import type { Channel } from '../domain/address.ts'
import { isEnvironmentCarrierName } from '../domain/carrier-name.ts'
import { Secret } from '../domain/secret.ts'
import type { CarrierSettings } from '../engine/ports/carriers.ts'
import type { FileConfig, MountConfig } from './config-file.ts'
import type { ConfigurationIssue } from './configuration-error.ts'
import { placeOfSetting, variableFor } from './environment-carriers.ts'
import { type DialectShape, optionsOf } from './file-keys.ts'
import { isLoopbackHost } from './loopback.ts'
import { refuseOpenOrigins } from './read-origins.ts'
import { settings, type Values } from './settings.ts'

export type Mode = 'development' | 'production'

export type Facts = {
  values: Values
  dialects: readonly DialectShape[]
  mounts: MountConfig[]
  carriers: FileConfig['carriers']
  routes: FileConfig['routes']
  publicUrl: string
}

/** Reports values that are each valid, but not together, or not in this mode. */
export function validateMode(mode: Mode, facts: Facts): ConfigurationIssue[] {
  const ofMode = mode === 'production' ? validateProduction(facts) : validateDevelopment(facts)
  return [...validateSmtp(facts), ...validateOpenId(facts), ...validateRoutes(mode, facts), ...ofMode]
}

/** The simplest way to give a channel a carrier. */
const needs: Record<Channel, string> = {
  email: 'SMTP_URL and MAIL_FROM',
  sms: 'SMS_WEBHOOK_URL',
  whatsapp: 'WHATSAPP_WEBHOOK_URL',
  voice: 'one up in the file of WATCHWORD_CONFIG',
}

/** What an operator should know, although it stops nothing. */
export function warnOf(mode: Mode, { values, dialects, mounts, carriers, routes }: Facts): string[] {
  if (mode === 'development') return warnOfRealMessages({ routes, carriers })
  const mounted = dialects.filter(({ name }) => mounts.some(({ dialect }) => dialect === name))
  const used = new Set(mounted.flatMap((dialect) => dialect.channels))
  const mute = [...used].filter((channel) => routes[channel]?.length === 0)
  return [
    ...(values.DATABASE_URL === null
      ? [
          'No DATABASE_URL: the server runs its own PostgreSQL in WATCHWORD_DATA. It is lost with this machine; back it up.',
        ]
      : []),
    ...Object.entries(carriers)
      .flatMap(([name, { settings }]) => findOpenUrls(settings).map((key) => placeOfSetting(name, key)))
      .map((place) => `${place} is http: codes travel unencrypted to the gateway.`),
    ...Object.entries(carriers)
      .filter(([, { settings }]) => settings.allowPlainText === true)
      .map(
        ([name]) => `${placeOfSetting(name, 'allowPlainText')}: mail and its codes may travel unencrypted.`,
      ),
    ...mute.map(
      (channel) =>
        `No carrier serves ${channel}: sends on it will fail, unless "watchword carriers set" has given one. Set ${needs[channel]}, or see "watchword docs carriers".`,
    ),
  ]
}

/** A developer who tries things out must know that real people get the messages. */
function warnOfRealMessages({ routes, carriers }: Pick<Facts, 'routes' | 'carriers'>): string[] {
  const entries = Object.values(routes).flatMap((carriers) => carriers ?? [])
  const names = [...new Set(entries.map(({ carrier }) => carrier))].filter(
    (name) => carriers[name]?.kind !== 'inbox',
  )
  return names.length === 0
    ? []
    : [
        `Messages leave this machine through ${names.join(', ')}: the people get them, and the inbox shows them as well. To send none, take the carrier out, or route to the inbox in watchword.yaml.`,
      ]
}

/** The settings of a carrier that are unencrypted URLs to other machines: `url`, or `url.sms` of one in a map. */
const findOpenUrls = (settings: CarrierSettings): string[] =>
  Object.entries(settings).flatMap(([key, value]) => {
    if (value instanceof Secret) return URL.canParse(value.reveal()) && isRemote(value, 'http:') ? [key] : []
    if (typeof value !== 'object' || value === null) return []
    return findOpenUrls(value as CarrierSettings).map((inner) => `${key}.${inner}`)
  })

function issueAbout(where: keyof Values, read: string | null, remedy: string): ConfigurationIssue {
  const { expected, example } = settings[where]
  return { where, read, expected, example: `${where}=${example}`, remedy }
}

const isRemote = (url: Secret, protocol: string): boolean => {
  const { protocol: used, hostname } = new URL(url.reveal())
  return used === protocol && !isLoopbackHost(hostname)
}

function validateDevelopment({ values }: Facts): ConfigurationIssue[] {
  if (isLoopbackHost(values.HOST)) return []
  const remedy =
    'Remove it, or start `watchword serve`: development shows every code to everyone who reaches it.'
  return [
    {
      ...issueAbout('HOST', JSON.stringify(values.HOST), remedy),
      expected: 'a loopback address in development',
      example: 'HOST=127.0.0.1',
    },
  ]
}

function validateProduction({ values, dialects, mounts, publicUrl }: Facts): ConfigurationIssue[] {
  const issues: ConfigurationIssue[] = []
  const {
    WATCHWORD_SECRET: secret,
    WATCHWORD_SECRET_PREVIOUS: previous,
    HOST: host,
    PUBLIC_URL: given,
  } = values

  if (secret === null) {
    issues.push(
      issueAbout('WATCHWORD_SECRET', null, 'Generate one, keep it safe, and give it to every node.'),
    )
  }
  // The previous secret still opens what was made with it, including tokens; the admin token opens everything.
  for (const name of ['WATCHWORD_SECRET', 'WATCHWORD_SECRET_PREVIOUS', 'WATCHWORD_ADMIN_TOKEN'] as const) {
    const given = values[name]
    if (given === null || !isWellKnown(given)) continue
    const remedy = 'It is in an example, so everybody knows it. Generate your own.'
    issues.push(issueAbout(name, 'a value from an example, not shown', remedy))
  }
  if (secret !== null && secret.reveal() === previous?.reveal()) {
    const remedy = 'Remove it, or put the former secret there.'
    issues.push(issueAbout('WATCHWORD_SECRET_PREVIOUS', 'the same as WATCHWORD_SECRET', remedy))
  }
  const url = new URL(publicUrl)
  if (url.protocol !== 'https:' && !isLoopbackHost(given === null ? host : url.hostname)) {
    const remedy = 'Put TLS in front of the server, and name here the https URL that callers use.'
    issues.push(issueAbout('PUBLIC_URL', given === null ? null : JSON.stringify(given), remedy))
  }
  const openOrigins = mounts.flatMap(({ origins }, index) => refuseOpenOrigins(origins, index))
  return [...issues, ...openOrigins, ...validateOptions(mounts, dialects)]
}

function validateOptions(mounts: MountConfig[], dialects: readonly DialectShape[]): ConfigurationIssue[] {
  return mounts.flatMap((mount, index) =>
    optionsOf(dialects)
      .filter(({ dialect }) => dialect === mount.dialect)
      .flatMap(({ name, option }) => option.validate(mount[name] ?? null))
      .map(({ place, read, key, remedy }) => ({
        where: `mounts[${index}].${place}`,
        read: read === undefined ? null : String(read),
        ...key,
        remedy,
      })),
  )
}

/** Secrets that a page or a template has ever shown as a placeholder. */
const isWellKnown = (secret: Secret): boolean =>
  /change[-_ ]?(me|it|this)|replace[-_ ]?(me|it|this)|your[-_ ]?secret|example|openssl rand|former WATCHWORD/i.test(
    secret.reveal(),
  )

function validateSmtp({ values }: Facts): ConfigurationIssue[] {
  const { SMTP_URL: url, MAIL_FROM: from, SMTP_ALLOW_PLAINTEXT: isAllowed } = values
  const issues: ConfigurationIssue[] = []
  if (url !== null && from === null) {
    issues.push(
      issueAbout('MAIL_FROM', null, 'Name the sender: SMTP_URL alone does not say whom mail comes from.'),
    )
  }
  const query = url === null ? '' : new URL(url.reveal()).search
  if (query === '') return issues
  // Options of a mailer such as `?ignoreTLS=true` ask for plain text; only the setting for that may do so.
  const remedy = isAllowed
    ? 'Remove the query; SMTP_ALLOW_PLAINTEXT is enough.'
    : 'Remove the query. TLS is always used; only SMTP_ALLOW_PLAINTEXT=true turns it off, which is unsafe to a remote host.'
  return [...issues, issueAbout('SMTP_URL', 'a URL with a query, not shown', remedy)]
}

/** The provider of OpenID Connect takes three settings, and only on this machine may it be unencrypted. */
function validateOpenId({ values }: Facts): ConfigurationIssue[] {
  const { OPEN_ID_ISSUER: issuer } = values
  const names = ['OPEN_ID_ISSUER', 'OPEN_ID_CLIENT_ID', 'OPEN_ID_CLIENT_SECRET'] as const
  const missing = names.filter((name) => values[name] === null)
  const isOpen = issuer?.startsWith('http:') && !isLoopbackHost(new URL(issuer).hostname)
  return [
    ...(missing.length === names.length ? [] : missing).map((name) =>
      issueAbout(name, null, `Set all three of ${names.join(', ')}, or none.`),
    ),
    ...(isOpen
      ? [issueAbout('OPEN_ID_ISSUER', JSON.stringify(issuer), 'Name the https URL of the provider.')]
      : []),
  ]
}

/** A route may name only configured carriers. */
function validateRoutes(mode: Mode, { values, carriers, routes }: Facts): ConfigurationIssue[] {
  return (Object.keys(routes) as Channel[]).flatMap((channel) =>
    (routes[channel] ?? []).flatMap(({ carrier }): ConfigurationIssue[] => {
      const about = {
        where: `routes.${channel}`,
        read: carrier,
        example: `routes: {${channel}: [${channel === 'email' ? 'smtp' : 'webhook'}]}`,
      }
      const configured = carriers[carrier]
      // A carrier of the file whose issues were already reported.
      if (configured === undefined && !isEnvironmentCarrierName(carrier)) return []
      if (carrier === 'inbox' || configured?.isForDevelopment) {
        if (mode === 'development') return []
        return [
          {
            ...about,
            expected: 'a carrier that delivers',
            remedy: 'The inbox exists in development only; name another.',
          },
        ]
      }
      if (configured?.channels.includes(channel)) return []
      const need = variableFor(carrier, channel)
      if (need === undefined)
        return [{ ...about, expected: `a carrier that serves ${channel}`, remedy: 'Name another carrier.' }]
      if (values[need] !== null) return []
      return [
        {
          ...about,
          expected: `${need}, which this carrier needs`,
          remedy: `Set ${need}, or remove ${carrier}.`,
        },
      ]
    }),
  )
}
