import { describe, expect, test } from 'vitest'
import type { Address } from './address.ts'
import type { ChallengeId, ChallengeSubject } from './challenge.ts'
import { type CheckRequest, type CheckRules, type CheckState, judgeCheck } from './judge-check.ts'
import type { Limit, LimitState } from './limit.ts'
import type { ProjectId } from './project.ts'
import { destinationAt } from './pumping.ts'
import { newRecipient, type Recipient } from './recipient.ts'
import { Secret } from './secret.ts'

const now = new Date('2026-01-15T12:00:00.000Z')
const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)
const day = 24 * 3_600_000

const subject: ChallengeSubject = {
  projectId: 'PRJ_one' as ProjectId,
  purpose: 'service',
  address: '+2250701020304' as Address,
  recordId: null,
  secondAddress: 'ada@example.test',
  accountId: 7,
}
const rules: CheckRules = {
  caller: null,
  limits: [],
  guards: [],
  onFailure: [],
  spraying: null,
  prefix: null,
}
const request: CheckRequest = { subject, code: new Secret('123456'), mode: 'spend', rules }
const challenge = {
  id: '0123456789abcdef01234567' as ChallengeId,
  channel: 'sms',
  content: 'code',
  secondAddress: 'ada@example.test',
  accountId: 7,
  keyId: 'k1',
  digits: 6,
  attempts: 0,
  attemptsMax: 5,
  expiresAt: later(300_000),
  usedAt: null,
  deliveryState: 'accepted',
} as const

type Asked = Partial<
  Pick<ChallengeSubject, 'secondAddress' | 'accountId'> & CheckRules & Pick<CheckRequest, 'code' | 'mode'>
>
type Changes = { request?: Asked; state?: Partial<CheckState>; code?: string | null }

function requestWith({ code = request.code, mode = request.mode, ...asked }: Asked): CheckRequest {
  const { secondAddress = subject.secondAddress, accountId = subject.accountId, ...changed } = asked
  return { subject: { ...subject, secondAddress, accountId }, code, mode, rules: { ...rules, ...changed } }
}

/** Judges the right code of a live challenge, except for what is changed. */
const judge = ({ request: asked = {}, state = {}, code = '123456' }: Changes = {}) =>
  judgeCheck(
    requestWith(asked),
    { now, recipient: null, challenge, limits: new Map(), destination: null, wasWrong: false, ...state },
    () => (code === null ? null : new Secret(code)),
  )
const wrong = { code: new Secret('654321') }
const nothingStored = { challenge: null, recipient: null, destination: null }
const refused = (refusal: string) => ({ ok: false, refusal, retryAfterSeconds: null })

describe('a right code', () => {
  const recipient: Recipient = {
    ...newRecipient,
    failures: [now],
    failuresInRow: 1,
  }
  const proof = {
    kind: 'code',
    projectId: 'PRJ_one',
    challengeId: challenge.id,
    purpose: 'service',
    channel: 'sms',
    address: subject.address,
    recordId: null,
    secondAddress: 'ada@example.test',
    accountId: 7,
    provenAt: now,
    claimHash: null,
  }

  test('V2: is spent, ends the run of failures, and proves the address', () => {
    expect(judge({ state: { recipient } })).toEqual({
      ok: true,
      proof,
      challenge: { ...challenge, attempts: 1, usedAt: now },
      recipient: { ...newRecipient, failures: [now] },
      destination: null,
      limits: new Map(),
      usage: [],
    })
    // Where nothing was wrong before, there is nothing to store about the address.
    expect(judge()).toMatchObject({ ok: true, recipient: null })
  })

  test('V2: once spent it opens nothing', () => {
    const { challenge: spent } = judge()
    expect(judge({ state: { challenge: spent } })).toMatchObject({ ...refused('used'), ...nothingStored })
  })

  test('V6: is left unspent by a look, and nothing else changes either', () => {
    const inspected = judge({ request: { mode: 'verify-only' }, state: { recipient } })
    expect(inspected).toEqual({ ok: true, proof, ...nothingStored, limits: new Map(), usage: [] })
  })

  test('S4: counts as verified for the prefix of a phone', () => {
    const destination = { ...destinationAt(null, now), sends: [3], verified: [1] }
    const ofPhone = { prefix: '+225070' }
    expect(judge({ request: ofPhone, state: { destination } }).destination).toEqual({
      ...destination,
      verified: [2],
    })
    expect(judge({ request: ofPhone }).destination).toEqual({ ...destinationAt(null, now), verified: [1] })
    expect(judge({ state: { destination } }).destination).toBeNull()
  })
})

describe('a wrong guess', () => {
  test('V1: is counted against the code and the address, in what must be stored', () => {
    const recipient = { ...newRecipient, failures: [later(-day)], failuresInRow: 3 }
    expect(judge({ request: wrong, state: { recipient } })).toEqual({
      ...refused('mismatch'),
      challenge: { ...challenge, attempts: 1 },
      recipient: { ...newRecipient, failures: [later(-day), now], failuresInRow: 4 },
      destination: null,
      limits: new Map(),
      usage: [],
    })
  })

  test('V6: is counted by a look as well', () => {
    expect(judge({ request: { ...wrong, mode: 'verify-only' } })).toMatchObject({
      ...refused('mismatch'),
      challenge: { attempts: 1 },
      recipient: { failuresInRow: 1 },
    })
  })

  test('V4: is the tenth in a row, and locks the address', () => {
    const recipient = { ...newRecipient, failuresInRow: 9 }
    expect(judge({ request: wrong, state: { recipient } }).recipient?.lockedUntil).toEqual(later(day))
  })

  test.each([
    ['another companion', { secondAddress: 'eve@example.test' }, {}],
    ['no companion', { secondAddress: null }, {}],
    ['another account', { accountId: 8 }, {}],
    ['no account', { accountId: null }, {}],
    ['the code of a decoy', {}, { content: 'decoy' }],
    ['the code of a notice', {}, { content: 'notice-account-exists' }],
    ['the code of a message that nobody got', {}, { deliveryState: 'failed' }],
  ] as const)('V9: is a right code with %s', (_, asked, stored) => {
    const known = { ...challenge, ...stored }
    expect(judge({ request: asked, state: { challenge: known } })).toMatchObject({
      ...refused('mismatch'),
      challenge: { ...known, attempts: 1 },
      recipient: { failuresInRow: 1 },
    })
  })

  test('V9: is every guess on a code whose key is gone', () => {
    expect(judge({ code: null })).toMatchObject({ ...refused('mismatch'), challenge: { attempts: 1 } })
  })

  test('V9, S7: is compared with the code of this very subject, that of a decoy as well', () => {
    for (const content of ['code', 'decoy'] as const) {
      const subjects: unknown[] = []
      const state = { now, recipient: null, challenge: { ...challenge, content }, limits: new Map() }
      judgeCheck(request, { ...state, destination: null, wasWrong: false }, (subject) => {
        subjects.push(subject)
        return null
      })
      expect(subjects).toEqual([
        {
          projectId: 'PRJ_one',
          purpose: 'service',
          address: '+2250701020304',
          id: challenge.id,
          keyId: 'k1',
          digits: 6,
        },
      ])
    }
  })
})

describe('a code that cannot be tried', () => {
  const locked = (until: Date): Recipient => ({ ...newRecipient, failuresInRow: 10, lockedUntil: until })

  test.each([
    ['V7: none was issued', { challenge: null }, 'unknown'],
    ['V2: it was used', { challenge: { ...challenge, usedAt: later(-1) } }, 'used'],
    ['V10: it expires now', { now: challenge.expiresAt }, 'expired'],
    ['V10: it has expired', { now: later(300_001) }, 'expired'],
    ['V3: its attempts are used up', { challenge: { ...challenge, attempts: 5 } }, 'locked'],
    [
      'V3: its attempts were used up by a looser setting',
      { challenge: { ...challenge, attempts: 6 } },
      'locked',
    ],
    ['V4: its address is locked for another millisecond', { recipient: locked(later(1)) }, 'locked'],
  ])('%s', (_, state, refusal) => {
    const expected = { ...refused(refusal), ...nothingStored, limits: new Map(), usage: [] }
    expect(judge({ state })).toEqual(expected)
    // A wrong code gets the same refusal, and is not counted either.
    expect(judge({ state, request: wrong })).toEqual(expected)
  })

  test.each([
    ['V10: in its last millisecond it can', { now: later(299_999) }],
    ['V3: with a try left it can', { challenge: { ...challenge, attempts: 4 } }],
    ['V4: when the lock ends it can', { recipient: locked(now) }],
  ])('%s', (_, state) => {
    expect(judge({ state }).ok).toBe(true)
  })
})

describe('limits', () => {
  const requests: Limit = { scope: 'requests', key: '', max: 3, windowSeconds: 60 }
  const failedChecks: Limit = { scope: 'failed-checks', key: '', max: 3, windowSeconds: 3_600 }
  const failedAddresses: Limit = { scope: 'failed-addresses', key: '192.0.2.1', max: 3, windowSeconds: 3_600 }
  const onFailure = [
    { limit: failedChecks, member: null },
    { limit: failedAddresses, member: 'ada' },
  ]
  const guards = [failedChecks, failedAddresses]
  const startedAt = later(-20_000)
  const used = (count: number): LimitState => ({ startedAt, count, members: [] })

  test('V5: a refused guess counts against the project and, once for each address, the caller', () => {
    const first = judge({ request: { ...wrong, onFailure } }).limits
    expect(Object.fromEntries(first)).toEqual({
      'failed-checks:': { startedAt: now, count: 1, members: [] },
      'failed-addresses:192.0.2.1': { startedAt: now, count: 1, members: ['ada'] },
    })
    const second = judge({ request: { ...wrong, onFailure }, state: { limits: first } }).limits
    expect(second.get('failed-checks:')?.count).toBe(2)
    expect(second.get('failed-addresses:192.0.2.1')?.count).toBe(1)
  })

  test('V5: so does one on a code that was never issued, and a right guess does not', () => {
    const none = judge({ request: { onFailure }, state: { challenge: null } })
    expect(none.limits.get('failed-checks:')?.count).toBe(1)
    expect(judge({ request: { onFailure } }).limits).toEqual(new Map())
  })

  test.each([
    ['one more', 2, true],
    ['none', 3, false],
  ])('V5: of three failures with room for %s, a right guess is heard: %s', (_, count, ok) => {
    const limits = new Map([['failed-addresses:192.0.2.1', used(count)]])
    expect(judge({ request: { guards }, state: { limits } }).ok).toBe(ok)
  })

  test('V5: when it is exhausted nothing is looked at, counted or stored, and the caller learns how long', () => {
    const limits = new Map([['failed-checks:', used(3)]])
    expect(judge({ request: { guards, onFailure, limits: [requests] }, state: { limits } })).toEqual({
      ok: false,
      refusal: 'too-many-requests',
      retryAfterSeconds: 3_580,
      ...nothingStored,
      limits,
      usage: [{ limit: requests, remaining: 3, resetSeconds: 60, isExceeded: false }],
    })
  })

  test.each([
    ['right', {}],
    ['wrong', wrong],
  ])('a request counts whether its guess is right or wrong: %s', (_, guess) => {
    const limits = new Map([['requests:', used(1)]])
    const judged = judge({ request: { ...guess, limits: [requests] }, state: { limits } })
    expect(judged.limits).toEqual(new Map([['requests:', used(2)]]))
    expect(judged.usage).toEqual([{ limit: requests, remaining: 1, resetSeconds: 40, isExceeded: false }])
    // The state that was read is not changed: a batch uses it again for the next check.
    expect(limits.get('requests:')).toEqual(used(1))
  })

  test('V1: a guess that was found wrong before counts on code and address, not on what is full', () => {
    const limits = new Map([['failed-checks:', used(3)]])
    const asked = { ...wrong, guards: [failedChecks], onFailure: [{ limit: failedChecks, member: null }] }
    const judgeAgain = (challenge: CheckState['challenge']) =>
      judge({ request: asked, state: { limits, challenge, wasWrong: true } })
    expect(judgeAgain(challenge)).toMatchObject({
      refusal: 'too-many-requests',
      challenge: { attempts: 1 },
      recipient: { failuresInRow: 1 },
      limits,
    })
    expect(judgeAgain({ ...challenge, attempts: 5 })).toMatchObject(nothingStored)
    expect(judgeAgain(null)).toMatchObject(nothingStored)
  })

  test('a request beyond its limit is not heard, and one in the next window is', () => {
    const limits = new Map([['requests:', used(3)]])
    const asked = { limits: [requests] }
    expect(judge({ request: asked, state: { limits } })).toMatchObject({
      refusal: 'too-many-requests',
      retryAfterSeconds: 40,
      usage: [{ remaining: 0 }],
    })
    expect(judge({ request: asked, state: { limits, now: later(40_000) } })).toMatchObject({
      ok: true,
      usage: [{ remaining: 2, resetSeconds: 60 }],
    })
  })
})

describe('codes of several records', () => {
  const other = {
    ...challenge,
    id: '1123456789abcdef01234567' as ChallengeId,
    recordId: 'theirs',
    attempts: 2,
  }
  const ofAny = requestWith({})
  const judgeAny = (state: Partial<CheckState>, right: string | null, code = request.code) =>
    judgeCheck(
      { ...ofAny, anyRecord: true, code },
      { now, recipient: null, challenge, limits: new Map(), destination: null, wasWrong: false, ...state },
      ({ id }) => new Secret(id === right ? '123456' : '000000'),
    )

  test('A5: the right code of another record is spent, and its proof says whose it is', () => {
    expect(judgeAny({ others: [other] }, other.id)).toMatchObject({
      ok: true,
      challenge: null,
      others: [{ id: other.id, attempts: 3, usedAt: now }],
      proof: { challengeId: other.id, recordId: 'theirs' },
    })
  })

  test('A5: the own code is spent alone', () => {
    const judged = judgeAny({ others: [other] }, challenge.id)
    expect(judged).toMatchObject({ ok: true, challenge: { usedAt: now }, proof: { recordId: null } })
    expect(judged.others).toBeUndefined()
  })

  test('V3, V4: a wrong guess is an attempt at each live code, and one failure of the address', () => {
    const closed = { ...other, expiresAt: now }
    expect(judgeAny({ others: [other, closed] }, null)).toMatchObject({
      ...refused('mismatch'),
      challenge: { attempts: 1 },
      others: [{ id: other.id, attempts: 3 }],
      recipient: { failures: [now] },
    })
    expect(judgeAny({ others: [other, closed] }, null).others).toHaveLength(1)
  })

  const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds)
  test.each([
    ['used 10 s ago', ago(10_000), 0, true],
    ['used longer ago', ago(10_001), 0, false],
    ['used just now, after too many guesses', now, 5, false],
  ])('V2: a right guess at the own code, %s', (_, usedAt, attempts, repeats) => {
    const used = { ...challenge, usedAt, attempts }
    const judged = judgeAny({ challenge: used, others: [other] }, challenge.id)
    expect(judged).toMatchObject({ ...refused('used'), challenge: null, recipient: null })
    expect('repeats' in judged).toBe(repeats)
  })

  test('V3: a wrong guess at a code that was just used is counted there', () => {
    const used = { ...challenge, usedAt: now, attempts: 1 }
    expect(judgeAny({ challenge: used }, null)).toMatchObject({
      ...refused('used'),
      challenge: { attempts: 2, usedAt: now },
      recipient: null,
    })
  })
})
