import { expect, test } from 'vitest'
import type { Address } from '../src/domain/address.ts'
import { type Challenge, challengeId } from '../src/domain/challenge.ts'
import { type CheckRequest, judgeCheck } from '../src/domain/judge-check.ts'
import { judgeSend, type SendRequest } from '../src/domain/judge-send.ts'
import { defaultProjectSettings, type ProjectId } from '../src/domain/project.ts'
import { codePolicy, type Purpose } from '../src/domain/purpose.ts'
import { newRecipient, type Recipient, recordSuccess } from '../src/domain/recipient.ts'
import { Secret } from '../src/domain/secret.ts'

/*
 * How far a patient attacker comes against one address: the rules themselves under a clock that runs through a year. He
 * knows them, asks for codes whenever he may, and guesses whenever a guess is judged. Networks and projects do not stop
 * him here: he has as many as he likes.
 */

const minute = 60_000
const day = 24 * 60 * minute
const projectId = 'PRJ_year' as ProjectId
const address = '+255712345678' as Address

type Strategy = {
  purpose: Purpose
  days: number
  /** Stops after one code, to count the tries of one. */
  codesMax?: number
  /** The owner logs in meanwhile, which clears the run of failures and the sends. */
  ownerEvery?: number
  /** An operator ends the lock that has no end by itself. */
  operatorEvery?: number
}

/** How many guesses are judged against a code. */
function countGuesses({ purpose, days, codesMax = Infinity, ownerEvery, operatorEvery }: Strategy): number {
  const start = Date.UTC(2027, 0, 1)
  let recipient: Recipient = newRecipient
  let challenge = null as Challenge | null
  let guesses = 0
  let codes = 0
  let ownerAt = start
  let operatorAt = start
  let serial = 0

  for (let time = start; time < start + days * day; time += 5 * minute) {
    const now = new Date(time)
    if (ownerEvery !== undefined && time >= ownerAt + ownerEvery) {
      const isLocked = recipient.lockedUntil !== null && now < recipient.lockedUntil
      if (!isLocked) recipient = recordSuccess(recipient)
      ownerAt = time
    }
    if (operatorEvery !== undefined && time >= operatorAt + operatorEvery) {
      recipient = { ...recipient, failures: [], failuresInRow: 0, lockedUntil: null }
      operatorAt = time
    }

    for (let refused = false; !refused; ) {
      if (challenge !== null) {
        const judged = judgeCheck(
          checkRequest(purpose),
          { now, recipient, challenge, limits: new Map(), destination: null },
          () => new Secret('never'),
        )
        recipient = judged.recipient ?? recipient
        if (judged.challenge !== null) {
          guesses += 1
          challenge = Object.assign(challenge, judged.challenge)
          continue
        }
      }
      if (codes >= codesMax) break
      serial += 1
      const sent = judgeSend(
        sendRequest(purpose),
        {
          now,
          recipient,
          sentElsewhere: 0,
          last: challenge,
          quota: { granted: null, used: 0 },
          limits: new Map(),
          destination: null,
          first: null,
        },
        (at) => challengeId(at, Buffer.from(serial.toString(16).padStart(12, '0'), 'hex')),
      )
      refused = !sent.ok
      if (!sent.ok || sent.kind !== 'new') continue
      codes += 1
      recipient = sent.recipient
      challenge = sent.challenge
    }
  }
  return guesses
}

const sendRequest = (purpose: Purpose): SendRequest => ({
  projectId,
  purpose,
  policy: codePolicy(purpose, null),
  channel: 'sms',
  address,
  target: address,
  recordId: null,
  companion: null,
  accountId: null,
  content: 'code',
  locale: 'en',
  keyId: 'key',
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
  puzzle: null,
  fixedCodeUntil: null,
  fallbacks: [],
  spendsToken: false,
  idempotency: null,
  deliveryState: 'accepted',
})

const checkRequest = (purpose: Purpose): CheckRequest => ({
  projectId,
  purpose,
  address,
  recordId: null,
  companion: null,
  accountId: null,
  guess: new Secret('wrong'),
  mode: 'spend',
  limits: [],
  guards: [],
  onFailure: [],
  prefix: null,
})

/** The chance that one of so many guesses at codes of so many digits is right. */
const chanceOf = (guesses: number, digits: number): number => 1 - (1 - 10 ** -digits) ** guesses

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
]

test.each(
  rows.flatMap((row) => [
    { ...row, digits: 5 as const, purpose: 'kikapu-login' as const },
    { ...row, digits: 6 as const, purpose: 'service' as const },
  ]),
)('V4: $name at $digits digits', ({ name, digits, guessesMax, ...strategy }) => {
  const guesses = countGuesses(strategy)
  const [measured, bound] = [chanceOf(guesses, digits), chanceOf(guessesMax[digits], digits)]
  console.log(
    `V4: ${name}, ${digits} digits: ${guesses} guesses, chance ${measured.toExponential(2)}, bound ${bound.toExponential(2)}`,
  )
  expect(guesses).toBeGreaterThan(0)
  expect(guesses).toBeLessThanOrEqual(guessesMax[digits])
  expect(measured).toBeLessThanOrEqual(bound)
})
