import type { Channel } from '../../domain/address.ts'
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

/** What is wrong with a carrier, and what to do about it. */
export type CarrierMistake = { place: string; message: string }

/** What delivery and configuration know of carriers. */
export type CarrierTools = {
  /** Reads settings as those of the file are read; `settings` are then what is to be kept. */
  read(given: {
    name: string
    kind: unknown
    settings: CarrierSettings
    /** Looks harder, at what is about to be stored. */
    isNew?: boolean
  }):
    | { ok: true; kind: string; channels: readonly Channel[]; settings: CarrierSettings }
    | { ok: false; mistakes: CarrierMistake[] }
  /** The settings with `…` and the last four signs in the place of what is secret. */
  mask(kind: string, settings: CarrierSettings): CarrierSettings
  /** Where the provider reports to; null where it reports nothing over HTTP. No kind: a carrier of the environment. */
  receiptUrl(given: { name: string; kind: string | null; settings: CarrierSettings }): string | null
}

/** Sends a sample by one carrier, and says what it said; null when it does not serve the channel. */
export type TestCarrier = (test: {
  name: string
  channel: Channel
  to: string
}) => Promise<SampleAttempt | null>
