import { describe, expect, test } from 'vitest'
import type { Address } from './address.ts'
import type { ChallengeId } from './challenge.ts'
import { asProof } from './evidence.ts'
import type { ProjectId } from './project.ts'
import {
  accessTokenExpiry,
  isAccessAlive,
  isProofFor,
  judgeRefresh,
  type Session,
  type SessionId,
} from './session.ts'
import { defaultSessionLife, type MountName } from './session-life.ts'

const day = 24 * 3_600_000
const now = new Date('2026-01-15T12:00:00.000Z')
const ago = (milliseconds: number): Date => new Date(now.getTime() - milliseconds)
const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)
const projectId = 'PRJ_one' as ProjectId

const session = {
  projectId,
  id: '1b4e28ba-2fa1-41d2-883f-0016d3cca427' as SessionId,
  accountId: 7,
  label: null,
  mount: null,
  createdAt: ago(day),
  lastUsedAt: ago(day),
  expiresAt: later(29 * day),
  endedAt: null,
}

describe('a refresh token', () => {
  const state = {
    now,
    spentAt: null,
    isSuccessorUnused: false,
    pacedUntil: null,
    session,
    isAccountActive: true,
  }
  const refused = (refusal: string, endsFamily = false, retryAfterSeconds: number | null = null) => ({
    ok: false,
    refusal,
    endsFamily,
    retryAfterSeconds,
  })
  const rotated = (pacedUntil: Date) => ({ ok: true, isRepetition: false, pacedUntil })

  test.each([
    ['nobody issued it', null, refused('unknown')],
    ['it is the live one', state, rotated(later(5_000))],
    ['its session has ended', { ...state, session: { ...session, endedAt: ago(1) } }, refused('ended')],
    ['its account is disabled', { ...state, isAccountActive: false }, refused('ended')],
    ['it was spent just now', { ...state, spentAt: now }, refused('spent')],
    ['it was spent 10 s ago', { ...state, spentAt: ago(10_000) }, refused('spent')],
    [
      'it was spent 10 s ago, and nobody has used its successor',
      { ...state, spentAt: ago(10_000), isSuccessorUnused: true },
      { ok: true, isRepetition: true },
    ],
    [
      'it was spent more than 10 s ago, and nobody has used its successor',
      { ...state, spentAt: ago(10_001), isSuccessorUnused: true },
      refused('reused', true),
    ],
    ['it was spent more than 10 s ago', { ...state, spentAt: ago(10_001) }, refused('reused', true)],
    [
      'it was spent long ago, in a session that has ended',
      { ...state, spentAt: ago(day), session: { ...session, endedAt: ago(1) } },
      refused('ended'),
    ],
    [
      'it was stolen, and the session would have expired by now',
      { ...state, spentAt: ago(day), session: { ...session, expiresAt: ago(1) } },
      refused('reused', true),
    ],
    [
      'it was last used a millisecond short of 14 days ago',
      { ...state, session: { ...session, lastUsedAt: ago(14 * day - 1) } },
      rotated(later(5_000)),
    ],
    [
      'it was last used 14 days ago',
      { ...state, session: { ...session, lastUsedAt: ago(14 * day) } },
      refused('expired'),
    ],
    [
      'its session is in its last millisecond',
      { ...state, session: { ...session, expiresAt: later(1) } },
      rotated(later(5_000)),
    ],
    ['it is the twentieth of a moment', { ...state, pacedUntil: later(95_000) }, rotated(later(100_000))],
    [
      'it is the twenty-first of a moment',
      { ...state, pacedUntil: later(100_000) },
      refused('too-soon', false, 5),
    ],
    [
      'it comes a millisecond too soon after twenty others',
      { ...state, pacedUntil: later(95_001) },
      refused('too-soon', false, 1),
    ],
    [
      'its session has not been refreshed for a while',
      { ...state, pacedUntil: ago(1) },
      rotated(later(5_000)),
    ],
    [
      'it comes back at once after twenty others, and nobody has used its successor',
      { ...state, pacedUntil: later(100_000), spentAt: now, isSuccessorUnused: true },
      { ok: true, isRepetition: true },
    ],
    ['its session expires now', { ...state, session: { ...session, expiresAt: now } }, refused('expired')],
  ])('T3: %s', (_, given, expected) => {
    expect(judgeRefresh(given, () => defaultSessionLife)).toEqual(expected)
  })
})

describe('a life that was shortened after the login', () => {
  const hour = 3_600
  const shortened = (life: Partial<typeof defaultSessionLife>) => (mount: MountName | null) =>
    mount === ('shop' as MountName) ? { ...defaultSessionLife, ...life } : defaultSessionLife
  const opened: Session = {
    ...session,
    mount: 'shop' as MountName,
    createdAt: ago(2 * day),
    lastUsedAt: ago(hour * 1000),
  }
  const state = {
    now,
    spentAt: null,
    isSuccessorUnused: false,
    session: opened,
    pacedUntil: null,
    isAccountActive: true,
  }
  const refusalOf = (life: Partial<typeof defaultSessionLife>, given = state) => {
    const judgement = judgeRefresh(given, shortened(life))
    return judgement.ok ? null : judgement.refusal
  }

  test('T3: holds for the session, and for no session of another mount', () => {
    expect(refusalOf({ idleSeconds: hour })).toBe('expired')
    expect(refusalOf({ idleSeconds: hour + 1 })).toBeNull()
    expect(refusalOf({ lifeSeconds: 48 * hour })).toBe('expired')
    expect(refusalOf({ lifeSeconds: 48 * hour + 1 })).toBeNull()
    expect(refusalOf({ idleSeconds: 60 }, { ...state, session: { ...opened, mount: null } })).toBeNull()
  })

  test('T2: holds for the access tokens that are out', () => {
    const claims = {
      projectId,
      accountId: 7,
      sessionId: session.id,
      issuedAt: ago(60_000),
      expiresAt: later(540_000),
    }
    const isAlive = (life: Partial<typeof defaultSessionLife>) =>
      isAccessAlive(claims, opened, { now, life: { ...defaultSessionLife, ...life } })
    expect([isAlive({}), isAlive({ accessTokenSeconds: 61 }), isAlive({ accessTokenSeconds: 60 })]).toEqual([
      true,
      true,
      false,
    ])
    expect(isAlive({ lifeSeconds: 48 * hour })).toBe(false)
  })

  test('T2: no access token outlives its session', () => {
    const expiry = accessTokenExpiry(
      { ...session, expiresAt: later(90_000) },
      { now, life: defaultSessionLife },
    )
    expect(expiry).toEqual(later(90_000))
    expect(accessTokenExpiry(session, { now, life: defaultSessionLife })).toEqual(later(600_000))
  })
})

describe('an access token', () => {
  const claims = { projectId, accountId: 7, sessionId: session.id, issuedAt: now, expiresAt: later(600_000) }

  test.each([
    ['lives when it was just issued', {}, now, true],
    ['lives in its last millisecond', {}, later(599_999), true],
    ['is dead when its ten minutes are over', {}, later(600_000), false],
    ['is dead once its session has ended', { endedAt: now }, now, false],
    ['lives while its session does', { expiresAt: later(1) }, now, true],
    ['is dead when its session expires', { expiresAt: now }, now, false],
  ])('T2, T4: %s', (_, change, at, expected) => {
    expect(isAccessAlive(claims, { ...session, ...change }, { now: at, life: defaultSessionLife })).toBe(
      expected,
    )
  })
})

describe('a proof', () => {
  const email = 'ada@example.test' as Address
  const phone = '+2250701020304' as Address
  const consumed = {
    projectId,
    challengeId: '0'.repeat(24) as ChallengeId,
    purpose: 'account-login',
    channel: 'email',
    address: email,
    recordId: null,
    secondAddress: null,
    accountId: null,
    provenAt: now,
    claimHash: null,
  } as const
  const owner = { projectId, id: 7, email, emailVerifiedAt: now, phone, phoneVerifiedAt: now }

  test.each([
    ['opens the account whose proven e-mail address it is about', {}, {}, true],
    ['opens the account whose proven phone it is about', { address: phone }, {}, true],
    ['opens the very account that it was issued for', { accountId: 7 }, {}, true],
    ['opens no other account than that', { accountId: 8 }, {}, false],
    ['opens nothing in another project', { projectId: 'PRJ_two' as ProjectId }, {}, false],
    ['opens nothing by an e-mail address that was never proven', {}, { emailVerifiedAt: null }, false],
    ['opens nothing by a phone that was never proven', { address: phone }, { phoneVerifiedAt: null }, false],
    ['opens nothing by another e-mail address', { address: 'eve@example.test' as Address }, {}, false],
    ['opens nothing by another phone', { address: '+2250701020305' as Address }, {}, false],
    [
      'opens nothing by what was named beside it',
      { address: 'eve@example.test' as Address, secondAddress: email },
      {},
      false,
    ],
    ['opens no account without an address', {}, { email: null }, false],
  ])('A6: %s', (_, proven, owned, expected) => {
    expect(isProofFor(asProof({ ...consumed, ...proven }), { ...owner, ...owned })).toBe(expected)
  })
})
