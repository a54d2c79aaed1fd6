import { expect, test } from 'vitest'
import type { Address } from '../../src/domain/address.ts'
import type { Caller } from '../../src/domain/caller.ts'
import { type Challenge, type ChallengeSubject, challengeId } from '../../src/domain/challenge.ts'
import { countedCaller } from '../../src/domain/counted-caller.ts'
import {
  type AttemptedChallenge,
  type CheckRequest,
  type CheckRules,
  judgeCheck,
} from '../../src/domain/judge-check.ts'
import { judgeSend, type SendRequest, type SendRules } from '../../src/domain/judge-send.ts'
import type { LimitState } from '../../src/domain/limit.ts'
import { defaultProjectSettings, type Project, type ProjectId } from '../../src/domain/project.ts'
import { codePolicy, type Purpose } from '../../src/domain/purpose.ts'
import { newRecipient, type Recipient, recordOtherProof, recordSuccess } from '../../src/domain/recipient.ts'
import { nothingSent, type UnverifiedSends } from '../../src/domain/sends-to-address.ts'
import { Secret } from '../../src/domain/secret.ts'
import { callerSendLimits, failureLimits } from '../../src/engine/codes/limits.ts'
import { purposeNamed } from '../harness/purposes.ts'

/*
 * How far a patient attacker gets against one address: the rules themselves, with a clock that runs through a year. The
 * attacker knows the rules, requests codes whenever allowed, and makes every attempt that is judged, from any number of
 * networks and projects. Then how far the attacker gets against all addresses, from one network or from a hundred.
 */

const minute = 60_000
const day = 24 * 60 * minute
const projectId = 'PRJ_year' as ProjectId
const address = '+255712345678' as Address

type Strategy = {
  purpose: Purpose
  days: number
  /** Stops after this many codes, to count the attempts of one. */
  codesMax?: number
  /** The owner logs in meanwhile, which clears the run of failures and the sends. */
  ownerEvery?: number
  /** An operator ends the permanent lock. */
  operatorEvery?: number
  /** The owner logs in with another address of the account, which gives that lock an end. */
  otherProofEvery?: number
  /**
   * False shows what the limits are for: a server that only limits the attempts of each code, and codes to five an hour,
   * and counts nothing across codes.
   */
  countsAcrossCodes?: boolean
}

/** Counts the attempts that are judged. */
function countGuesses({
  purpose,
  days,
  codesMax = Infinity,
  ownerEvery,
  operatorEvery,
  otherProofEvery,
  countsAcrossCodes = true,
}: Strategy): number {
  const request = countsAcrossCodes
    ? sendRequest(purpose)
    : sendRequest(purpose, {
        policy: { ...codePolicy(purpose, defaultProjectSettings), attemptsMax: 5 },
        caps: { perTenMinutes: Infinity, perDay: Infinity, perDayEverywhere: Infinity },
        cooldownSeconds: 3_600 / 5,
      })
  const start = Date.UTC(2027, 0, 1)
  let recipient: Recipient = newRecipient
  let challenge = null as Challenge | null
  let past: Challenge[] = []
  let provenAt = 0
  const unverifiedSince = (now: Date): UnverifiedSends => ({
    ...nothingSent,
    own: past
      .filter(({ createdAt }) => createdAt.getTime() > Math.max(provenAt, now.getTime() - day))
      .map(({ createdAt }) => ({ at: createdAt, by: null })),
  })
  let guesses = 0
  let codes = 0
  let ownerAt = start
  let operatorAt = start
  let otherProofAt = start
  let serial = 0
  // The attacker returns as soon as another code may be sent.
  const step = countsAcrossCodes ? 5 * minute : 12 * minute

  for (let time = start; time < start + days * day; time += step) {
    const now = new Date(time)
    if (ownerEvery !== undefined && time >= ownerAt + ownerEvery) {
      const isLocked = recipient.lockedUntil !== null && now < recipient.lockedUntil
      if (!isLocked) {
        recipient = recordSuccess(recipient, null)
        provenAt = time
      }
      ownerAt = time
    }
    if (operatorEvery !== undefined && time >= operatorAt + operatorEvery) {
      recipient = { ...recipient, failures: [], failuresInRow: 0, lockedUntil: null }
      operatorAt = time
    }
    if (otherProofEvery !== undefined && time >= otherProofAt + otherProofEvery) {
      recipient = recordOtherProof(recipient)
      otherProofAt = time
    }

    for (let refused = false; !refused; ) {
      if (challenge !== null) {
        const judged = judgeCheck(
          checkRequest(purpose),
          { now, recipient, challenge, limits: new Map(), destination: null, wasWrong: false },
          () => new Secret('never'),
        )
        if (countsAcrossCodes) recipient = judged.recipient ?? recipient
        if (judged.challenge !== null) {
          guesses += 1
          challenge = Object.assign(challenge, judged.challenge)
          continue
        }
      }
      if (codes >= codesMax) break
      serial += 1
      const sent = judgeSend(
        request,
        { ...freshState(now), recipient, last: challenge, sent: unverifiedSince(now) },
        (at) => challengeId(at, Buffer.from(serial.toString(16).padStart(12, '0'), 'hex')),
      )
      refused = !sent.ok
      if (!sent.ok || sent.kind !== 'new') continue
      codes += 1
      challenge = sent.challenge
      past = [...past.filter(({ createdAt }) => createdAt.getTime() > time - day), challenge]
    }
  }
  return guesses
}

const subjectOf = (purpose: Purpose, target: Address): ChallengeSubject => ({
  projectId,
  purpose: purpose.name,
  address: target,
  recordId: null,
  secondAddress: null,
  accountId: null,
})

const sendRequest = (
  purpose: Purpose,
  rules: Partial<SendRules> = {},
  target: Address = address,
): SendRequest => ({
  subject: subjectOf(purpose, target),
  delivery: { channel: 'sms', target, content: 'code', locale: 'en', deliveryState: 'accepted' },
  keyId: 'key',
  apiKeyId: null,
  rules: {
    caller: null,
    policy: codePolicy(purpose, defaultProjectSettings),
    condition: null,
    cooldownSeconds: 0,
    caps: {
      perTenMinutes: defaultProjectSettings.sendsPerTenMinutes,
      perDay: defaultProjectSettings.sendsPerDay,
      perDayEverywhere: defaultProjectSettings.sendsPerDayEverywhere,
    },
    limits: [],
    guards: [],
    budgets: [],
    destination: null,
    work: null,
    fixedCodeUntil: null,
    fallbacks: [],
    spendsToken: false,
    mayRepeat: false,
    idempotency: null,
    ...rules,
  },
})

const checkRequest = (
  purpose: Purpose,
  rules: Partial<CheckRules> = {},
  target: Address = address,
): CheckRequest => ({
  subject: subjectOf(purpose, target),
  code: new Secret('wrong'),
  mode: 'spend',
  rules: {
    caller: null,
    limits: [],
    guards: [],
    onFailure: [],
    spraying: null,
    prefix: null,
    ...rules,
  },
})

/** The chance that one of this many guesses at codes of this length is right. */
const chanceOf = (guesses: number, digits: number): number => 1 - (1 - 10 ** -digits) ** guesses

const purposes: [5 | 6, Purpose][] = [
  [5, purposeNamed('kikapu-login')],
  [6, purposeNamed('service')],
]

const rows: (Omit<Strategy, 'purpose'> & { name: string; guessesMax: { 5: number; 6: number } })[] = [
  { name: 'one code', days: 1, codesMax: 1, guessesMax: { 5: 3, 6: 5 } },
  { name: 'a day, until the lock', days: 1, guessesMax: { 5: 10, 6: 10 } },
  { name: 'a month', days: 30, guessesMax: { 5: 30, 6: 30 } },
  { name: 'a year alone', days: 365, guessesMax: { 5: 365, 6: 365 } },
  {
    name: 'a year beside an owner who logs in every hour',
    days: 365,
    ownerEvery: 60 * minute,
    guessesMax: { 5: 365, 6: 365 },
  },
  {
    name: 'a year, and an operator unlocks every month',
    days: 365,
    ownerEvery: 60 * minute,
    operatorEvery: (365 / 12) * day,
    guessesMax: { 5: 365, 6: 365 },
  },
  {
    name: 'a year beside an owner who logs in every hour by another address',
    days: 365,
    otherProofEvery: 60 * minute,
    guessesMax: { 5: 365, 6: 365 },
  },
]

test.each(
  rows.flatMap((row) => [
    { ...row, digits: 5 as const, purpose: purposeNamed('kikapu-login') },
    { ...row, digits: 6 as const, purpose: purposeNamed('service') },
  ]),
)('V4: $name at $digits digits', ({ name, digits, guessesMax, ...strategy }) => {
  expectBelow(`V4: ${name}`, digits, { guesses: countGuesses(strategy), guessesMax: guessesMax[digits] })
})

test.each([
  { days: 1, guesses: 600 },
  { days: 365, guesses: 219_000 },
])('V4: with nothing counted across codes there would be $guesses guesses in $days days', (row) => {
  for (const [digits, purpose] of purposes) {
    const without = countGuesses({ purpose, days: row.days, countsAcrossCodes: false })
    const counted = countGuesses({ purpose, days: row.days })
    console.log(
      `V4: ${row.days} days, ${digits} digits: nothing counted across codes ${without} guesses, chance ${shown(without, digits)}; as it is ${counted}, chance ${shown(counted, digits)}`,
    )
    expect(without).toBe(row.guesses)
    expect(counted).toBeLessThanOrEqual(row.days === 1 ? 10 : 365)
  }
})

/**
 * Counts the attempts that are judged across addresses, with a new address whenever one allows no more attempts: what a
 * project's limits on networks (S2, V5) and on itself (V5) let through.
 */
function countSpray({ purpose, hours, networks }: { purpose: Purpose; hours: number; networks: number }) {
  const start = Date.UTC(2027, 0, 1)
  const project = { settings: defaultProjectSettings } as Project
  const limits = new Map<string, LimitState>()
  let guesses = 0
  let codes = 0

  /** Makes every attempt that a network may make at this time. */
  const sprayFrom = (network: string, now: Date): void => {
    const caller: Caller = { network, userAgent: 'spray/1', solution: null, isExempt: false }
    for (;;) {
      codes += 1
      const target = `+2557${String(codes).padStart(8, '0')}` as Address
      const sent = judgeSend(
        sendRequest(purpose, { limits: callerSendLimits(project, caller) }, target),
        { ...freshState(now), limits },
        (at) => challengeId(at, Buffer.from(codes.toString(16).padStart(12, '0'), 'hex')),
      )
      for (const [id, state] of sent.limits) limits.set(id, state)
      if (!sent.ok) return
      const failures = failureLimits(project, { purpose, address: target, caller })
      let challenge: AttemptedChallenge = sent.challenge
      let recipient: Recipient = newRecipient
      while (challenge.attempts < challenge.attemptsMax) {
        const judged = judgeCheck(
          checkRequest(purpose, { caller: countedCaller(caller), ...failures }, target),
          { now, recipient, challenge, limits, destination: null, wasWrong: false },
          () => new Secret('never'),
        )
        for (const [id, state] of judged.limits) limits.set(id, state)
        if (!judged.ok && judged.refusal === 'too-many-requests') return
        guesses += 1
        recipient = judged.recipient ?? recipient
        challenge = judged.challenge ?? challenge
      }
    }
  }
  for (let time = start; time < start + hours * 60 * minute; time += 10 * minute) {
    for (let nth = 0; nth < networks; nth += 1) sprayFrom(`10.${nth >> 8}.${nth & 255}.1`, new Date(time))
  }
  return guesses
}

/** The state of an address that no code was ever sent to. */
const freshState = (now: Date) => ({
  now,
  recipient: null,
  sent: nothingSent,
  last: null,
  justSent: null,
  quota: { granted: null, used: 0 },
  limits: new Map(),
  destination: null,
  first: null,
})

test.each([
  // Twenty addresses in an hour, the last of which ends with its first wrong guess.
  { name: 'one network, an hour', hours: 1, networks: 1, guessesMax: { 5: 20 * 3, 6: 20 * 5 } },
  { name: 'one network, a day', hours: 24, networks: 1, guessesMax: { 5: 24 * 20 * 3, 6: 24 * 20 * 5 } },
  { name: 'a hundred networks, an hour', hours: 1, networks: 100, guessesMax: { 5: 500, 6: 100 * 20 * 5 } },
])('V5 S2: sprayed over a project from $name', ({ name, guessesMax, ...spray }) => {
  for (const [digits, purpose] of purposes) {
    expectBelow(`V5, S2: sprayed over a project from ${name}`, digits, {
      guesses: countSpray({ ...spray, purpose }),
      guessesMax: guessesMax[digits],
    })
  }
})

test('S2: from one network thirty codes leave in an hour, to however many addresses', () => {
  const project = { settings: defaultProjectSettings } as Project
  const caller: Caller = { network: '10.0.0.1', userAgent: 'spray/1', solution: null, isExempt: false }
  let limits: ReadonlyMap<string, LimitState> = new Map()
  let sent = 0
  for (let nth = 0; nth < 100; nth += 1) {
    const judged = judgeSend(
      sendRequest(purposeNamed('service'), { limits: callerSendLimits(project, caller) }),
      { ...freshState(new Date(nth * 30_000)), limits },
      (at) => challengeId(at, Buffer.alloc(6, nth)),
    )
    limits = judged.limits
    if (judged.ok) sent += 1
  }
  expect(sent).toBe(30)
})

/** Expects the chance that one of this many guesses is right to be below its bound. */
function expectBelow(
  name: string,
  digits: 5 | 6,
  { guesses, guessesMax }: { guesses: number; guessesMax: number },
): void {
  console.log(
    `${name}, ${digits} digits: ${guesses} guesses, chance ${shown(guesses, digits)}, bound ${shown(guessesMax, digits)}`,
  )
  expect(guesses).toBeGreaterThan(0)
  expect(chanceOf(guesses, digits)).toBeLessThanOrEqual(chanceOf(guessesMax, digits))
}

const shown = (guesses: number, digits: number): string => chanceOf(guesses, digits).toExponential(2)
