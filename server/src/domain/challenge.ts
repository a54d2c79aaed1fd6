import type { Address, Channel } from './address.ts'
import type { MessageLocale } from './locale.ts'
import type { ProjectId } from './project.ts'
import type { PurposeName } from './purpose.ts'

/** 24 hexadecimal digits: four bytes of seconds, two of milliseconds, six random ones. Ordered by time. */
export type ChallengeId = string & { readonly brand: 'ChallengeId' }

/** The numeric id of an account; counted per project. */
export type AccountId = number

/**
 * What the message of a challenge says. A `decoy` stands for an address that has no account. It is stored and counted
 * like any other challenge, so that neither the timing nor the answer reveals the difference, but no code matches it and
 * nothing is sent (S7). A notice informs the owner of an address, and no code matches it either.
 */
export type Content =
  | 'code'
  | 'decoy'
  | 'notice-account-exists'
  | 'notice-password-reset'
  | 'notice-address-changed'

/**
 * Where the message stands. `none`: nothing to send. `queued`: leased by a node until it is sent or the lease ends.
 * `accepted`: a carrier took it. `failed`: every carrier refused it. `expired`: the code ran out first.
 */
export type DeliveryState = 'none' | 'queued' | 'accepted' | 'failed' | 'expired'

/** Notices that reach their owner whatever else was sent, and count against no cap. */
export const isUncappedNotice = (content: Content): boolean =>
  content === 'notice-password-reset' || content === 'notice-address-changed'

/** One code (or notice) for one address and purpose. */
export type Challenge = {
  id: ChallengeId
  projectId: ProjectId
  purpose: PurposeName
  channel: Channel
  address: Address
  /** The address as the caller wrote it. */
  target: string
  /** The caller's own id for what is being verified. */
  recordId: string | null
  /** A second address that the check must repeat although nothing was sent to it. */
  secondAddress: string | null
  /** The account that the code was issued for, or null. */
  accountId: AccountId | null
  content: Content
  locale: MessageLocale
  /** The key that the code is derived with. Decoys and notices have one too, but no code matches them. */
  keyId: string
  /** The number of digits of its code. */
  digits: number
  attempts: number
  attemptsMax: number
  createdAt: Date
  expiresAt: Date
  /** When the code was spent, or null. */
  usedAt: Date | null
  deliveryState: DeliveryState
}

/** Whom a challenge is for, and what for. The send fixes all of it, and the check must repeat it (V9). */
export type ChallengeSubject = Pick<
  Challenge,
  'projectId' | 'purpose' | 'address' | 'recordId' | 'secondAddress' | 'accountId'
>

/** The id of a challenge made at `now`; `random` has six random bytes. */
export function challengeId(now: Date, random: Buffer): ChallengeId {
  const bytes = Buffer.alloc(12)
  const milliseconds = now.getTime()
  bytes.writeUInt32BE(Math.floor(milliseconds / 1000), 0)
  bytes.writeUInt16BE(milliseconds % 1000, 4)
  random.copy(bytes, 6, 0, 6)
  return bytes.toString('hex') as ChallengeId
}

/** The last moment that four bytes of seconds can name, in the year 2106. */
const lastMoment = 0xffff_ffff * 1000 + 999

/** The smallest id of a moment: every earlier id sorts before it. Moments outside the range of ids are clamped. */
export const challengeIdFloor = (moment: Date): ChallengeId =>
  challengeId(new Date(Math.min(lastMoment, Math.max(0, moment.getTime()))), Buffer.alloc(6))

/** A code that can still be spent. */
export const isLive = (
  challenge: Pick<Challenge, 'usedAt' | 'expiresAt' | 'attempts' | 'attemptsMax'>,
  now: Date,
): boolean =>
  challenge.usedAt === null && now < challenge.expiresAt && challenge.attempts < challenge.attemptsMax
