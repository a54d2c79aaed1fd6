import type { Region } from './address.ts'
import type { Fallbacks } from './fallback.ts'
import type { MessageLocale } from './locale.ts'

export type ProjectId = string & { readonly brand: 'ProjectId' }
export type WorkspaceId = string & { readonly brand: 'WorkspaceId' }

/** A tenant: everything that is stored belongs to one. */
export type Project = {
  id: ProjectId
  workspaceId: WorkspaceId
  /** Shown in messages: "123456 is your Acme code". */
  name: string
  settings: ProjectSettings
}

export type ProjectSettings = {
  /** Numbers without a country code are read as numbers of this country. */
  region: Region | null
  /** The language of messages where neither request, account nor number says one. */
  locale: MessageLocale
  /** The life of a code in seconds instead of the purpose's own; at most 600. */
  codeSeconds: number | null
  /** Requests of the `service` dialect; null for no limit. */
  rateLimit: RateLimit | null
  /** Seconds between two sends to one address; 0 for none. */
  cooldownSeconds: number
  /** Caps on unverified sends to one address (S1). */
  sendsPerTenMinutes: number
  sendsPerDay: number
  /** Keyless sends per caller network and hour (S2). */
  sendsPerCallerHour: number
  /** Failed checks per hour on five-digit purposes, and distinct addresses a caller may fail on per hour (V5). */
  failedChecksPerHour: number
  failedAddressesPerCallerHour: number
  /** `mobile`: sign-up and login need the `verificationToken`; the caller's network is not enough. */
  requireVerificationToken: boolean
  /** `null` accepts every message and drops it, for load tests; `default` uses the server's routes. */
  carrier: 'default' | 'null'
  /** The same code by another channel when nobody has verified it so long after the send. */
  fallbacks: Fallbacks
  /** What messages may cost in a day and in a month of UTC, in the server's currency; null without end. */
  spendingPerDay: number | null
  spendingPerMonth: number | null
  /** What messages call the project where that is not its name. */
  displayName: string | null
  /** The colour of the head of mail, such as `#1a7f5a`, and the logo in it. */
  colour: string | null
  logoUrl: string | null
  /** Adds the last line `@host #code`, from which browsers fill the code in (WebOTP). */
  webOtpHost: string | null
  /** Adds the line from which an Android app knows that a message is for it. */
  androidAppHash: string | null
}

/** At most `requests` in `windowSeconds`. */
export type RateLimit = { requests: number; windowSeconds: number }

export const defaultProjectSettings: ProjectSettings = {
  region: null,
  locale: 'en',
  codeSeconds: null,
  rateLimit: { requests: 600, windowSeconds: 60 },
  cooldownSeconds: 0,
  sendsPerTenMinutes: 5,
  sendsPerDay: 10,
  sendsPerCallerHour: 30,
  failedChecksPerHour: 500,
  failedAddressesPerCallerHour: 20,
  requireVerificationToken: false,
  carrier: 'default',
  fallbacks: {},
  spendingPerDay: null,
  spendingPerMonth: null,
  displayName: null,
  colour: null,
  logoUrl: null,
  webOtpHost: null,
  androidAppHash: null,
}
