import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Account } from '../../domain/account.ts'
import type { EmailAddress, PhoneNumber } from '../../domain/address.ts'
import type { Caller } from '../../domain/caller.ts'
import type { ChallengeId } from '../../domain/challenge.ts'
import { asCheckedPassword, asProof } from '../../domain/evidence.ts'
import type { Limit } from '../../domain/limit.ts'
import {
  defaultProjectSettings,
  type Project,
  type ProjectId,
  type WorkspaceId,
} from '../../domain/project.ts'
import { Secret } from '../../domain/secret.ts'
import type { Session } from '../../domain/session.ts'
import { defaultSessionLife, type MountName } from '../../domain/session-life.ts'
import { createAccessTokens } from '../../tokens/access-tokens.ts'
import {
  hashToken,
  mintRefreshToken,
  mintVerificationToken,
  parseRefreshToken,
  parseVerificationToken,
} from '../codes/opaque-tokens.ts'
import type { SessionStore } from '../ports/sessions.ts'
import { createOpenSession } from './open-session.ts'
import { createRefreshSession } from './refresh-session.ts'

const now = new Date('2026-01-15T12:00:00.000Z')
const later = new Date(now.getTime() + 30 * 86_400_000)
const projectId = 'PRJ_one' as ProjectId
const project: Project = {
  id: projectId,
  workspaceId: 'WSP_one' as WorkspaceId,
  name: 'Acme',
  state: 'active',
  settings: defaultProjectSettings,
}
const caller: Caller = { network: '192.0.2.1', userAgent: 'curl/8', solution: null, isExempt: false }
const reused = { ok: false, refusal: 'reused', endsFamily: true, retryAfterSeconds: null } as const
const email = 'ada@example.test' as EmailAddress
const account = {
  projectId,
  id: 7,
  email,
  emailVerifiedAt: now,
  phone: null,
  phoneVerifiedAt: null,
} as Account
const proof = asProof({
  projectId,
  challengeId: '0123456789abcdef01234567' as ChallengeId,
  purpose: 'account-login',
  channel: 'email',
  address: email,
  recordId: null,
  secondAddress: null,
  accountId: null,
  provenAt: now,
  claimHash: null,
})
const password = { projectId, accountId: 7, passwordVersion: 3 }
const accessTokens = createAccessTokens({
  secrets: { current: new Secret('s'.repeat(43)), previous: null },
  readIssuer: () => 'https://otp.example.test',
})

const lifeOf = () => defaultSessionLife
const mount = 'account/shop' as MountName

/** Opens sessions in a store that records what it is given, or refuses. */
function openSessions({ isRefused = false } = {}) {
  const opened: Parameters<SessionStore['open']>[0][] = []
  const sessions = {
    async open(session) {
      opened.push(session)
      const { id, accountId, label } = session
      const times = { createdAt: now, lastUsedAt: now, expiresAt: later, endedAt: null }
      return isRefused ? null : { projectId, id, accountId, label, mount, ...times }
    },
  } as SessionStore
  return { opened, openSession: createOpenSession({ sessions, accessTokens, lifeOf, mount }) }
}

const digest = Buffer.from('claimed by')

describe('a login', () => {
  test('T1, T2, T3: opens a session of 30 days, with tokens of which only a hash is stored', async () => {
    const { opened, openSession } = openSessions()
    const tokens = await openSession({ account, evidence: proof, label: ' Ada’s\nphone ' })
    if (tokens === null) throw new Error('no session was opened')

    const [session] = opened
    expect(opened).toEqual([
      {
        projectId,
        accountId: 7,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        label: 'Ada’s phone',
        refreshHash: hashToken(tokens.refreshToken),
        mount,
        lifeSeconds: 30 * 86_400,
        passwordVersion: null,
        provenAddress: 'ada@example.test',
        otherAddress: null,
        method: 'code',
        keptProof: null,
      },
    ])
    expect(tokens.expiresInSeconds).toBe(600)
    expect(await accessTokens.read(tokens.accessToken, projectId)).toEqual({
      projectId,
      accountId: 7,
      sessionId: session?.id,
      issuedAt: now,
      expiresAt: new Date(now.getTime() + 600_000),
    })
  })

  test.each([
    ['a code', proof, 'code', null],
    ['a kept proof', asProof({ ...proof, purpose: 'mobile-login', claimHash: digest }), 'proof', null],
    [
      'the proof of a sign-up',
      asProof({ ...proof, purpose: 'mobile-signup', claimHash: digest }),
      'proof',
      null,
    ],
    ['a password, and only while it is the same', asCheckedPassword(password), 'password', 3],
  ])('T1: is by %s', async (_, evidence, method, passwordVersion) => {
    const { opened, openSession } = openSessions()
    await openSession({ account, evidence })
    expect(opened).toMatchObject([{ method, passwordVersion, label: null }])
  })

  const phone = '+255712345678' as PhoneNumber
  const both = { ...account, phone, phoneVerifiedAt: now }
  const byPhone = asProof({ ...proof, channel: 'sms', address: phone })
  test.each([
    ['a code by mail names the number', both, proof, phone],
    ['a code by SMS names the mail address', both, byPhone, email],
    ['a number that only a request named is nobody’s', { ...both, phoneVerifiedAt: null }, proof, null],
    ['nor is a mail address', { ...both, emailVerifiedAt: null }, byPhone, null],
    ['a password proves no address', both, asCheckedPassword(password), null],
  ])('V4: tells which other address is its owner’s: %s', async (_, owner, evidence, otherAddress) => {
    const { opened, openSession } = openSessions()
    await openSession({ account: owner, evidence })
    expect(opened).toMatchObject([{ otherAddress }])
  })

  test.each([
    [
      'an address that is not the account’s',
      asProof({ ...proof, address: 'eve@example.test' as EmailAddress }),
    ],
    ['the password of another account', asCheckedPassword({ ...password, accountId: 8 })],
    [
      'the password of another project',
      asCheckedPassword({ ...password, projectId: 'PRJ_two' as ProjectId }),
    ],
  ])('T1: with the evidence of another account is a fault: %s', async (_, evidence) => {
    const { opened, openSession } = openSessions()
    await expect(openSession({ account, evidence })).rejects.toThrow('not about this account')
    expect(opened).toEqual([])
  })

  test('A4: has no tokens when the account or its password has changed meanwhile', async () => {
    const { openSession } = openSessions({ isRefused: true })
    expect(await openSession({ account, evidence: proof })).toBeNull()
  })
})

test('T3: what is stored of a token is its SHA-256', () => {
  const token = mintRefreshToken()
  expect(hashToken(token)).toEqual(createHash('sha256').update(token.reveal()).digest())
})

describe('a refresh', () => {
  const session = {
    projectId,
    id: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
    accountId: 7,
    createdAt: now,
    expiresAt: later,
  } as Session

  function refreshing(outcome: Partial<Awaited<ReturnType<SessionStore['refresh']>>>) {
    const asked: Parameters<SessionStore['refresh']>[] = []
    const sessions = {
      async refresh(...parameters) {
        asked.push(parameters)
        const judgement = { ok: true, isRepetition: false, pacedUntil: now } as const
        return { judgement, session, now, ...outcome }
      },
    } as SessionStore
    const counted: Limit[] = []
    const challenges = {
      async countEvent(_projectId: ProjectId, limit: Limit) {
        counted.push(limit)
        return { limit, remaining: 0, resetSeconds: 60, isExceeded: counted.length > 2 }
      },
    }
    return {
      asked,
      counted,
      refreshSession: createRefreshSession({ sessions, challenges, accessTokens, lifeOf }),
    }
  }

  test('T3: spends its token for another one', async () => {
    const { asked, refreshSession } = refreshing({})
    const presented = mintRefreshToken()
    const refreshed = await refreshSession({ project, caller, refreshToken: presented.reveal() })
    if (!refreshed.ok) throw new Error(refreshed.refusal)

    const { refreshToken, accessToken } = refreshed.tokens
    expect(refreshToken.reveal()).not.toBe(presented.reveal())
    expect(asked).toEqual([
      [{ projectId, hash: hashToken(presented), nextHash: hashToken(refreshToken) }, expect.any(Function)],
    ])
    expect(await accessTokens.read(accessToken, projectId)).toMatchObject({
      sessionId: session.id,
      issuedAt: now,
    })
  })

  test('T3: that is refused answers why, and no tokens', async () => {
    const { refreshSession, counted } = refreshing({ judgement: reused })
    const refresh = (by: Caller | null) =>
      refreshSession({ project, caller: by, refreshToken: mintRefreshToken().reveal() })
    const refused = { ok: false, refusal: 'reused', retryAfterSeconds: null }
    expect(await refresh(caller)).toEqual(refused)
    expect(counted).toEqual([
      { scope: 'refused-refreshes', key: '192.0.2.1', max: 1_000, windowSeconds: 3_600 },
    ])
    for (const uncounted of [null, { ...caller, isExempt: true }])
      expect(await refresh(uncounted)).toEqual(refused)
    expect(counted).toHaveLength(1)
  })

  test('that is one too many of its network is told to wait, and one of a live token that comes too soon is not counted', async () => {
    const refusing = refreshing({ judgement: reused })
    const refreshToken = mintRefreshToken().reveal()
    for (const refusal of ['reused', 'reused', 'too-many-requests'])
      expect(await refusing.refreshSession({ project, caller, refreshToken })).toMatchObject({ refusal })

    const judgement = { ok: false, refusal: 'too-soon', endsFamily: false, retryAfterSeconds: 5 } as const
    const { refreshSession, counted } = refreshing({ judgement })
    const refused = { ok: false, refusal: 'too-soon', retryAfterSeconds: 5 }
    expect(await refreshSession({ project, caller, refreshToken })).toEqual(refused)
    expect(counted).toEqual([])
  })

  test('T5: of anything but a refresh token is not looked up', async () => {
    const { asked, refreshSession } = refreshing({})
    const refused = await refreshSession({ project, caller, refreshToken: mintVerificationToken().reveal() })
    expect(refused).toEqual({ ok: false, refusal: 'unknown', retryAfterSeconds: null })
    expect(asked).toEqual([])
  })

  test('of no session is a fault', async () => {
    const { refreshSession } = refreshing({ session: null })
    const refreshToken = mintRefreshToken().reveal()
    await expect(refreshSession({ project, caller, refreshToken })).rejects.toThrow('nobody has opened')
  })
})

describe.each([
  ['refresh', 'wwr_', mintRefreshToken, parseRefreshToken],
  ['verification', 'wwv_', mintVerificationToken, parseVerificationToken],
])('a %s token', (_, prefix, mint, parse) => {
  const body = 'aZ09_-'.repeat(8).slice(0, 43)

  test('T3: is 256 random bits behind its prefix', () => {
    const [one, other] = [mint().reveal(), mint().reveal()]
    expect(one).toMatch(new RegExp(`^${prefix}[\\w-]{43}$`))
    expect(other).not.toBe(one)
    expect(parse(`${prefix}${body}`)?.reveal()).toBe(`${prefix}${body}`)
  })

  test.each([
    ['another prefix', `ww_${body}`],
    ['something before it', ` ${prefix}${body}`],
    ['something after it', `${prefix}${body}=`],
    ['a character too few', `${prefix}${body.slice(1)}`],
    ['another alphabet', `${prefix}${'+'.repeat(43)}`],
    ['a list', [`${prefix}${body}`]],
    ['nothing', undefined],
  ])('T5: is nothing else: %s', (_, input) => {
    expect(parse(input)).toBeNull()
  })
})
