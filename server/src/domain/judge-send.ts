import type { Challenge, ChallengeId, ChallengeSubject } from './challenge.ts'
import { isLive } from './challenge.ts'
import { type CountedCaller, networksShare } from './counted-caller.ts'
import type { FallbackStep } from './fallback.ts'
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
import {
  beginStop,
  countSend,
  type DestinationState,
  destinationAt,
  judgePumping,
  sendsOfHour,
  type PrefixStop,
  type PumpingLimit,
} from './pumping.ts'
import type { CodePolicy } from './purpose.ts'
import type { Quota } from './quota.ts'
import { isStranger, lockEnd, newRecipient, type Recipient } from './recipient.ts'
import { type SendCaps, sendWaitMilliseconds, type UnverifiedSends } from './sends-to-address.ts'

/** One send as the rule sees it: the challenge to make, and the rules that decide whether it is made. */
export type SendRequest = {
  subject: ChallengeSubject
  /** The message. `deliveryState` is `none` if no carrier will ever be asked. */
  delivery: Pick<Challenge, 'channel' | 'target' | 'content' | 'locale' | 'deliveryState'>
  /** The key that the code will be derived with. */
  keyId: string
  /** The API key that asks for it; null where none does. */
  apiKeyId: string | null
  rules: SendRules
}

export type SendRules = {
  policy: CodePolicy
  /** Who causes the send, if that is counted by network. */
  caller: CountedCaller | null
  /** `none-live`: refuse while a live code exists. `issued`: refuse unless one was issued in 24 hours and not used. */
  condition: 'none-live' | 'issued' | null
  cooldownSeconds: number
  /** Null for notices, which must reach the owner whatever else was sent. */
  caps: SendCaps | null
  /** Each counts the send, and refuses it when exhausted. */
  limits: Limit[]
  /** Limits on callers who search for addresses with an account. They refuse when exhausted, but do not count this send. */
  guards: Limit[]
  /** Count accepted sends, and refuse when exhausted. */
  budgets: Budget[]
  /**
   * The prefix of a phone and the limit that stops it; null for e-mail, and if the project stops none. `share`: the sends
   * of the caller's network to the prefix, where no other limit of the network bounds them.
   */
  destination: { prefix: string; limit: PumpingLimit; share: Limit | null } | null
  /** A solved proof of work, which counts for one send; null without one. `isRequired`: nothing is sent without it. */
  work: { use: Limit; expiresAt: Date; isRequired: boolean } | null
  /** Until then the code of this address is fixed and no message is sent; null for all but test recipients. */
  fixedCodeUntil: Date | null
  spendsToken: boolean
  /** The same send a moment later is answered with the first code, because people click twice. */
  mayRepeat: boolean
  /** An earlier send with the same key is answered again instead of sending twice. */
  idempotency: { key: string; bodyDigest: string } | null
  /** What happens if nobody verifies the code. */
  fallbacks: readonly FallbackStep[]
}

/**
 * A cap on accepted sends that cost money. `share`: the part of it that the caller's network may spend. A decoy spends only
 * that, for no message leaves.
 */
export type Budget = { limit: Limit; share: Limit | null }

/** A challenge of a moment ago, and the network of the caller without a key that caused it. */
export type JustSent = { challenge: Challenge; by: string | null }

/** What a send needs of the one before it. */
export type LastSend = Pick<
  Challenge,
  'id' | 'attempts' | 'attemptsMax' | 'createdAt' | 'expiresAt' | 'usedAt' | 'deliveryState'
>

/** What is stored about the subject of a send, read under its locks. */
export type SendState = {
  now: Date
  recipient: Recipient | null
  sent: UnverifiedSends
  /** The newest challenge for the same address, purpose and record of the last 24 hours. */
  last: LastSend | null
  /** `last` as a whole, if the request may repeat it and it is a moment old. */
  justSent: JustSent | null
  quota: Quota
  /** By `limitId`. */
  limits: ReadonlyMap<string, LimitState>
  /** What is known about the prefix that the request names, and since when its project exists. */
  destination: { state: DestinationState | null; projectSince: Date } | null
  /** The first send with the same idempotency key, if it is not older than 24 hours. */
  first: { bodyDigest: string; challenge: Challenge } | null
}

export type SendRefusal =
  | 'live-code-exists'
  | 'no-code-issued'
  | 'address-locked'
  | 'too-soon'
  | 'too-many-sends'
  | 'too-many-requests'
  | 'too-many-unknown-addresses'
  | 'out-of-tokens'
  | 'idempotency-mismatch'
  | 'over-budget'
  | 'destination-stopped'
  | 'work-required'

export type SendJudgement =
  | {
      ok: true
      /** `replay`: the first answer to a key. `repeat`: a send of a moment ago, which this one counts for as well. */
      kind: 'replay' | 'repeat'
      challenge: Challenge
      usage: LimitUsage[]
      limits: ReadonlyMap<string, LimitState>
    }
  | {
      ok: true
      kind: 'new'
      challenge: Challenge
      replaces: ChallengeId | null
      quota: Quota
      destination: DestinationState | null
      usage: LimitUsage[]
      limits: ReadonlyMap<string, LimitState>
    }
  | {
      ok: false
      refusal: SendRefusal
      retryAfterSeconds: number | null
      /** The destination and its stop, if this refusal began one. */
      stop: (PrefixStop & { destination: DestinationState }) | null
      usage: LimitUsage[]
      limits: ReadonlyMap<string, LimitState>
    }

type RefusedSend = Extract<SendJudgement, { ok: false }>

/** Makes the id of a new challenge: the only thing that needs random bytes. */
export type MakeId = (now: Date) => ChallengeId

/** Identifies the row of a limit. */
export const limitId = (limit: Limit): string => `${limit.scope}:${limit.key}`

/** Every limit that a send reads or counts against. */
export const limitsOfSend = ({ limits, guards, budgets, destination, work }: SendRules): Limit[] => [
  ...limits,
  ...guards,
  ...budgets.flatMap(({ limit, share }) => (share === null ? limit : [limit, share])),
  ...(destination === null || destination.share === null ? [] : [destination.share]),
  ...(work === null ? [] : [work.use]),
]

/** Judges one send. A refusal stores only the limits that it counted against, and a stop that it began (S6). */
export function judgeSend(request: SendRequest, state: SendState, makeId: MakeId): SendJudgement {
  const { rules } = request
  const { now, last } = state
  const limits = new Map(state.limits)
  const usage = (): LimitUsage[] => rules.limits.map((limit) => limitUsage(windowOf(limit), limit, now))
  const windowOf = (limit: Limit): LimitState => currentWindow(limits.get(limitId(limit)) ?? null, limit, now)
  const refuse = (refusal: SendRefusal, retryAfterSeconds: number | null = null): RefusedSend => ({
    ok: false,
    refusal,
    retryAfterSeconds,
    stop: null,
    usage: usage(),
    limits,
  })

  // Spent whatever the outcome, so that one solution never allows two sends, and before anything else is counted.
  const { work } = rules
  const hasWorked = work !== null && now < work.expiresAt && !isExhausted(windowOf(work.use), work.use)
  const spendWork = (): void => {
    if (hasWorked) limits.set(limitId(work.use), countEvent(windowOf(work.use)))
  }
  if (work?.isRequired === true) {
    if (!hasWorked) return refuse('work-required')
    spendWork()
  }
  for (const guard of rules.guards) {
    const window = windowOf(guard)
    if (isExhausted(window, guard))
      return refuse('too-many-unknown-addresses', resetSeconds(window, guard, now))
  }
  for (const limit of rules.limits) {
    const window = windowOf(limit)
    if (isExhausted(window, limit)) return refuse('too-many-requests', resetSeconds(window, limit, now))
  }
  for (const limit of rules.limits) limits.set(limitId(limit), countEvent(windowOf(limit)))
  // Where it is not required a network that is stopped leaves no row for it.
  if (work?.isRequired === false) spendWork()

  if (state.first !== null && rules.idempotency !== null) {
    const isSame = state.first.bodyDigest === rules.idempotency.bodyDigest
    if (!isSame) return refuse('idempotency-mismatch')
    return { ok: true, kind: 'replay', challenge: state.first.challenge, usage: usage(), limits }
  }

  if (rules.condition === 'none-live' && last !== null && isLive(last, now)) return refuse('live-code-exists')
  if (rules.condition === 'issued' && (last === null || last.usedAt !== null)) return refuse('no-code-issued')

  const recipient = state.recipient ?? newRecipient
  if (rules.caps !== null) {
    const unlockedAt = lockEnd(recipient, now, rules.caller)
    if (unlockedAt !== null) return refuse('address-locked', secondsUntil(unlockedAt, now))
    const cooledAt = coolsDownAt(last, rules.cooldownSeconds)
    if (cooledAt !== null && now < cooledAt) return refuse('too-soon', secondsUntil(cooledAt, now))
    const sender = { recipient, caller: rules.caller, hasWorked }
    const wait = sendWaitMilliseconds(state.sent, sender, { caps: rules.caps, now })
    if (wait > 0) return refuse('too-many-sends', Math.ceil(wait / 1000))
  }

  if (state.justSent !== null && isRepetition(request, state.justSent, now))
    return { ok: true, kind: 'repeat', challenge: state.justSent.challenge, usage: usage(), limits }

  for (const { limit, share } of rules.budgets) {
    // What strangers leave of a budget is for callers with a key and for those who have proven the address.
    const max = isStranger(recipient, rules.caller) ? networksShare(limit.max) : limit.max
    for (const bound of share === null ? [{ ...limit, max }] : [{ ...limit, max }, share]) {
      const window = windowOf(bound)
      if (isExhausted(window, bound)) return refuse('over-budget', resetSeconds(window, bound, now))
    }
  }
  const share = rules.destination?.share ?? null
  if (share !== null && isExhausted(windowOf(share), share))
    return refuse('destination-stopped', resetSeconds(windowOf(share), share, now))
  const destination = judgeDestinationOf(request, state)
  if (destination.isStopped) {
    const { stop, until } = destination
    return { ...refuse('destination-stopped', secondsUntil(until, now)), stop }
  }
  const { granted, used } = state.quota
  if (rules.spendsToken && granted !== null && used >= granted) return refuse('out-of-tokens')

  const spent = rules.budgets.flatMap(({ limit, share }) => (isDecoy(request) ? [share] : [limit, share]))
  for (const limit of [...spent, share])
    if (limit !== null) limits.set(limitId(limit), countEvent(windowOf(limit)))
  return {
    ok: true,
    kind: 'new',
    challenge: newChallenge(request, now, makeId),
    replaces: last?.id ?? null,
    quota: rules.spendsToken ? { granted, used: used + 1 } : state.quota,
    destination: destination.counted,
    usage: usage(),
    limits,
  }
}

/** A code is not sent again this long after it. A person who got no message needs longer to notice. */
const repetitionMilliseconds = 5_000

/** Whether a send may repeat the one that made a challenge, for the moment at which it was made. */
export const isMomentAgo = (createdAt: Date, now: Date): boolean =>
  now.getTime() - createdAt.getTime() < repetitionMilliseconds

/**
 * Whether a send would only replace a code that is on its way by another one: the owner would type the first, which would
 * be dead. It counts against the caps like any other send.
 */
const isRepetition = (
  { subject, delivery, rules }: SendRequest,
  { challenge: sent, by }: JustSent,
  now: Date,
): boolean =>
  isMomentAgo(sent.createdAt, now) &&
  by === (rules.caller?.network ?? null) &&
  isLive(sent, now) &&
  sent.attempts === 0 &&
  sent.deliveryState !== 'failed' &&
  sent.digits === rules.policy.digits &&
  sent.channel === delivery.channel &&
  sent.content === delivery.content &&
  sent.accountId === subject.accountId &&
  sent.secondAddress === subject.secondAddress

type PumpingDecision =
  | { isStopped: false; counted: DestinationState | null }
  | { isStopped: true; until: Date; stop: (PrefixStop & { destination: DestinationState }) | null }

/** A decoy is refused like a message, but only messages count: nobody stops a prefix by sends to numbers that nobody has. */
function judgeDestinationOf(
  request: SendRequest,
  { now, destination: known, recipient }: SendState,
): PumpingDecision {
  const { destination, caller } = request.rules
  if (destination === null || known === null) return { isStopped: false, counted: null }
  const current = destinationAt(known.state, now)
  // Who pumps can verify his own numbers as well, so whoever has proven the address gets some more sends, and not all.
  const hasProven = caller !== null && !isStranger(recipient ?? newRecipient, caller)
  if (hasProven && sendsOfHour(current) < destination.limit.sends * 1.2)
    return { isStopped: false, counted: countSend(current) }
  const judged = judgePumping(destination.limit, current, { now, projectSince: known.projectSince })
  if (!judged.isStopped) return { isStopped: false, counted: isDecoy(request) ? null : countSend(current) }
  const { until, begins } = judged
  const stop = begins === null ? null : { ...begins, destination: beginStop(current, begins) }
  return { isStopped: true, until, stop }
}

const isDecoy = ({ delivery }: SendRequest): boolean => delivery.content === 'decoy'

function newChallenge(
  { subject, delivery, keyId, rules }: SendRequest,
  now: Date,
  makeId: MakeId,
): Challenge {
  const { policy, fixedCodeUntil } = rules
  const isFixed = fixedCodeUntil !== null && now < fixedCodeUntil
  return {
    id: makeId(now),
    ...subject,
    ...delivery,
    keyId,
    digits: policy.digits,
    attempts: 0,
    attemptsMax: policy.attemptsMax,
    createdAt: now,
    expiresAt: new Date(now.getTime() + policy.lifeSeconds * 1000),
    usedAt: null,
    deliveryState: isFixed ? 'none' : delivery.deliveryState,
  }
}

/** There is no cooldown after a send that no carrier took, or after a code that was spent. */
const coolsDownAt = (last: LastSend | null, cooldownSeconds: number): Date | null =>
  last === null || cooldownSeconds === 0 || last.deliveryState === 'failed' || last.usedAt !== null
    ? null
    : new Date(last.createdAt.getTime() + cooldownSeconds * 1000)

/** Whole seconds for `Retry-After`, at most a day: only an operator ends a longer wait. */
const secondsUntil = (moment: Date, now: Date): number =>
  Math.min(86_400, Math.max(1, Math.ceil((moment.getTime() - now.getTime()) / 1000)))
