import type { Challenge, ChallengeSubject } from './challenge.ts'
import { type CodeSubject, codesMatch } from './code.ts'
import type { CountedCaller } from './counted-caller.ts'
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
import {
  isLocked,
  isStranger,
  newRecipient,
  type Recipient,
  recordFailure,
  recordSuccess,
} from './recipient.ts'
import type { Secret } from './secret.ts'

/** One check as the rule sees it. */
export type CheckRequest = {
  /** Its `secondAddress` and account must be those of the send (V9). */
  subject: ChallengeSubject
  code: Secret
  /** `verify-only` leaves a right code unspent; a wrong one counts all the same. */
  mode: 'spend' | 'verify-only'
  /** Codes of other records, for the same address and purpose, are as good as that of the subject's own. */
  anyRecord?: boolean
  rules: CheckRules
}

export type CheckRules = {
  /** Who guesses, if that is counted by network. */
  caller: CountedCaller | null
  /** Each counts the check, and refuses it when exhausted. */
  limits: Limit[]
  /** Limits that refuse when exhausted, but do not count this check. */
  guards: Limit[]
  /** What one network fails on. Counted when the check is refused, and refuses when exhausted (V5). A member is counted once. */
  onFailure: { limit: Limit; member: string | null }[]
  /** Wrong guesses at short codes; null for longer ones. */
  spraying: SprayingLimit | null
  /** The prefix whose verified codes a success adds to (S4); null for e-mail. */
  prefix: string | null
}

/**
 * A limit on guesses at short codes over a whole project (V5). Only guesses that were compared with a live code count, for
 * anybody can make others by the thousand. `ofNetwork`: the failures of the caller's network; null for callers that are
 * not counted by network.
 */
export type SprayingLimit = { limit: Limit; ofNetwork: Limit | null }

/** Half of the project's limit slows networks that have failed this often in the hour. */
const slowedAfter = 2

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

/** The challenge of another record. */
export type OtherChallenge = AttemptedChallenge & { recordId: string | null }

/** What is stored about the subject of a guess, read under its locks. */
export type CheckState = {
  now: Date
  recipient: Recipient | null
  /** The newest challenge for the same address, purpose and record of the last 24 hours. */
  challenge: AttemptedChallenge | null
  /** The live challenges of other records, where they count. */
  others?: readonly OtherChallenge[]
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
  /** Those of `others` that have changed, where any has. */
  others?: AttemptedChallenge[] | undefined
  recipient: Recipient | null
  destination: DestinationState | null
  limits: ReadonlyMap<string, LimitState>
  usage: LimitUsage[]
} & (
  | { ok: true; proof: Proof }
  | {
      ok: false
      refusal: CheckRefusal
      retryAfterSeconds: number | null
      /** What the code has proven: it is right, and was used a moment ago by the caller whose record it is. */
      repeats?: Proof
    }
)

/** The code of a challenge, or null if its key no longer exists. */
export type CodeOf = (challenge: CodeSubject & Pick<Challenge, 'keyId'>) => Secret | null

/** Every limit that a check reads or counts against. */
export const limitsOfCheck = ({ limits, guards, onFailure, spraying }: CheckRules): Limit[] => [
  ...limits,
  ...guards,
  ...onFailure.map(({ limit }) => limit),
  ...(spraying === null ? [] : [spraying.limit]),
]

/** Judges one check. A wrong code is counted in what must be stored, so no caller can forget to store it (V1). */
export function judgeCheck(request: CheckRequest, state: CheckState, codeOf: CodeOf): CheckJudgement {
  const { subject, rules } = request
  const { now, challenge } = state
  const recipient = state.recipient ?? newRecipient
  const limits = new Map(state.limits)
  const windowOf = (limit: Limit): LimitState => currentWindow(limits.get(limitId(limit)) ?? null, limit, now)
  const usage = (): LimitUsage[] => rules.limits.map((limit) => limitUsage(windowOf(limit), limit, now))
  const nothing: Changes = { challenge: null, recipient: null, destination: null }
  const refuse = (
    refusal: CheckRefusal,
    changed: Changes = nothing,
  ): Extract<CheckJudgement, { ok: false }> => {
    for (const { limit, member } of rules.onFailure)
      limits.set(limitId(limit), countEvent(windowOf(limit), member))
    return { ok: false, refusal, retryAfterSeconds: null, ...changed, limits, usage: usage() }
  }

  const whyClosedNow = (candidate: AttemptedChallenge): CheckRefusal | null =>
    whyClosed(candidate, now) ?? (isLocked(recipient, now, rules.caller) ? 'locked' : null)
  const isOpen = (candidate: AttemptedChallenge): boolean => whyClosedNow(candidate) === null
  const own = challenge !== null && isOpen(challenge) ? challenge : null
  // A caller whose own code is spent is told so, and is compared with no other code.
  const others = challenge !== null && challenge.usedAt !== null ? [] : (state.others ?? []).filter(isOpen)
  const hasOpen = own !== null || others.length > 0
  // A guess at several codes is a failure of the address once, and an attempt at each of them (V3).
  const missed = (): Changes => ({
    ...nothing,
    challenge: own === null ? null : countAttempt(own),
    others: others.length === 0 ? undefined : others.map(countAttempt),
    recipient: recordFailure(recipient, now, rules.caller),
  })

  for (const limit of [
    ...rules.guards,
    ...rules.onFailure.map((counted) => counted.limit),
    ...sprayingBounds(rules, recipient, windowOf),
    ...rules.limits,
  ]) {
    const window = windowOf(limit)
    if (!isExhausted(window, limit)) continue
    const retryAfterSeconds = resetSeconds(window, limit, now)
    // A code that was compared counts, or an attacker who fills the limit at the same moment guesses for free (V1): the
    // right guess writes nothing to the limit, so it would have been stored.
    const changed = state.wasWrong && hasOpen ? missed() : nothing
    return { ok: false, refusal: 'too-many-requests', retryAfterSeconds, ...changed, limits, usage: usage() }
  }
  for (const limit of rules.limits) limits.set(limitId(limit), countEvent(windowOf(limit)))

  const proofOf = (consumed: AttemptedChallenge, recordId: string | null): Proof =>
    asProof({
      projectId: subject.projectId,
      challengeId: consumed.id,
      purpose: subject.purpose,
      channel: consumed.channel,
      address: subject.address,
      recordId,
      secondAddress: consumed.secondAddress,
      accountId: consumed.accountId,
      provenAt: consumed.usedAt ?? now,
      claimHash: null,
    })

  if (!hasOpen) {
    const refusal = challenge === null ? 'unknown' : (whyClosedNow(challenge) ?? 'unknown')
    if (challenge === null || !isJustUsed(challenge, request, now)) return refuse(refusal)
    // Guesses at a code that was just used are as few as at any other.
    return isRight(challenge, request, codeOf)
      ? { ...refuse(refusal), repeats: proofOf(challenge, subject.recordId) }
      : refuse(refusal, { ...nothing, challenge: countAttempt(challenge) })
  }

  // All codes are derived, so that the time does not depend on which one is right.
  const isOwn = own !== null && isRight(own, request, codeOf)
  const [other] = others.filter((candidate) => isRight(candidate, request, codeOf))
  const right = isOwn ? own : other
  if (right === undefined) {
    // Who has proven the address is bounded by it alone, so his mistakes take nothing from others.
    if (rules.spraying !== null && (rules.caller === null || isStranger(recipient, rules.caller))) {
      const { limit } = rules.spraying
      limits.set(limitId(limit), countEvent(windowOf(limit)))
    }
    return refuse('mismatch', missed())
  }

  const proof = proofOf(right, isOwn || other === undefined ? subject.recordId : other.recordId)
  if (request.mode === 'verify-only') return { ok: true, proof, ...nothing, limits, usage: usage() }
  const used = { ...countAttempt(right), usedAt: now }
  const proven = recordSuccess(recipient, rules.caller)
  return {
    ok: true,
    proof,
    challenge: isOwn ? used : null,
    others: isOwn ? undefined : [used],
    recipient: proven === recipient ? null : proven,
    destination: rules.prefix === null ? null : countVerified(destinationAt(state.destination, now)),
    limits,
    usage: usage(),
  }
}

/**
 * What of the project's limit on short codes refuses this check. From half of it on, networks that fail are slowed; the
 * whole of it stops everybody who has not proven the address: whoever sprays cannot shut out those who have.
 */
function sprayingBounds(
  { spraying, caller }: CheckRules,
  recipient: Recipient,
  windowOf: (limit: Limit) => LimitState,
): Limit[] {
  if (spraying === null || (caller !== null && !isStranger(recipient, caller))) return []
  const { limit, ofNetwork } = spraying
  const isBusy = windowOf(limit).count >= limit.max / 2
  return isBusy && ofNetwork !== null ? [limit, { ...ofNetwork, max: slowedAfter }] : [limit]
}

/** What a guess changes beside the limits. */
type Changes = Pick<CheckJudgement, 'challenge' | 'others' | 'recipient' | 'destination'>

const countAttempt = <Guessed extends AttemptedChallenge>(guessed: Guessed): Guessed => ({
  ...guessed,
  attempts: guessed.attempts + 1,
})

/** Whether a guess is the code of a challenge. Derived for decoys as well, so that they take the same time (S7). */
function isRight(challenge: AttemptedChallenge, { subject, code }: CheckRequest, codeOf: CodeOf): boolean {
  const { projectId, purpose, address } = subject
  const { id, keyId, digits } = challenge
  const derived = codeOf({ projectId, purpose, address, id, keyId, digits })
  return (
    derived !== null &&
    codesMatch(derived, code) &&
    challenge.content === 'code' &&
    challenge.secondAddress === subject.secondAddress &&
    challenge.accountId === subject.accountId &&
    challenge.deliveryState !== 'failed'
  )
}

/** Who sends a form twice is known again for this long. */
const repetitionMilliseconds = 10_000

/** Whether a right guess would be the one that has used the code, sent a second time. Asked where a code is of its caller. */
const isJustUsed = (
  { usedAt, attempts, attemptsMax }: AttemptedChallenge,
  { anyRecord }: CheckRequest,
  now: Date,
): boolean =>
  anyRecord === true &&
  usedAt !== null &&
  now.getTime() - usedAt.getTime() <= repetitionMilliseconds &&
  attempts < attemptsMax

/** Why no guess on a challenge is looked at, whoever makes it; null where one is. */
function whyClosed(challenge: AttemptedChallenge, now: Date): CheckRefusal | null {
  if (challenge.usedAt !== null) return 'used'
  if (now >= challenge.expiresAt) return 'expired'
  return challenge.attempts >= challenge.attemptsMax ? 'locked' : null
}
