import fc from 'fast-check'
import { expect } from 'vitest'
import type { People } from '../people.ts'
import { wrongCode } from '../wrong-code.ts'

/*
 * The life of the codes of one address, as one person could keep it on paper: what was sent when, how often somebody guessed
 * wrong, and until when the address is locked. The rules are those of the security requirements (S1, V2 to V4, V10), with
 * nothing of the server's own code.
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

export type ChallengeReal = { people: People; target: string }

type Command = fc.AsyncCommand<ChallengeModel, ChallengeReal>

export const newChallengeModel = (): ChallengeModel => ({
  now: 0,
  codes: [],
  sends: [],
  failures: [],
  run: 0,
  lockedUntil: 0,
})

const second = 1_000
const minute = 60 * second
const day = 24 * 60 * minute
const life = 300 * second
const never = Number.POSITIVE_INFINITY

const newest = ({ codes, now }: ChallengeModel): Code | undefined =>
  codes.filter(({ sentAt }) => sentAt > now - day).at(-1)
const within = (moments: number[], now: number, span: number): number[] =>
  moments.filter((at) => at > now - span)

function maySend({ now, sends, lockedUntil }: ChallengeModel): boolean {
  const isFree = within(sends, now, 10 * minute).length < 5 && within(sends, now, day).length < 10
  return isFree && now >= lockedUntil
}

const send: Command = {
  check: () => true,
  async run(model, { people, target }) {
    const { app } = people
    const answer = await app.post('/api/v1/otp/send', { target, channel: 'email' }, app.serviceHeaders)
    const isExpected = maySend(model)
    expect(answer.status).toBe(isExpected ? 201 : 429)
    if (!isExpected) return
    model.sends.push(model.now)
    model.codes.push({ text: await people.codeFor(target), sentAt: model.now, tries: 0, isUsed: false })
  },
  toString: () => 'send',
}

/** What a guess is answered; counts it where it counts. */
function judge(model: ChallengeModel, guess: string): string {
  const code = newest(model)
  if (code === undefined) return 'No code was requested for this target'
  if (code.isUsed) return 'Code has already been used'
  if (model.now >= code.sentAt + life) return 'Code has expired'
  if (code.tries >= 5 || model.now < model.lockedUntil) return 'Too many attempts'
  code.tries += 1
  if (guess === code.text) {
    Object.assign(model, { sends: [], run: 0 })
    code.isUsed = true
    return 'valid'
  }
  model.failures = [...within(model.failures, model.now, 30 * day), model.now]
  model.run += 1
  if (model.failures.length >= 30) model.lockedUntil = never
  else if (model.run >= 10) Object.assign(model, { run: 0, lockedUntil: model.now + day })
  return 'Invalid code'
}

/** `which` counts back from the newest code; `isWrong` changes its first digit. */
const guess = (which: number, isWrong: boolean): Command => ({
  check: ({ codes }) => codes.length > which,
  async run(model, { people, target }) {
    const { app } = people
    const text = model.codes.at(-1 - which)?.text ?? ''
    const code = isWrong ? wrongCode(text) : text
    const answer = await app.post('/api/v1/otp/verify', { target, code }, app.serviceHeaders)
    expect(answer.status).toBe(200)
    expect(answer.body.valid ? 'valid' : answer.body.reason).toBe(judge(model, code))
  },
  toString: () => `guess ${isWrong ? 'wrong' : 'right'} about code ${which} back`,
})

/** No sum of these comes within five seconds of a bound, so that the time which the test itself takes decides nothing. */
const waits = [61 * second, 310 * second, 10 * minute + 30 * second, day + minute]

const wait = (milliseconds: number): Command => ({
  check: () => true,
  async run(model, { people }) {
    await people.app.moveClock(milliseconds)
    model.now += milliseconds
  },
  toString: () => `wait ${milliseconds / second} s`,
})

export const challengeCommands: fc.Arbitrary<Command>[] = [
  fc.constant(send),
  fc.constant(guess(0, false)),
  fc.tuple(fc.nat({ max: 2 }), fc.boolean()).map(([which, isWrong]) => guess(which, isWrong)),
  fc.constant(guess(0, true)),
  fc.constant(guess(0, true)),
  fc.constantFrom(...waits).map(wait),
]
