import { describe, expect, test } from 'vitest'
import type { Address } from './address.ts'
import type { Challenge, ChallengeId, ChallengeSubject } from './challenge.ts'
import {
  judgeSend,
  type LastSend,
  limitsOfSend,
  type SendRequest,
  type SendRules,
  type SendState,
} from './judge-send.ts'
import type { Limit, LimitState } from './limit.ts'
import type { ProjectId } from './project.ts'
import { type DestinationState, destinationAt } from './pumping.ts'
import { newRecipient } from './recipient.ts'
import { nothingSent, type UnverifiedSends } from './sends-to-address.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = new Date('2026-01-15T12:00:00.000Z')
const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)
const ago = (milliseconds: number): Date => later(-milliseconds)

const sentAt = (...moments: Date[]): UnverifiedSends => ({
  ...nothingSent,
  own: moments.map((at) => ({ at, by: null })),
})
const inWorkspace = (sends: number): UnverifiedSends => ({ ...nothingSent, sameWorkspace: sends })

const newId = '0123456789abcdef01234567' as ChallengeId
const subject: ChallengeSubject = {
  projectId: 'PRJ_one' as ProjectId,
  purpose: 'service',
  address: '+2250701020304' as Address,
  recordId: 'order-7',
  secondAddress: 'ada@example.test',
  accountId: 7,
}
const rules: SendRules = {
  caller: null,
  policy: { digits: 6, lifeSeconds: 300, attemptsMax: 5 },
  condition: null,
  cooldownSeconds: 0,
  caps: { perTenMinutes: 5, perDay: 10, perDayEverywhere: 20 },
  limits: [],
  guards: [],
  budgets: [],
  destination: null,
  work: null,
  fixedCodeUntil: null,
  spendsToken: false,
  mayRepeat: false,
  idempotency: null,
  fallbacks: [],
}
const request: SendRequest = {
  subject,
  delivery: {
    channel: 'sms',
    target: '0701020304',
    content: 'code',
    locale: 'fr',
    deliveryState: 'queued',
  },
  keyId: 'k1',
  apiKeyId: null,
  rules,
}
const state: SendState = {
  now,
  recipient: null,
  sent: nothingSent,
  last: null,
  justSent: null,
  quota: { granted: null, used: 0 },
  limits: new Map(),
  destination: null,
  first: null,
}
const last: LastSend = {
  id: 'fedcba9876543210fedcba98' as ChallengeId,
  attempts: 0,
  attemptsMax: 5,
  createdAt: ago(minute),
  expiresAt: later(4 * minute),
  usedAt: null,
  deliveryState: 'accepted',
}

/** Judges an acceptable send, except for what is changed. */
const judge = (changed: Partial<SendRules> = {}, known: Partial<SendState> = {}) =>
  judgeSend({ ...request, rules: { ...rules, ...changed } }, { ...state, ...known }, (at) => {
    expect(at).toBe(known.now ?? now)
    return newId
  })
/** The whole judgement of a refusal: it contains nothing to store except limits (S6). */
const refused = (refusal: string, retryAfterSeconds: number | null = null) => ({
  ok: false,
  refusal,
  retryAfterSeconds,
  stop: null,
  usage: [],
  limits: new Map(),
})

describe('an accepted send', () => {
  const challenge: Challenge = {
    id: newId,
    projectId: subject.projectId,
    purpose: 'service',
    channel: 'sms',
    address: subject.address,
    target: '0701020304',
    recordId: 'order-7',
    secondAddress: 'ada@example.test',
    accountId: 7,
    content: 'code',
    locale: 'fr',
    keyId: 'k1',
    digits: 6,
    attempts: 0,
    attemptsMax: 5,
    createdAt: now,
    expiresAt: later(300_000),
    usedAt: null,
    deliveryState: 'queued',
  }

  test('S1, V10: is a new challenge that lives from now on, and one more send of its address', () => {
    expect(judge()).toEqual({
      ok: true,
      kind: 'new',
      challenge,
      replaces: null,
      quota: state.quota,
      destination: null,
      usage: [],
      limits: new Map(),
    })
  })

  test('V4: takes the place of the code before it, and resets no failure', () => {
    const recipient = {
      ...newRecipient,
      failures: [ago(minute)],
      failuresInRow: 9,
    }
    expect(judge({}, { last, recipient })).toMatchObject({ ok: true, replaces: last.id })
  })

  test.each([
    ['another millisecond: no message leaves', later(1), 'none'],
    ['no longer: it is an address like any other', now, 'queued'],
  ])('C4: the code of a test recipient is fixed for %s', (_, fixedCodeUntil, deliveryState) => {
    expect(judge({ fixedCodeUntil })).toMatchObject({ challenge: { ...challenge, deliveryState } })
  })
})

describe('a code that is wanted only under a condition', () => {
  test.each([
    ['none was sent', null, true],
    ['the one before is live', last, false],
    ['the one before expires now', { ...last, expiresAt: now }, true],
    ['the one before was used', { ...last, usedAt: ago(1) }, true],
    ['the one before has no attempts left', { ...last, attempts: 5 }, true],
  ])('S1: where none may be live, and %s', (_, before, ok) => {
    const judged = judge({ condition: 'none-live' }, { last: before })
    expect(judged).toMatchObject(ok ? { ok } : refused('live-code-exists'))
    expect(judge({}, { last: before }).ok).toBe(true)
  })

  test.each([
    ['none was sent', null, false],
    ['the one before is live', last, true],
    ['the one before has expired', { ...last, expiresAt: ago(1) }, true],
    ['the one before was used', { ...last, usedAt: ago(1) }, false],
  ])('where one must have been issued, and %s', (_, before, ok) => {
    const judged = judge({ condition: 'issued' }, { last: before })
    expect(judged).toMatchObject(ok ? { ok } : refused('no-code-issued'))
  })
})

describe('the address', () => {
  const lockedUntil = (until: Date) => ({
    recipient: { ...newRecipient, failuresInRow: 10, lockedUntil: until },
  })

  test.each([
    ['for another millisecond', later(1), 1],
    ['for two seconds and a bit', later(2_001), 3],
    ['for a day', later(day), 86_400],
    // A wait of thousands of years would not help a caller.
    ['until it is unlocked', new Date('9999-12-31T00:00:00.000Z'), 86_400],
  ])('V4: is sent nothing while its codes are locked: %s', (_, until, seconds) => {
    expect(judge({}, lockedUntil(until))).toEqual(refused('address-locked', seconds))
  })

  test('V4: is sent codes again when the lock ends', () => {
    expect(judge({}, lockedUntil(now)).ok).toBe(true)
  })

  test('S1: is sent no more than its caps, and the caller learns how long', () => {
    const sent = sentAt(...[9, 4, 3, 2, 1].map((minutes) => ago(minutes * minute - 1)))
    expect(judge({}, { sent })).toEqual(refused('too-many-sends', 61))
    expect(judge({}, { sent, now: later(minute + 1) }).ok).toBe(true)
    expect(judge({}, { sent: inWorkspace(16) })).toEqual(refused('too-many-sends', 600))
    expect(judge({}, { sent: inWorkspace(15) }).ok).toBe(true)
  })

  test.each([
    ['a minute before its end', 120, last, 60],
    ['a second before its end', 61, last, 1],
    ['when it ends', 60, last, null],
    ['without one', 0, { ...last, createdAt: later(minute) }, null],
    ['after a send that no carrier took', 120, { ...last, deliveryState: 'failed' as const }, null],
    ['after a code that was used', 120, { ...last, usedAt: ago(1) }, null],
    ['without a send before', 120, null, null],
  ])('S1: cools down between two sends: %s', (_, cooldownSeconds, before, seconds) => {
    const judged = judge({ cooldownSeconds }, { last: before })
    expect(judged).toMatchObject(seconds === null ? { ok: true } : refused('too-soon', seconds))
  })

  test('a notice reaches its owner whatever else was sent, and counts no send', () => {
    const recipient = {
      ...newRecipient,
      lockedUntil: later(day),
    }
    const judged = judge({ caps: null, cooldownSeconds: 120 }, { recipient, last, sent: inWorkspace(20) })
    expect(judged).toMatchObject({ ok: true, kind: 'new' })
  })
})

describe('limits', () => {
  const startedAt = ago(20_000)
  const used = (count: number): LimitState => ({ startedAt, count, members: [] })
  const ofCaller: Limit = { scope: 'sends', key: '192.0.2.1', max: 3, windowSeconds: 60 }
  const guard: Limit = { scope: 'unknown-addresses', key: '192.0.2.1', max: 3, windowSeconds: 60 }
  const budget: Limit = { scope: 'day-sends', key: '', max: 3, windowSeconds: 60 }
  const [callerId, guardId, budgetId] = ['sends:192.0.2.1', 'unknown-addresses:192.0.2.1', 'day-sends:']
  const all = { limits: [ofCaller], guards: [guard], budgets: [{ limit: budget, share: null }] }

  test('S2: a send counts against its limits and budgets, and not against what guards it', () => {
    const limits = new Map([[callerId, used(1)]])
    expect(judge(all, { limits })).toMatchObject({
      ok: true,
      limits: new Map([
        [callerId, used(2)],
        [budgetId, { startedAt: now, count: 1, members: [] }],
      ]),
      usage: [{ limit: ofCaller, remaining: 1, resetSeconds: 40, isExceeded: false }],
    })
    // The state that was read is not changed: a batch uses it again for the next send.
    expect(limits).toEqual(new Map([[callerId, used(1)]]))
  })

  test.each([
    ['S2: of its caller', callerId, 'too-many-requests'],
    ['V5: of what guards it', guardId, 'too-many-unknown-addresses'],
    ['S4: of what may be spent', budgetId, 'over-budget'],
  ])('%s: one with room for it passes, an exhausted one says how long to wait', (_, id, refusal) => {
    expect(judge(all, { limits: new Map([[id, used(2)]]) }).ok).toBe(true)
    const judged = judge(all, { limits: new Map([[id, used(3)]]) })
    expect(judged).toMatchObject({ ok: false, refusal, retryAfterSeconds: 40, stop: null })
    const ended = judge(all, { limits: new Map([[id, used(3)]]), now: later(40_000) })
    expect(ended.ok).toBe(true)
  })

  test.each<[string, Partial<SendRules>, Partial<SendState>, number]>([
    ['a limit that is exhausted', {}, { limits: new Map([[guardId, used(3)]]) }, 0],
    [
      'an address that is locked',
      {},
      { recipient: { ...newRecipient, failuresInRow: 10, lockedUntil: later(1) } },
      1,
    ],
    ['a budget that is exhausted', {}, { limits: new Map([[budgetId, used(3)]]) }, 1],
    ['no tokens left', { spendsToken: true }, { quota: { granted: 1, used: 1 } }, 1],
  ])('S6: refused for %s, a send counts against nothing but its caller', (_, asked, known, counted) => {
    const { limits } = judge({ ...all, ...asked }, known)
    expect(limits.get(callerId)?.count ?? 0).toBe(counted)
    expect(limits.get(guardId)).toEqual(known.limits?.get(guardId))
    expect(limits.get(budgetId)).toEqual(known.limits?.get(budgetId))
  })

  test('all of them are read, and that of a puzzle with them', () => {
    const use: Limit = { scope: 'puzzles', key: 'nonce', max: 1, windowSeconds: 1_200 }
    const asked = { ...rules, ...all }
    expect(limitsOfSend(asked)).toEqual([ofCaller, guard, budget])
    expect(limitsOfSend({ ...asked, work: { use, expiresAt: now, isRequired: true } })).toEqual([
      ofCaller,
      guard,
      budget,
      use,
    ])
  })

  describe('a puzzle', () => {
    const use: Limit = { scope: 'puzzles', key: 'nonce', max: 1, windowSeconds: 1_200 }
    const work = { use, expiresAt: later(1), isRequired: true }
    const spent = { startedAt: now, count: 1, members: [] }

    test('S10: opens one send', () => {
      const { ok, limits } = judge({ work })
      expect(ok).toBe(true)
      expect(limits).toEqual(new Map([['puzzles:nonce', spent]]))
      expect(judge({ work }, { limits })).toEqual({ ...refused('work-required'), limits })
    })

    test('S10: opens none once it expires, and then counts nothing', () => {
      const judged = judge({ work: { ...work, expiresAt: now }, limits: [ofCaller] })
      expect(judged).toMatchObject({ refusal: 'work-required', limits: new Map(), usage: [{ remaining: 3 }] })
    })

    test('S10: is spent although the send is refused', () => {
      const limits = new Map([[callerId, used(3)]])
      expect(judge({ work, limits: [ofCaller] }, { limits }).limits).toEqual(
        new Map([
          [callerId, used(3)],
          ['puzzles:nonce', spent],
        ]),
      )
    })
  })
})

describe('the same request again', () => {
  const first = { bodyDigest: 'abc', challenge: { id: newId } as Challenge }
  const idempotency = { key: 'k', bodyDigest: 'abc' }
  const limits: Limit[] = [{ scope: 'requests', key: '', max: 3, windowSeconds: 60 }]

  test('S5: is answered with the first challenge; it counts as a request and is no send', () => {
    const exhausted = { quota: { granted: 1, used: 1 }, sent: inWorkspace(20) }
    expect(judge({ idempotency, limits, spendsToken: true }, { first, ...exhausted })).toEqual({
      ok: true,
      kind: 'replay',
      challenge: first.challenge,
      usage: [{ limit: limits[0], remaining: 2, resetSeconds: 60, isExceeded: false }],
      limits: new Map([['requests:', { startedAt: now, count: 1, members: [] }]]),
    })
  })

  test('S5: is refused when it says something else under its key', () => {
    const other = { ...idempotency, bodyDigest: 'abd' }
    expect(judge({ idempotency: other }, { first })).toEqual(refused('idempotency-mismatch'))
  })

  test('is a new one where no key was sent, or none is known', () => {
    expect(judge({ idempotency: null }, { first })).toMatchObject({ kind: 'new' })
    expect(judge({ idempotency }, { first: null })).toMatchObject({ kind: 'new' })
  })
})

describe('the quota', () => {
  test.each([
    ['the last token', { granted: 3, used: 2 }, { granted: 3, used: 3 }],
    ['one of endless tokens', { granted: null, used: 7 }, { granted: null, used: 8 }],
  ])('S5: %s is spent with the send', (_, quota, left) => {
    expect(judge({ spendsToken: true }, { quota })).toMatchObject({ ok: true, quota: left })
  })

  test('S5: where none is left nothing is sent, but for what spends none', () => {
    const quota = { granted: 3, used: 3 }
    expect(judge({ spendsToken: true }, { quota })).toEqual(refused('out-of-tokens'))
    expect(judge({ spendsToken: true }, { quota: { granted: 3, used: 4 } }).ok).toBe(false)
    expect(judge({ spendsToken: false }, { quota })).toMatchObject({ ok: true, quota })
  })
})

describe('the brake', () => {
  const limit = { sends: 200, verifiedPercent: 5, surgeSends: 50, surgeFactor: 5 }
  const destination = { prefix: '+225070', limit, share: null }
  const projectSince = ago(day)
  const quiet = destinationAt(null, now)
  const known = (of: DestinationState | null) => ({ destination: { state: of, projectSince } })

  test('S4: counts a send of its prefix', () => {
    expect(judge({ destination }, known(null))).toMatchObject({
      ok: true,
      destination: { ...quiet, sends: [1], days: [1] },
    })
    const counted = { ...quiet, sends: [3], days: [4] }
    expect(judge({ destination }, known(counted))).toMatchObject({
      ok: true,
      destination: { ...quiet, sends: [4], days: [5] },
    })
  })

  test('S4: stops a prefix that is pumped, and says since when and why', () => {
    const pumped = { ...quiet, sends: [200], days: [200] }
    const until = later(hour)
    expect(judge({ destination }, known(pumped))).toEqual({
      ...refused('destination-stopped', 3_600),
      stop: {
        reason: 'few-verified',
        sends: 200,
        verified: 0,
        until,
        destination: { ...pumped, stoppedUntil: until, stopReason: 'few-verified' },
      },
    })
  })

  test('S4: holds a stop that has begun before, and begins no other', () => {
    const stopped = { ...quiet, stoppedUntil: later(1_500), stopReason: 'surge' as const }
    expect(judge({ destination }, known(stopped))).toEqual(refused('destination-stopped', 2))
  })

  test('S4: judges a project older than a week by its week', () => {
    const surge = { ...quiet, sends: [60], verified: [60], days: [60] }
    expect(judge({ destination }, known(surge)).ok).toBe(true)
    const old = { destination: { state: surge, projectSince: ago(7 * day) } }
    expect(judge({ destination }, old)).toMatchObject({ refusal: 'destination-stopped' })
  })

  test('S4: is not asked where the request names no prefix, or nothing is known', () => {
    const stopped = { ...quiet, stoppedUntil: later(1_500) }
    expect(judge({ destination: null }, known(stopped))).toMatchObject({ ok: true, destination: null })
    expect(judge({ destination }, { destination: null })).toMatchObject({ ok: true, destination: null })
  })
})
