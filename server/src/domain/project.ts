import type { Region } from './address.ts'
import type { BrakeRule } from './brake.ts'
import type { Fallbacks } from './fallback.ts'
import type { MessageLocale } from './locale.ts'
import type { TestRecipient } from './test-recipient.ts'

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
  /** The same cap over all projects of the server, as this project observes it (S1). */
  sendsPerDayEverywhere: number
  /** Keyless sends per caller network and hour (S2). */
  sendsPerCallerHour: number
  /** Where messages to phones may go (S3): a list, `any`, or null for the country of `region` alone. */
  countries: readonly Region[] | 'any' | null
  /** Addresses and callers, written as `address-list.ts` says. What is allowed wins over what is denied. */
  allow: readonly string[]
  deny: readonly string[]
  /** Refuse e-mail addresses of providers that throw them away. */
  refuseDisposable: boolean
  /** When sends to a phone prefix are stopped as pumping (S4); null never. */
  brake: BrakeRule | null
  /** Accepted sends to one phone prefix, and to one country, in an hour; null for no cap. */
  sendsPerPrefixHour: number | null
  sendsPerCountryHour: number | null
  /** Accepted sends of the whole project in 24 hours and in 30 days, which is what it can be made to spend. */
  sendsPerProjectDay: number | null
  sendsPerProjectMonth: number | null
  /** About how many hashes a keyless sender has to compute for each send (S10); null for none. */
  proofOfWork: number | null
  /** Addresses whose code is fixed and never sent, for reviewers of app stores (C4). */
  testRecipients: readonly TestRecipient[]
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
  sendsPerDayEverywhere: 20,
  sendsPerCallerHour: 30,
  countries: null,
  allow: [],
  deny: [],
  refuseDisposable: false,
  brake: { sends: 200, verifiedPercent: 5, surgeSends: 50, surgeFactor: 5 },
  sendsPerPrefixHour: null,
  sendsPerCountryHour: null,
  sendsPerProjectDay: null,
  sendsPerProjectMonth: null,
  proofOfWork: null,
  testRecipients: [],
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
