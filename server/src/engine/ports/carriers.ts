import type { Channel } from '../../domain/address.ts'
import type { ConfigurationIssue } from '../../domain/configuration-issue.ts'
import type { Issue } from '../../domain/issue.ts'
import type { SampleAttempt } from './sample-attempt.ts'

/*
 * Carriers that an operator adds to running servers. Their settings are sealed as a whole before they are stored, and the
 * secrets in them are never shown again.
 */

/** A stored carrier. */
export type StoredCarrier = { name: string; kind: string; sealed: Buffer; updatedAt: Date }

export type CarrierStore = {
  list(): Promise<StoredCarrier[]>
  /** Stores a carrier, replacing the one with the same name. */
  put(carrier: { name: string; kind: string; sealed: Buffer }): Promise<void>
  /** Replaces the sealed settings, unless somebody changed them in the meantime. */
  reseal(name: string, before: Buffer, after: Buffer): Promise<void>
  /** False if there is none. */
  remove(name: string): Promise<boolean>
}

/** Settings as given, not yet validated. */
export type CarrierSettings = Readonly<Record<string, unknown>>

/** A carrier whose settings are validated: secrets are `Secret`s, and defaults are filled in. */
export type CheckedCarrier = Readonly<{
  kind: string
  channels: readonly Channel[]
  /** It delivers to nobody, so production refuses it. */
  isForDevelopment: boolean
  settings: CarrierSettings
}>

/** A carrier of the configuration, from the file or from variables that stand for an entry of the file. */
export type ConfiguredCarrier = CheckedCarrier & Readonly<{ source: 'file' | 'environment' }>

/** Reads the entry of a carrier, which is its kind and its settings. Null for an invalid entry. */
export type ReadCarrier = (entry: unknown, parts: ReadCarrierParts) => CheckedCarrier | null

export type ReadCarrierParts = {
  /** The place of the entry in reported issues: `carriers.twilio`. */
  where: string
  resolve: ResolveReference
  report: (issue: ConfigurationIssue) => void
}

/** The value of `${NAME}` in a setting, or why it has none. */
export type ResolveReference = (
  name: string,
) => { ok: true; text: string } | { ok: false; read: string; remedy: string }

/** What an operator enters at the provider of a carrier, so that it reports to us. */
export type ReportPlace = {
  /** Null where the provider reports nothing over HTTP. */
  receiptUrl: string | null
  /** Null where the provider asks for none. */
  verifyToken: string | null
}

/** A kind of carrier as a form asks for its settings: JSON Schema by name, with the words of the documentation. */
export type CarrierKindNotes = {
  kind: string
  title: string
  channels: readonly Channel[]
  /** What to do at the provider before the first message, one sentence each. */
  setup: readonly string[]
  /** What to do there for its reports. */
  receiptSetup: readonly string[]
  source: string | null
  isForDevelopment: boolean
  settings: Readonly<Record<string, object>>
  required: readonly string[]
}

/** What delivery knows about the carriers that an operator adds. */
export type CarrierTools = {
  /**
   * Reads settings as those of the file are read; `settings` are then what is to be kept.
   */
  read(given: {
    name: string
    kind: unknown
    settings: CarrierSettings
    /** Applies the stricter checks for settings that are about to be stored. */
    isNew?: boolean
  }):
    | ({
        ok: true
        kind: string
        channels: readonly Channel[]
        settings: CarrierSettings
      } & ReportPlace)
    | { ok: false; issues: Issue[] }
  /** The settings with each secret replaced by `…` and its last four characters. */
  mask(kind: string, settings: CarrierSettings): CarrierSettings
  /** The kinds that this server takes. */
  kinds(): CarrierKindNotes[]
}

/** Sends a sample by one carrier and returns its answer; null if it does not serve the channel. */
export type TestCarrier = (test: {
  name: string
  channel: Channel
  to: string
}) => Promise<SampleAttempt | null>
