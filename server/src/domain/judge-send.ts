import type { Challenge, ChallengeId, ChallengeSubject } from './challenge.ts'
import { isLive } from './challenge.ts'
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
  type PrefixStop,
  type PumpingLimit,
} from './pumping.ts'
import type { CodePolicy } from './purpose.ts'
import type { Quota } from './quota.ts'
import {
  isLocked,
  newRecipient,
  type Recipient,
  recordSend,
  type SendCaps,
  sendWaitMilliseconds,
} from './recipient.ts'

/** One send as the rule sees it: the challenge to make, and the rules that decide whether it is made. */
export type SendRequest = {
  subject: ChallengeSubject
  /** The message. `deliveryState` is `none` if no carrier will ever be asked. */
  delivery: Pick<Challenge, 'channel' | 'target' | 'content' | 'locale' | 'deliveryState'>
  /** The key that the code will be derived with. */
  keyId: string
  rules: SendRules
}

export type SendRules = {
  policy: CodePolicy
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
  budgets: Limit[]
  /** The prefix of a phone and the limit that stops it; null for e-mail, and if the project stops none. */
  destination: { prefix: string; limit: PumpingLimit } | null
  /** The proof of work that allows this send, once; null if none is required. */
  work: { use: Limit; expiresAt: Date } | null
  /** Until then the code of this address is fixed and no message is sent; null for all but test recipients. */
  fixedCodeUntil: Date | null
  spendsToken: boolean
  /** An earlier send with the same key is answered again instead of sending twice. */
  idempotency: { key: string; bodyDigest: string } | null
  /** What happens if nobody verifies the code. */
  fallbacks: readonly FallbackStep[]
}

/** What a send needs of the one before it. */
export type LastSend = Pick<
  Challenge,
  'id' | 'attempts' | 'attemptsMax' | 'createdAt' | 'expiresAt' | 'usedAt' | 'deliveryState'
>

/** What is stored about the subject of a send, read under its locks. */
export type SendState = {
  now: Date
  recipient: Recipient | null
  /** Unverified sends of the last 24 hours to the same address by other projects. */
  sentElsewhere: number
  /** The newest challenge for the same address, purpose and record of the last 24 hours. */
  last: LastSend | null
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
      kind: 'replay'
      challenge: Challenge
      usage: LimitUsage[]
      limits: ReadonlyMap<string, LimitState>
    }
  | {
      ok: true
      kind: 'new'
      challenge: Challenge
      replaces: ChallengeId | null
      recipient: Recipient
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
export const limitsOfSend = ({ limits, guards, budgets, work }: SendRules): Limit[] =>
  work === null ? [...limits, ...guards, ...budgets] : [...limits, ...guards, ...budgets, work.use]

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
  if (rules.work !== null) {
    const { use, expiresAt } = rules.work
    if (now >= expiresAt || isExhausted(windowOf(use), use)) return refuse('work-required')
    limits.set(limitId(use), countEvent(windowOf(use)))
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

  if (state.first !== null && rules.idempotency !== null) {
    const isSame = state.first.bodyDigest === rules.idempotency.bodyDigest
    if (!isSame) return refuse('idempotency-mismatch')
    return { ok: true, kind: 'replay', challenge: state.first.challenge, usage: usage(), limits }
  }

  if (rules.condition === 'none-live' && last !== null && isLive(last, now)) return refuse('live-code-exists')
  if (rules.condition === 'issued' && (last === null || last.usedAt !== null)) return refuse('no-code-issued')

  const recipient = state.recipient ?? newRecipient
  if (rules.caps !== null) {
    if (isLocked(recipient, now))
      return refuse('address-locked', secondsUntil(recipient.lockedUntil ?? now, now))
    const cooledAt = coolsDownAt(last, rules.cooldownSeconds)
    if (cooledAt !== null && now < cooledAt) return refuse('too-soon', secondsUntil(cooledAt, now))
    const wait = sendWaitMilliseconds(recipient, state.sentElsewhere, rules.caps, now)
    if (wait > 0) return refuse('too-many-sends', Math.ceil(wait / 1000))
  }

  for (const budget of rules.budgets) {
    const window = windowOf(budget)
    if (isExhausted(window, budget)) return refuse('over-budget', resetSeconds(window, budget, now))
  }
  const destination = judgeDestinationOf(rules, state)
  if (destination.isStopped) {
    const { stop, until } = destination
    return { ...refuse('destination-stopped', secondsUntil(until, now)), stop }
  }
  const { granted, used } = state.quota
  if (rules.spendsToken && granted !== null && used >= granted) return refuse('out-of-tokens')

  for (const budget of rules.budgets) limits.set(limitId(budget), countEvent(windowOf(budget)))
  return {
    ok: true,
    kind: 'new',
    challenge: newChallenge(request, now, makeId),
    replaces: last?.id ?? null,
    recipient: rules.caps === null ? recipient : recordSend(recipient, now),
    quota: rules.spendsToken ? { granted, used: used + 1 } : state.quota,
    destination: destination.counted,
    usage: usage(),
    limits,
  }
}

type PumpingDecision =
  | { isStopped: false; counted: DestinationState | null }
  | { isStopped: true; until: Date; stop: (PrefixStop & { destination: DestinationState }) | null }

function judgeDestinationOf(
  { destination }: SendRules,
  { now, destination: known }: SendState,
): PumpingDecision {
  if (destination === null || known === null) return { isStopped: false, counted: null }
  const current = destinationAt(known.state, now)
  const judged = judgePumping(destination.limit, current, { now, projectSince: known.projectSince })
  if (!judged.isStopped) return { isStopped: false, counted: countSend(current) }
  const { until, begins } = judged
  const stop = begins === null ? null : { ...begins, destination: beginStop(current, begins) }
  return { isStopped: true, until, stop }
}

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
