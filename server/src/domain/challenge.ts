import type { Address, Channel } from './address.ts'
import type { MessageLocale } from './locale.ts'
import type { ProjectId } from './project.ts'
import type { PurposeName } from './purpose.ts'

/** 24 hexadecimal digits: four bytes of seconds, two of milliseconds, six of chance. Ordered by time. */
export type ChallengeId = string & { readonly brand: 'ChallengeId' }

/** The numeric id of an account; counted per project. */
export type AccountId = number

/**
 * What the message of a challenge says. A `decoy` stands for an address that has no account: it is stored and counted
 * like any other, so that neither time nor answer tells the difference, but no code opens it and nothing is sent (S7).
 * A notice tells an owner something and opens nothing either.
 */
export type Content = 'code' | 'decoy' | 'notice-account-exists' | 'notice-password-reset'

/**
 * Where the message stands. `none`: nothing to send. `queued`: leased by a node until it is sent or the lease ends.
 * `accepted`: a carrier took it. `failed`: every carrier refused it. `expired`: the code ran out first.
 */
export type DeliveryState = 'none' | 'queued' | 'accepted' | 'failed' | 'expired'

/** One code (or notice) for one address and purpose. */
export type Challenge = {
  id: ChallengeId
  projectId: ProjectId
  purpose: PurposeName
  channel: Channel
  address: Address
  /** The address as the caller wrote it. */
  target: string
  /** The caller's own name for what is being verified. */
  recordId: string | null
  /** A second address that must be named again at the check although nothing was sent to it. */
  secondAddress: string | null
  /** The account that the code was issued for, where it was issued for one. */
  accountId: AccountId | null
  content: Content
  locale: MessageLocale
  /** The key that the code is derived with. Decoys and notices have one too, and no code that opens them. */
  keyId: string
  /** How many its code has. */
  digits: number
  attempts: number
  attemptsMax: number
  createdAt: Date
  expiresAt: Date
  /** When the code was spent, or null. */
  usedAt: Date | null
  deliveryState: DeliveryState
}

/** Whom a challenge is for, and what for: all of it is fixed when it is sent, and named again at the check (V9). */
export type ChallengeSubject = Pick<
  Challenge,
  'projectId' | 'purpose' | 'address' | 'recordId' | 'secondAddress' | 'accountId'
>

/** The id of a challenge made at `now`; `chance` is six random bytes. */
export function challengeId(now: Date, chance: Buffer): ChallengeId {
  const bytes = Buffer.alloc(12)
  const milliseconds = now.getTime()
  bytes.writeUInt32BE(Math.floor(milliseconds / 1000), 0)
  bytes.writeUInt16BE(milliseconds % 1000, 4)
  chance.copy(bytes, 6, 0, 6)
  return bytes.toString('hex') as ChallengeId
}

/** The last moment that four bytes of seconds can name, in the year 2106. */
const lastMoment = 0xffff_ffff * 1000 + 999

/** The smallest id of a moment: everything made earlier sorts before it. Moments that no id can name are cut to those. */
export const challengeIdFloor = (moment: Date): ChallengeId =>
  challengeId(new Date(Math.min(lastMoment, Math.max(0, moment.getTime()))), Buffer.alloc(6))

/** A code that can still be spent. */
export const isLive = (
  challenge: Pick<Challenge, 'usedAt' | 'expiresAt' | 'attempts' | 'attemptsMax'>,
  now: Date,
): boolean =>
  challenge.usedAt === null && now < challenge.expiresAt && challenge.attempts < challenge.attemptsMax
