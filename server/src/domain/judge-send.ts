import type { Address, Channel } from './address.ts'
import {
  type BrakeRule,
  type BrakeStop,
  beginStop,
  countSend,
  type DestinationState,
  destinationAt,
  judgeBrake,
} from './brake.ts'
import type { AccountId, Challenge, ChallengeId, Content, DeliveryState } from './challenge.ts'
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
import type { MessageLocale } from './locale.ts'
import type { ProjectId } from './project.ts'
import type { CodePolicy, PurposeName } from './purpose.ts'
import type { Quota } from './quota.ts'
import {
  isLocked,
  newRecipient,
  type Recipient,
  recordSend,
  type SendCaps,
  sendWaitMilliseconds,
} from './recipient.ts'

/** One send as the rule sees it. */
export type SendRequest = {
  projectId: ProjectId
  purpose: PurposeName
  policy: CodePolicy
  channel: Channel
  address: Address
  target: string
  recordId: string | null
  companion: string | null
  accountId: AccountId | null
  content: Content
  locale: MessageLocale
  /** The key that the code will be derived with. */
  keyId: string
  /** `none-live`: refuse while a live code exists. `issued`: refuse unless one was issued in 24 hours and not used. */
  condition: 'none-live' | 'issued' | null
  cooldownSeconds: number
  /** Null for notices, which must reach their owner whatever else was sent. */
  caps: SendCaps | null
  /** Each is counted, and refuses when it is exhausted. */
  limits: Limit[]
  /** Limits on callers who look for the addresses that somebody has: they refuse, but do not count this request. */
  guards: Limit[]
  /** Counted when the send is accepted, and refuse when they are exhausted. */
  budgets: Limit[]
  /** The prefix of a phone and what stops it; null for e-mail, and where nothing is ever stopped. */
  destination: { prefix: string; brake: BrakeRule } | null
  /** The solved puzzle that opens this send, once; null where none is asked for. */
  puzzle: { use: Limit; expiresAt: Date } | null
  /** Until then the code of this address is fixed, and no message leaves; null for everybody but test recipients. */
  fixedCodeUntil: Date | null
  spendsToken: boolean
  idempotency: { key: string; bodyDigest: string } | null
  /** What is done when nobody verifies it. */
  fallbacks: readonly FallbackStep[]
  /** `none` when no carrier will ever be asked. */
  deliveryState: DeliveryState
}

/** What a send has to know of the one before it. */
export type LastSend = Pick<
  Challenge,
  'id' | 'tries' | 'triesMax' | 'createdAt' | 'expiresAt' | 'usedAt' | 'deliveryState'
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
  /** What is known of the prefix that the request names, and since when its project exists. */
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
      /** The destination and its stop, where one has begun with this refusal. */
      stop: (BrakeStop & { destination: DestinationState }) | null
      usage: LimitUsage[]
      limits: ReadonlyMap<string, LimitState>
    }

type RefusedSend = Extract<SendJudgement, { ok: false }>

/** Makes the id of a new challenge: the one thing that needs chance. */
export type MakeId = (now: Date) => ChallengeId

/** One name for a limit's row. */
export const limitId = (limit: Limit): string => `${limit.scope}:${limit.key}`

/** Every limit that a send reads or counts against. */
export const limitsOfSend = ({ limits, guards, budgets, puzzle }: SendRequest): Limit[] =>
  puzzle === null ? [...limits, ...guards, ...budgets] : [...limits, ...guards, ...budgets, puzzle.use]

/** Judges one send. A refusal stores nothing but the limits that it counted against, and a stop that it began (S6). */
export function judgeSend(request: SendRequest, state: SendState, makeId: MakeId): SendJudgement {
  const { now, last } = state
  const limits = new Map(state.limits)
  const usage = (): LimitUsage[] => request.limits.map((limit) => limitUsage(windowOf(limit), limit, now))
  const windowOf = (limit: Limit): LimitState => currentWindow(limits.get(limitId(limit)) ?? null, limit, now)
  const refuse = (refusal: SendRefusal, retryAfterSeconds: number | null = null): RefusedSend => ({
    ok: false,
    refusal,
    retryAfterSeconds,
    stop: null,
    usage: usage(),
    limits,
  })

  // Spent whatever comes of the send, so that one solution never opens two; and before anything else is counted.
  if (request.puzzle !== null) {
    const { use, expiresAt } = request.puzzle
    if (now >= expiresAt || isExhausted(windowOf(use), use)) return refuse('work-required')
    limits.set(limitId(use), countEvent(windowOf(use)))
  }
  for (const guard of request.guards) {
    const window = windowOf(guard)
    if (isExhausted(window, guard))
      return refuse('too-many-unknown-addresses', resetSeconds(window, guard, now))
  }
  for (const limit of request.limits) {
    const window = windowOf(limit)
    if (isExhausted(window, limit)) return refuse('too-many-requests', resetSeconds(window, limit, now))
  }
  for (const limit of request.limits) limits.set(limitId(limit), countEvent(windowOf(limit)))

  if (state.first !== null && request.idempotency !== null) {
    const isSame = state.first.bodyDigest === request.idempotency.bodyDigest
    if (!isSame) return refuse('idempotency-mismatch')
    return { ok: true, kind: 'replay', challenge: state.first.challenge, usage: usage(), limits }
  }

  if (request.condition === 'none-live' && last !== null && isLive(last, now))
    return refuse('live-code-exists')
  if (request.condition === 'issued' && (last === null || last.usedAt !== null))
    return refuse('no-code-issued')

  const recipient = state.recipient ?? newRecipient
  if (request.caps !== null) {
    if (isLocked(recipient, now))
      return refuse('address-locked', secondsUntil(recipient.lockedUntil ?? now, now))
    const cooledAt = coolsDownAt(last, request.cooldownSeconds)
    if (cooledAt !== null && now < cooledAt) return refuse('too-soon', secondsUntil(cooledAt, now))
    const wait = sendWaitMilliseconds(recipient, state.sentElsewhere, request.caps, now)
    if (wait > 0) return refuse('too-many-sends', Math.ceil(wait / 1000))
  }

  for (const budget of request.budgets) {
    const window = windowOf(budget)
    if (isExhausted(window, budget)) return refuse('over-budget', resetSeconds(window, budget, now))
  }
  const destination = judgeDestinationOf(request, state)
  if (destination.isStopped) {
    const { stop, until } = destination
    return { ...refuse('destination-stopped', secondsUntil(until, now)), stop }
  }
  const { granted, used } = state.quota
  if (request.spendsToken && granted !== null && used >= granted) return refuse('out-of-tokens')

  for (const budget of request.budgets) limits.set(limitId(budget), countEvent(windowOf(budget)))
  return {
    ok: true,
    kind: 'new',
    challenge: newChallenge(request, now, makeId),
    replaces: last?.id ?? null,
    recipient: request.caps === null ? recipient : recordSend(recipient, now),
    quota: request.spendsToken ? { granted, used: used + 1 } : state.quota,
    destination: destination.counted,
    usage: usage(),
    limits,
  }
}

type Braked =
  | { isStopped: false; counted: DestinationState | null }
  | { isStopped: true; until: Date; stop: (BrakeStop & { destination: DestinationState }) | null }

function judgeDestinationOf({ destination }: SendRequest, { now, destination: known }: SendState): Braked {
  if (destination === null || known === null) return { isStopped: false, counted: null }
  const current = destinationAt(known.state, now)
  const judged = judgeBrake(destination.brake, current, { now, projectSince: known.projectSince })
  if (!judged.isStopped) return { isStopped: false, counted: countSend(current) }
  const { until, begins } = judged
  const stop = begins === null ? null : { ...begins, destination: beginStop(current, begins) }
  return { isStopped: true, until, stop }
}

function newChallenge(request: SendRequest, now: Date, makeId: MakeId): Challenge {
  const { policy, fixedCodeUntil } = request
  const isFixed = fixedCodeUntil !== null && now < fixedCodeUntil
  return {
    id: makeId(now),
    keyId: request.keyId,
    projectId: request.projectId,
    purpose: request.purpose,
    channel: request.channel,
    address: request.address,
    target: request.target,
    recordId: request.recordId,
    companion: request.companion,
    accountId: request.accountId,
    content: request.content,
    locale: request.locale,
    tries: 0,
    triesMax: policy.triesMax,
    createdAt: now,
    expiresAt: new Date(now.getTime() + policy.lifeSeconds * 1000),
    usedAt: null,
    deliveryState: isFixed ? 'none' : request.deliveryState,
  }
}

/** A send that no carrier took, and a code that was spent, are not waited for. */
const coolsDownAt = (last: LastSend | null, cooldownSeconds: number): Date | null =>
  last === null || cooldownSeconds === 0 || last.deliveryState === 'failed' || last.usedAt !== null
    ? null
    : new Date(last.createdAt.getTime() + cooldownSeconds * 1000)

/** Whole seconds for `Retry-After`, at most a day: a longer wait is for an operator to end. */
const secondsUntil = (moment: Date, now: Date): number =>
  Math.min(86_400, Math.max(1, Math.ceil((moment.getTime() - now.getTime()) / 1000)))
