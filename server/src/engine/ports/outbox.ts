import type { Channel, Region } from '../../domain/address.ts'
import type { Challenge, ChallengeId } from '../../domain/challenge.ts'
import type { Micros } from '../../domain/money.ts'
import type { ProjectId } from '../../domain/project.ts'
import type { Reservation } from './spending.ts'

/** What the dispatcher reads and writes. */
export type Outbox = {
  /** Leases challenges whose lease has run out, oldest first. No two nodes get the same one. */
  claim(max: number): Promise<ClaimedChallenges>
  /**
   * Stores attempts and the states that follow, in one transaction. A token of a failed send goes back to its project. No
   * two results of one call concern the same challenge.
   */
  record(results: DeliveryResult[]): Promise<void>
}

/** `now` is the database's clock (V10), so that a node whose own clock is wrong still sends nothing too late. */
export type ClaimedChallenges = { now: Date; challenges: DueChallenge[] }

/** A challenge whose message is to be sent. One that was just committed is in its first step and not superseded. */
export type DueChallenge = Challenge & {
  /** How many steps of its plan were taken; `channel` is that of the last one. */
  step?: number
  /** A newer code took its place. */
  isSuperseded?: boolean
}

/** The result of one attempt. `next` is what becomes of the challenge. */
export type DeliveryResult = {
  projectId: ProjectId
  challengeId: ChallengeId
  /** `none` when the code ran out, or nothing serves the channel, before any carrier was asked. */
  carrier: string
  outcome: 'accepted' | 'refused' | 'unknown'
  /** The carrier's own words, without the code and without the address; at most 500 characters. */
  detail: string | null
  carrierMessageId: string | null
  startedAt: Date
  finishedAt: Date
  next: { state: 'accepted' | 'failed' | 'expired' } | { state: 'queued'; retryAt: Date }
  attempt?: AttemptDetails
}

/** Where an attempt went, and what it cost. */
export type AttemptDetails = {
  /** The step of the challenge's plan at that time: a result of an earlier step changes nothing. */
  step: number
  channel: Channel
  country: Region | null
  cost: Micros
  /** What was reserved for it: the difference goes back. */
  reservation: Reservation | null
}
