import type { Channel, Region } from '../../domain/address.ts'
import type { Challenge, ChallengeId } from '../../domain/challenge.ts'
import type { Micros } from '../../domain/money.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Reservation } from './spending.ts'

/** What the dispatcher reads and writes. */
export type Outbox = {
  /**
   * Leases challenges whose lease has run out: of each project in turn, its oldest first. No two nodes get the same one.
   */
  claim(max: number): Promise<ClaimedChallenges>
  /**
   * Stores attempts and the resulting states, in one transaction. The project gets the token of a failed send back. No two
   * results of one call concern the same challenge. Rejects with `Unstorable` if a value of any of them cannot be stored.
   */
  record(results: DeliveryResult[]): Promise<void>
  /** Makes queued challenges due at once, unless something else has become of one since it was to wait until `retryAt`. */
  wake(challenges: readonly WaitingChallenge[]): Promise<void>
}

/** A queued challenge, and the moment that was stored for its next attempt. */
export type WaitingChallenge = { projectId: ProjectId; challengeId: ChallengeId; retryAt: Date }

/** `now` is the database's time (V10), so that a node with a wrong clock still sends nothing too late. */
export type ClaimedChallenges = { now: Date; challenges: DueChallenge[] }

/** A challenge whose message is due. One that was just committed is in its first step and not superseded. */
export type DueChallenge = Challenge & {
  /** How many steps of its plan were taken; `channel` is the one of the last step. */
  step?: number
  /** A newer code replaced it. */
  isSuperseded?: boolean
}

/** The result of one attempt. `next` is what becomes of the challenge. */
export type DeliveryResult = {
  projectId: ProjectId
  challengeId: ChallengeId
  /** `none` if no carrier was asked, because the code expired or no carrier serves the channel. */
  carrier: string
  outcome: 'accepted' | 'refused' | 'unknown'
  /** The carrier's own text without code and address, at most 500 characters. */
  detail: string | null
  carrierMessageId: string | null
  startedAt: Date
  finishedAt: Date
  next: { state: 'accepted' | 'failed' | 'expired' } | { state: 'queued'; retryAt: Date }
  attempt?: AttemptDetails
}

/** Where an attempt went, and what it cost. */
export type AttemptDetails = {
  /** The step of the challenge's plan at that time. A result of an earlier step changes nothing. */
  step: number
  channel: Channel
  country: Region | null
  cost: Micros
  /** What was reserved for it. The difference is returned. */
  reservation: Reservation | null
}
