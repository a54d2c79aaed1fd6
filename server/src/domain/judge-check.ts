import type { Challenge, ChallengeSubject } from './challenge.ts'
import { type CodeSubject, codesMatch } from './code.ts'
import { asProof, type Proof } from './evidence.ts'
import { limitId } from './judge-send.ts'
import {
  countEvent,
  currentWindow,
  isExhausted,
  type Limit,
  type LimitState,
  type LimitUsage,
  limitUsage,
  resetSeconds,
} from './limit.ts'
import { countVerified, type DestinationState, destinationAt } from './pumping.ts'
import { isLocked, newRecipient, type Recipient, recordFailure, recordSuccess } from './recipient.ts'
import type { Secret } from './secret.ts'

/** One check as the rule sees it. */
export type CheckRequest = {
  /** Its `secondAddress` and account must be those of the send (V9). */
  subject: ChallengeSubject
  code: Secret
  /** `verify-only` leaves a right code unspent; a wrong one counts all the same. */
  mode: 'spend' | 'verify-only'
  rules: CheckRules
}

export type CheckRules = {
  /** Each counts the check, and refuses it when exhausted. */
  limits: Limit[]
  /** Limits that refuse when exhausted, but do not count this check. */
  guards: Limit[]
  /** Counted when the check is refused (V5). A member is counted once. */
  onFailure: { limit: Limit; member: string | null }[]
  /** The prefix whose verified codes a success adds to (S4); null for e-mail. */
  prefix: string | null
}

/** What a check needs of the challenge. Its own subject has the project, purpose and address. */
export type AttemptedChallenge = Pick<
  Challenge,
  | 'id'
  | 'channel'
  | 'content'
  | 'secondAddress'
  | 'accountId'
  | 'keyId'
  | 'digits'
  | 'attempts'
  | 'attemptsMax'
  | 'expiresAt'
  | 'usedAt'
  | 'deliveryState'
>

/** What is stored about the subject of a check, read under its locks. */
export type CheckState = {
  now: Date
  recipient: Recipient | null
  /** The newest challenge for the same address, purpose and record of the last 24 hours. */
  challenge: AttemptedChallenge | null
  limits: ReadonlyMap<string, LimitState>
  /** What is known about the prefix that the request names. */
  destination: DestinationState | null
  /** An earlier decision found the code wrong, but could not be stored because a concurrent request came first. */
  wasWrong: boolean
}

export type CheckRefusal = 'unknown' | 'used' | 'expired' | 'locked' | 'mismatch' | 'too-many-requests'

export type CheckJudgement = {
  /** What must be stored, whatever the answer is; null if it has not changed. */
  challenge: AttemptedChallenge | null
  recipient: Recipient | null
  destination: DestinationState | null
  limits: ReadonlyMap<string, LimitState>
  usage: LimitUsage[]
} & ({ ok: true; proof: Proof } | { ok: false; refusal: CheckRefusal; retryAfterSeconds: number | null })

/** The code of a challenge, or null if its key no longer exists. */
export type CodeOf = (challenge: CodeSubject & Pick<Challenge, 'keyId'>) => Secret | null

/** Judges one check. A wrong code is counted in what must be stored, so no caller can forget to store it (V1). */
export function judgeCheck(request: CheckRequest, state: CheckState, codeOf: CodeOf): CheckJudgement {
  const { subject, rules } = request
  const { now, challenge } = state
  const recipient = state.recipient ?? newRecipient
  const limits = new Map(state.limits)
  const windowOf = (limit: Limit): LimitState => currentWindow(limits.get(limitId(limit)) ?? null, limit, now)
  const usage = (): LimitUsage[] => rules.limits.map((limit) => limitUsage(windowOf(limit), limit, now))
  const nothing = { challenge: null, recipient: null, destination: null }
  const refuse = (
    refusal: CheckRefusal,
    changed: Pick<CheckJudgement, 'challenge' | 'recipient' | 'destination'> = nothing,
  ): CheckJudgement => {
    for (const { limit, member } of rules.onFailure)
      limits.set(limitId(limit), countEvent(windowOf(limit), member))
    return { ok: false, refusal, retryAfterSeconds: null, ...changed, limits, usage: usage() }
  }

  const missed = (attempted: AttemptedChallenge) => ({
    ...nothing,
    challenge: { ...attempted, attempts: attempted.attempts + 1 },
    recipient: recordFailure(recipient, now),
  })
  const closed = challenge === null ? null : whyClosed(challenge, recipient, now)

  for (const limit of [...rules.guards, ...rules.limits]) {
    const window = windowOf(limit)
    if (!isExhausted(window, limit)) continue
    const retryAfterSeconds = resetSeconds(window, limit, now)
    // A code that was compared counts. Otherwise somebody who fills the limit at the same moment would get attempts that
    // are not counted (V1): a right code writes nothing to the limit, so it would have been stored.
    const changed = state.wasWrong && challenge !== null && closed === null ? missed(challenge) : nothing
    return { ok: false, refusal: 'too-many-requests', retryAfterSeconds, ...changed, limits, usage: usage() }
  }
  for (const limit of rules.limits) limits.set(limitId(limit), countEvent(windowOf(limit)))

  if (challenge === null) return refuse('unknown')
  if (closed !== null) return refuse(closed)

  // Derived for decoys as well, so that they take the same time (S7).
  const { projectId, purpose, address } = subject
  const { id, keyId, digits } = challenge
  const code = codeOf({ projectId, purpose, address, id, keyId, digits })
  const isRight =
    code !== null &&
    codesMatch(code, request.code) &&
    challenge.content === 'code' &&
    challenge.secondAddress === subject.secondAddress &&
    challenge.accountId === subject.accountId &&
    challenge.deliveryState !== 'failed'
  if (!isRight) return refuse('mismatch', missed(challenge))

  const proof = asProof({
    projectId,
    challengeId: challenge.id,
    purpose,
    channel: challenge.channel,
    address,
    secondAddress: challenge.secondAddress,
    accountId: challenge.accountId,
    provenAt: now,
    wasKept: false,
  })
  if (request.mode === 'verify-only') return { ok: true, proof, ...nothing, limits, usage: usage() }
  const used = { ...challenge, attempts: challenge.attempts + 1, usedAt: now }
  return {
    ok: true,
    proof,
    challenge: used,
    recipient: recordSuccess(recipient),
    destination: rules.prefix === null ? null : countVerified(destinationAt(state.destination, now)),
    limits,
    usage: usage(),
  }
}

/** Why a challenge accepts no attempt; null if it does. */
function whyClosed(challenge: AttemptedChallenge, recipient: Recipient, now: Date): CheckRefusal | null {
  if (challenge.usedAt !== null) return 'used'
  if (now >= challenge.expiresAt) return 'expired'
  return challenge.attempts >= challenge.attemptsMax || isLocked(recipient, now) ? 'locked' : null
}
