import { isAbsolute, join, resolve } from 'node:path'
import { type Channel, channels } from '../domain/address.ts'
import { plainEntry, type RouteEntry } from '../domain/route.ts'
import type { Secret } from '../domain/secret.ts'
import { defaultSessionLife } from '../domain/session-life.ts'
import type { ReadCarrier } from '../engine/ports/carriers.ts'
import type { Config } from './config.ts'
import { emptyFile, type FileConfig, type MountConfig, readConfigFile } from './config-file.ts'
import { ConfigurationError, type ConfigurationIssue } from './configuration-error.ts'
import { readEnvironmentCarriers } from './environment-carriers.ts'
import { type DialectShape, optionsOf } from './file-keys.ts'
import { keepSecret } from './keep-secret.ts'
import { type Environment, readSettings } from './read-settings.ts'
import { createResolveReference } from './read-variable.ts'
import { type Mode, validateMode, warnOf } from './rules.ts'
import type { Network, Values } from './settings.ts'

/*
 * The only reader of the environment and of configuration files. Everything else receives what it needs from a Config.
 */

export type { Config } from './config.ts'

export type LoadParts = {
  env: Environment
  mode: Mode
  /** Reads one carrier: delivery knows the kinds. */
  readCarrier: ReadCarrier
  /** The dialects that the file may mount, in the order in which development mounts them. */
  dialects: readonly DialectShape[]
  directory?: string
}

/**
 * Reads, checks and freezes the whole configuration, or throws one ConfigurationError with every issue. In development
 * it makes the master secret if there is none; relative paths begin at `directory`.
 */
export function loadConfig({
  env,
  mode,
  readCarrier,
  dialects,
  directory = process.cwd(),
}: LoadParts): Config {
  const { values, issues } = readSettings(env)
  const fromHere = (path: string) => (isAbsolute(path) ? path : resolve(directory, path))
  const carrierParts = { readCarrier, resolve: createResolveReference(env) }
  const file: FileConfig =
    values.WATCHWORD_CONFIG === null
      ? emptyFile
      : readConfigFile(fromHere(values.WATCHWORD_CONFIG), { ...carrierParts, dialects, issues })
  const ofEnvironment: ConfigurationIssue[] = []
  const carriers = {
    ...file.carriers,
    ...readEnvironmentCarriers(
      { values, isDevelopment: mode === 'development' },
      { ...carrierParts, report: (issue) => void ofEnvironment.push(issue) },
    ),
  }

  const mounts = (file.mounts ?? defaultMounts(mode, dialects)).map((mount) =>
    decideOptions(mount, mode, dialects),
  )
  const publicUrl =
    values.PUBLIC_URL ??
    `http://${values.HOST.includes(':') ? `[${values.HOST}]` : values.HOST}:${values.PORT}`
  const facts = { values, dialects, mounts, carriers, routes: file.routes, publicUrl }
  // A setting that is already wrong is not reported again as missing, or as part of a carrier.
  for (const found of [validateMode(mode, facts), ofEnvironment]) {
    const reported = new Set(issues.map(({ where }) => where.replace(/_FILE$/, '')))
    issues.push(...found.filter(({ where }) => !reported.has(where)))
  }

  const dataDirectory = fromHere(values.WATCHWORD_DATA)
  const secret = issues.length > 0 ? null : (values.WATCHWORD_SECRET ?? keptSecret(dataDirectory, issues))
  if (secret === null) throw new ConfigurationError(issues)

  const routeTable = completeRoutes(facts)
  return deepFreeze({
    mode,
    host: values.HOST,
    port: values.PORT,
    publicUrl,
    databaseUrl: values.DATABASE_URL,
    databaseConnections: values.DATABASE_CONNECTIONS,
    secret,
    secretPrevious: values.WATCHWORD_SECRET_PREVIOUS,
    dataDirectory,
    adminToken: values.WATCHWORD_ADMIN_TOKEN,
    logLevel: values.LOG_LEVEL,
    trustedProxies: values.TRUST_PROXY,
    drainSeconds: values.DRAIN_SECONDS,
    tokenAlgorithm: values.TOKEN_ALGORITHM,
    mounts,
    carriers,
    webhookNetworks: values.WEBHOOK_PRIVATE_NETWORKS ?? (mode === 'development' ? thisMachine : []),
    retention: { recordDays: values.RETENTION_RECORD_DAYS, eventDays: values.RETENTION_EVENT_DAYS },
    openId: openIdOf(values),
    routeTable,
    prices: file.prices,
    warnings: warnOf(mode, { ...facts, routes: routeTable }),
  })
}

/** A rule has seen to it that all three are set, or none. */
function openIdOf({
  OPEN_ID_ISSUER: issuer,
  OPEN_ID_CLIENT_ID: clientId,
  OPEN_ID_CLIENT_SECRET: clientSecret,
  OPEN_ID_NAME: name,
}: Values): Config['openId'] {
  if (issuer === null || clientId === null || clientSecret === null) return null
  return { issuer, clientId, clientSecret, name }
}

const thisMachine: readonly Network[] = [
  { address: '127.0.0.0', prefix: 8, family: 'ipv4' },
  { address: '::1', prefix: 128, family: 'ipv6' },
]

type Facts = Parameters<typeof validateMode>[1]

/** Production mounts what needs no project of its own; the others must be mounted with their project. */
function defaultMounts(mode: Mode, dialects: readonly DialectShape[]): MountConfig[] {
  const unsaid = Object.fromEntries(optionsOf(dialects).map(({ name }) => [name, null]))
  return dialects
    .filter(({ projectNamedIn }) => mode === 'development' || projectNamedIn !== null)
    .map(({ name: dialect }) => ({
      dialect,
      project: null,
      prefix: '',
      origins: [],
      sessions: defaultSessionLife,
      ...unsaid,
    }))
}

/** Development's defaults for options that a mount does not set. In production a rule checks them. */
function decideOptions(mount: MountConfig, mode: Mode, dialects: readonly DialectShape[]): MountConfig {
  if (mode !== 'development') return mount
  const missing = optionsOf(dialects).filter(
    ({ dialect, name }) => dialect === mount.dialect && mount[name] === null,
  )
  return { ...mount, ...Object.fromEntries(missing.map(({ name, option }) => [name, option.inDevelopment])) }
}

function keptSecret(dataDirectory: string, issues: ConfigurationIssue[]): Secret | null {
  const kept = keepSecret(join(dataDirectory, 'secret'))
  if (kept.ok) return kept.secret
  issues.push(kept.issue)
  return null
}

/**
 * For a channel that the file does not route: the configured carriers, the file's first, or the inbox if there are
 * none.
 */
function completeRoutes({ carriers, routes }: Facts): Record<Channel, readonly RouteEntry[]> {
  const serving = (channel: Channel) =>
    Object.keys(carriers).filter((name) => carriers[name]?.channels.includes(channel))
  const entriesOf = (channel: Channel): readonly RouteEntry[] => {
    const names = serving(channel)
    const others = names.filter((name) => name !== 'inbox')
    return routes[channel] ?? (others.length > 0 ? others : names).map(plainEntry)
  }
  return Object.fromEntries(channels.map((channel) => [channel, entriesOf(channel)])) as Record<
    Channel,
    readonly RouteEntry[]
  >
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}
