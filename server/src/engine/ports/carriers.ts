import type { Channel } from '../../domain/address.ts'
import type { ConfigurationIssue } from '../../domain/configuration-issue.ts'
import type { Issue } from '../../domain/issue.ts'
import type { SampleAttempt } from './sample-attempt.ts'

/*
 * Carriers that an operator gives to running servers. Their settings are sealed as a whole before they are stored, and
 * what is secret in them is shown to nobody again.
 */

/** A carrier as it is stored. */
export type StoredCarrier = { name: string; kind: string; sealed: Buffer; updatedAt: Date }

export type CarrierStore = {
  list(): Promise<StoredCarrier[]>
  /** Stores a carrier in the place of the one with its name. */
  put(carrier: { name: string; kind: string; sealed: Buffer }): Promise<void>
  /** Seals anew, unless somebody has written meanwhile. */
  reseal(name: string, before: Buffer, after: Buffer): Promise<void>
  /** False when there is none. */
  remove(name: string): Promise<boolean>
}

/** Settings as they were given, before they are read. */
export type CarrierSettings = Readonly<Record<string, unknown>>

/** A carrier whose settings have been read: each is checked, secrets are `Secret`s, and defaults are filled in. */
export type CheckedCarrier = Readonly<{
  kind: string
  channels: readonly Channel[]
  /** It delivers to nobody, so production refuses it. */
  isForDevelopment: boolean
  settings: CarrierSettings
}>

/** A carrier of the configuration, from the file or from variables that stand for an entry of the file. */
export type ConfiguredCarrier = CheckedCarrier & Readonly<{ source: 'file' | 'environment' }>

/** Reads the entry of a carrier, which is its kind and its settings. Null for one with a issue in it. */
export type ReadCarrier = (entry: unknown, parts: ReadCarrierParts) => CheckedCarrier | null

export type ReadCarrierParts = {
  /** What issues call the place of the entry: `carriers.twilio`. */
  where: string
  resolve: ResolveReference
  report: (issue: ConfigurationIssue) => void
}

/** What `${NAME}` stands for in a setting, or why it stands for nothing. */
export type ResolveReference = (
  name: string,
) => { ok: true; text: string } | { ok: false; read: string; remedy: string }

/** What delivery knows of carriers that an operator sets up. */
export type CarrierTools = {
  /**
   * Reads settings as those of the file are read; `settings` are then what is to be kept. `receiptUrl` is null where the
   * provider reports nothing over HTTP.
   */
  read(given: {
    name: string
    kind: unknown
    settings: CarrierSettings
    /** Looks harder, at what is about to be stored. */
    isNew?: boolean
  }):
    | {
        ok: true
        kind: string
        channels: readonly Channel[]
        settings: CarrierSettings
        receiptUrl: string | null
      }
    | { ok: false; issues: Issue[] }
  /** The settings with `…` and the last four signs in the place of what is secret. */
  mask(kind: string, settings: CarrierSettings): CarrierSettings
}

/** Sends a sample by one carrier, and says what it said; null when it does not serve the channel. */
export type TestCarrier = (test: {
  name: string
  channel: Channel
  to: string
}) => Promise<SampleAttempt | null>
