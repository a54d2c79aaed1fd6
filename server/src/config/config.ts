import type { Prices } from '../domain/money.ts'
import type { RouteTable } from '../domain/route.ts'
import type { Secret } from '../domain/secret.ts'
import type { ConfiguredCarrier } from '../engine/ports/carriers.ts'
import type { MountConfig } from './config-file.ts'
import type { Mode } from './rules.ts'
import type { logLevels, Network, tokenAlgorithms } from './settings.ts'

/** The configuration, checked and frozen. `loadConfig` makes it; every part gets the slice that it needs. */
export type Config = Readonly<{
  mode: Mode
  host: string
  port: number
  /**
   * Without a slash at the end. Its default has `port`, even if that is 0 and only the listening server knows the real
   * one.
   */
  publicUrl: string
  /** Null for the embedded PostgreSQL in `dataDirectory`. */
  databaseUrl: Secret | null
  /** Connections of a node, besides those of its batches. */
  databaseConnections: number
  secret: Secret
  secretPrevious: Secret | null
  /** Absolute. */
  dataDirectory: string
  adminToken: Secret | null
  logLevel: (typeof logLevels)[number]
  /** How many there are, or their networks. */
  trustedProxies: number | readonly Readonly<Network>[]
  /** How long a node that is asked to end still serves. */
  drainSeconds: number
  tokenAlgorithm: (typeof tokenAlgorithms)[number]
  mounts: readonly Readonly<MountConfig>[]
  /** The carriers of file and environment, by name; in development with the `inbox`. */
  carriers: Readonly<Record<string, ConfiguredCarrier>>
  /** The carriers of each channel, in order, with the destinations and weights of each. */
  routeTable: RouteTable
  prices: Prices
  /** Private networks that webhooks may be called in. */
  webhookNetworks: readonly Readonly<Network>[]
  /** The operators' own provider of OpenID Connect; null for none. */
  openId: Readonly<{ issuer: string; clientId: string; clientSecret: Secret; name: string }> | null
  /** Days that records and events are kept. */
  retention: Readonly<{ recordDays: number; eventDays: number }>
  /** What an operator should know at the start, although it stops nothing. */
  warnings: readonly string[]
}>
