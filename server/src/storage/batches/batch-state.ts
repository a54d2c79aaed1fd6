import type { ChallengeSubject } from '../../domain/challenge.ts'
import type { Limit, LimitState } from '../../domain/limit.ts'
import type { DestinationState } from '../../domain/pumping.ts'
import type { Recipient } from '../../domain/recipient.ts'
import type { UnverifiedSends } from '../../domain/sends-to-address.ts'
import type { BatchTransaction } from '../postgres/sql.ts'
import { type BatchLimits, readLimits } from './batch-limits.ts'
import { addressLock, type LockBatch, limitLock } from './batch-locks.ts'
import { type BatchDestinations, destinationLock, readDestinations } from './destinations.ts'
import { refuseMovedClock } from './partition-bound.ts'
import { readSubjects, type Subject, type SubjectKind } from './subjects.ts'

/*
 * What batches of sends and of checks have in common: they lock and read the same kinds of rows, and judge one request
 * after the other, each by what the previous ones left.
 */

/** What a request of a batch reads and counts. */
export type BatchRequest = {
  subject: ChallengeSubject
  limits: Limit[]
  /** The prefix of the phone, if it is counted. */
  prefix: string | null
  /** What is locked besides the address, the prefix and the limits. */
  locks: { own: string[]; shared: string[] }
}

/** What is known about a request when it is judged. */
export type KnownState<Newest> = {
  now: Date
  recipient: Recipient | null
  /** What was sent to the address, where the kind of request asks for it. */
  sent: UnverifiedSends
  /** The newest challenge of the subject in the last 24 hours. */
  newest: Newest | null
  limits: ReadonlyMap<string, LimitState>
  destination: ReturnType<BatchDestinations['of']> | null
}

/** A batch whose requests are locked and read. */
export type BatchState<Newest> = {
  /** The moment at which all of it was read (V10). */
  now: Date
  subjects: Subject<Newest>[]
  limits: BatchLimits
  destinations: BatchDestinations
  /** Judges the request at `index`. Later requests are judged by the state that it leaves. */
  decide<Judgement extends { limits: ReadonlyMap<string, LimitState> }>(
    index: number,
    judge: (known: KnownState<Newest>) => Judgement,
    destinationAfter: (judgement: Judgement) => DestinationState | null,
  ): Judgement
}

/** Locks what the requests of a batch are about, then reads it. All statements are sent to PostgreSQL at once. */
export async function readBatch<Newest>(
  tx: BatchTransaction,
  lock: LockBatch,
  { requests, since, kind }: { requests: BatchRequest[]; since: Date; kind: SubjectKind<Newest> },
): Promise<BatchState<Newest>> {
  const uses = requests.flatMap(({ subject: { projectId }, limits }) =>
    limits.map((limit) => ({ projectId, limit })),
  )
  const prefixes = requests.map(({ subject: { projectId }, prefix }) =>
    prefix === null ? null : { projectId, prefix },
  )
  const knownPrefixes = prefixes.filter((use) => use !== null)
  const asked = requests.map(({ subject }) => subject)
  const [, { now, subjects }, limits, destinations] = await Promise.all([
    lock({
      own: [
        ...requests.flatMap(({ subject, locks }) => [addressLock(subject.address), ...locks.own]),
        ...knownPrefixes.map(destinationLock),
      ],
      shared: [...uses.map(limitLock), ...requests.flatMap(({ locks }) => locks.shared)],
    }),
    readSubjects(tx, asked, { since, kind }),
    readLimits(tx, uses),
    readDestinations(tx, knownPrefixes),
  ])
  refuseMovedClock(now, since)

  return {
    now,
    subjects,
    limits,
    destinations,
    decide(index, judge, destinationAfter) {
      const known = subjects[index]
      const subject = asked[index]
      if (known === undefined || subject === undefined) throw new Error('a request of the batch was not read')
      const prefix = prefixes[index] ?? null
      const judgement = judge({
        now,
        ...known,
        limits: limits.of(subject.projectId),
        destination: prefix === null ? null : destinations.of(prefix),
      })
      limits.set(subject.projectId, judgement.limits)
      const destination = destinationAfter(judgement)
      if (prefix !== null && destination !== null) destinations.set(prefix, destination)
      return judgement
    },
  }
}
