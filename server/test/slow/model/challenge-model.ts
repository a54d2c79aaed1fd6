import fc from 'fast-check'
import { expect } from 'vitest'
import type { People } from '../../harness/people.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { day, minute, passTime, second } from './pass-time.ts'

/*
 * A simple model of the codes of one address: what was sent when, how many guesses were wrong, and until when the address
 * is locked. The rules are those of the security requirements (S1, V2 to V4, V10), without any of the server's own code.
 */

type Code = { text: string; sentAt: number; tries: number; isUsed: boolean }

export type ChallengeModel = {
  now: number
  codes: Code[]
  sends: number[]
  failures: number[]
  run: number
  lockedUntil: number
}

export type ChallengeReal = { people: People; target: string; note: (outcome: ChallengeOutcome) => void }

/** Every possible outcome of a command. A long run has all of them. */
export const challengeOutcomes = [
  'sent',
  'refused: five in ten minutes',
  'refused: ten in a day',
  'refused: locked for a day',
  'refused: locked for good',
  'valid',
  'wrong',
  'wrong: an older code',
  'locks for a day',
  'locks for good',
  'used',
  'expired',
  'out of tries',
  'locked',
  'no code',
] as const

export type ChallengeOutcome = (typeof challengeOutcomes)[number]

type Command = fc.AsyncCommand<ChallengeModel, ChallengeReal>

export const newChallengeModel = (): ChallengeModel => ({
  now: 0,
  codes: [],
  sends: [],
  failures: [],
  run: 0,
  lockedUntil: 0,
})

const life = 300 * second
const never = Number.POSITIVE_INFINITY

const newest = ({ codes, now }: ChallengeModel): Code | undefined =>
  codes.filter(({ sentAt }) => sentAt > now - day).at(-1)
const within = (moments: number[], now: number, span: number): number[] =>
  moments.filter((at) => at > now - span)

/** The expected outcome of a send. */
function judgeSend({ now, sends, lockedUntil }: ChallengeModel): ChallengeOutcome {
  if (now < lockedUntil)
    return lockedUntil === never ? 'refused: locked for good' : 'refused: locked for a day'
  if (within(sends, now, 10 * minute).length >= 5) return 'refused: five in ten minutes'
  return within(sends, now, day).length >= 10 ? 'refused: ten in a day' : 'sent'
}

async function sendOne(model: ChallengeModel, { people, target, note }: ChallengeReal): Promise<void> {
  const { app } = people
  const answer = await app.post('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
  const outcome = judgeSend(model)
  note(outcome)
  expect(answer.status).toBe(outcome === 'sent' ? 201 : 429)
  if (outcome !== 'sent') return
  model.sends.push(model.now)
  model.codes.push({ text: await people.codeFor(target), sentAt: model.now, tries: 0, isUsed: false })
}

const send: Command = { check: () => true, run: sendOne, toString: () => 'send' }

/** The expected outcome of a guess; counts it if it counts. */
function judgeGuess(model: ChallengeModel, guess: string): ChallengeOutcome {
  const code = newest(model)
  if (code === undefined) return 'no code'
  if (code.isUsed) return 'used'
  if (model.now >= code.sentAt + life) return 'expired'
  if (code.tries >= 5) return 'out of tries'
  if (model.now < model.lockedUntil) return 'locked'
  code.tries += 1
  if (guess === code.text) {
    Object.assign(model, { sends: [], run: 0 })
    code.isUsed = true
    return 'valid'
  }
  model.failures = [...within(model.failures, model.now, 30 * day), model.now]
  model.run += 1
  if (model.failures.length >= 30) {
    model.lockedUntil = never
    return 'locks for good'
  }
  if (model.run >= 10) {
    Object.assign(model, { run: 0, lockedUntil: model.now + day })
    return 'locks for a day'
  }
  return model.codes.some(({ text }) => text === guess) ? 'wrong: an older code' : 'wrong'
}

/** How the dialect says it; everything else is `Invalid code`. */
const answers: { [Outcome in ChallengeOutcome]?: string } = {
  valid: 'valid',
  used: 'Code has already been used',
  expired: 'Code has expired',
  'out of tries': 'Too many attempts',
  locked: 'Too many attempts',
  'no code': 'No code was requested for this target',
}

async function guessOne(
  model: ChallengeModel,
  { people, target, note }: ChallengeReal,
  code: string,
): Promise<void> {
  const { app } = people
  const answer = await app.post('/api/v1/otp/verify', { target, code }, app.serviceHeaders)
  const outcome = judgeGuess(model, code)
  note(outcome)
  expect(answer.status).toBe(200)
  expect(answer.body.valid ? 'valid' : answer.body.reason).toBe(answers[outcome] ?? 'Invalid code')
}

/** `which` counts back from the newest code; `isWrong` changes it. */
const guess = (which: number, isWrong: boolean): Command => ({
  check: ({ codes }) => codes.length > which,
  run(model, real) {
    const text = model.codes.at(-1 - which)?.text ?? ''
    return guessOne(model, real, isWrong ? wrongCode(text) : text)
  },
  toString: () => `guess ${isWrong ? 'wrong' : 'right'} about code ${which} back`,
})

/** No sum of these comes within five seconds of a bound, so that the time which the test itself takes decides nothing. */
const shortWaits = [61 * second, 310 * second, 10 * minute + 30 * second]
const month = 31 * day + minute

const wait = (milliseconds: number): Command => ({
  check: () => true,
  async run(model, { people }) {
    await passTime(people.app, milliseconds)
    model.now += milliseconds
    // An address that has not been used for 31 days is forgotten, except for a lock that only an operator ends.
    if (milliseconds === month) model.run = 0
  },
  toString: () => `wait ${milliseconds / second} s`,
})

/*
 * Several steps in one command, because random commands hardly ever reach the tenth send of a day or the thirtieth failure.
 */

async function sendFiveTimes(model: ChallengeModel, real: ChallengeReal): Promise<void> {
  for (let nth = 0; nth < 5; nth += 1) await sendOne(model, real)
}

const insist: Command = {
  check: () => true,
  async run(model, real) {
    await sendFiveTimes(model, real)
    await wait(10 * minute + 30 * second).run(model, real)
    await sendFiveTimes(model, real)
  },
  toString: () => 'send five times, wait 630 s, send five times',
}

const wasteOne = async (model: ChallengeModel, real: ChallengeReal): Promise<void> => {
  await sendOne(model, real)
  const text = model.codes.at(-1)?.text ?? '000000'
  for (let nth = 0; nth < 5; nth += 1) await guessOne(model, real, wrongCode(text, nth))
}

const waste: Command = {
  check: () => true,
  run: wasteOne,
  toString: () => 'send, and guess wrong five times',
}

const wasteDaily: Command = {
  check: () => true,
  async run(model, real) {
    await wait(day + minute).run(model, real)
    await wasteOne(model, real)
    await wasteOne(model, real)
  },
  toString: () => `wait ${(day + minute) / second} s, and twice send and guess wrong five times`,
}

/** Waits of days are by far the most expensive. */
export const challengeCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.constant(send) },
  { weight: 1, arbitrary: fc.constant(insist) },
  { weight: 4, arbitrary: fc.constant(waste) },
  { weight: 3, arbitrary: fc.constant(wasteDaily) },
  { weight: 10, arbitrary: fc.constant(guess(0, false)) },
  { weight: 10, arbitrary: fc.constant(guess(0, true)) },
  {
    weight: 10,
    arbitrary: fc.tuple(fc.nat({ max: 2 }), fc.boolean()).map(([which, isWrong]) => guess(which, isWrong)),
  },
  { weight: 12, arbitrary: fc.constantFrom(...shortWaits).map(wait) },
  { weight: 2, arbitrary: fc.constant(wait(day + minute)) },
  { weight: 1, arbitrary: fc.constant(wait(month)) },
)
