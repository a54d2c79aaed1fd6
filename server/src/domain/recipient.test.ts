import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isLocked,
  newRecipient,
  type Recipient,
  recordFailure,
  recordOtherProof,
  recordSend,
  recordSuccess,
  sendWaitMilliseconds,
} from './recipient.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = new Date('2026-01-15T12:00:00.000Z')
const ago = (milliseconds: number): Date => new Date(now.getTime() - milliseconds)
const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)
const untilUnlocked = new Date('9999-12-31T00:00:00.000Z')

describe('wrong guesses', () => {
  /** Wrong codes, all of them now. */
  const failing = (times: number, from: Recipient = newRecipient): Recipient =>
    Array.from({ length: times }).reduce<Recipient>((recipient) => recordFailure(recipient, now), from)

  test.each([
    [1, { failuresInRow: 1, lockedUntil: null }],
    [9, { failuresInRow: 9, lockedUntil: null }],
    [10, { failuresInRow: 0, lockedUntil: later(day) }],
    // The run starts over with the lock, so that after the day there are ten attempts again.
    [19, { failuresInRow: 9, lockedUntil: later(day) }],
    [29, { failuresInRow: 9, lockedUntil: later(day) }],
    [30, { failuresInRow: 10, lockedUntil: untilUnlocked }],
    [31, { failuresInRow: 11, lockedUntil: untilUnlocked }],
  ])('V4: after %i in a row: %j', (times, expected) => {
    const { failures, ...rest } = failing(times)
    expect(rest).toEqual({ sends: [], ...expected })
    expect(failures).toEqual(new Array(times).fill(now))
  })

  test('V4: the lock of ten holds for 24 hours and not a millisecond longer', () => {
    const locked = failing(10)
    expect(isLocked(locked, later(day - 1))).toBe(true)
    expect(isLocked(locked, later(day))).toBe(false)
    expect(isLocked(newRecipient, now)).toBe(false)
  })

  test.each([
    ['29 that are a millisecond short of thirty days old lock with one more', 30 * day - 1, untilUnlocked],
    ['29 that are thirty days old are forgotten', 30 * day, null],
  ])('V4: %s', (_, age, lockedUntil) => {
    const before = { ...newRecipient, failures: new Array<Date>(29).fill(ago(age)) }
    expect(recordFailure(before, now).lockedUntil).toEqual(lockedUntil)
  })

  test('V4: a guess that is forgotten is not stored again', () => {
    const failures = [ago(30 * day), ago(30 * day - 1), ago(1)]
    expect(recordFailure({ ...newRecipient, failures }, now).failures).toEqual([
      ago(30 * day - 1),
      ago(1),
      now,
    ])
  })

  test('V4: a success ends the run and forgets the sends, but not the failures of the month', () => {
    const sends = [ago(hour)]
    const { failures } = failing(9)
    const succeeded = recordSuccess({ ...failing(9), sends })
    expect(succeeded).toEqual({ sends: [], failures, failuresInRow: 0, lockedUntil: null })
    expect(failing(9, succeeded).lockedUntil).toBeNull()
    expect(failing(9, recordSuccess(failing(9, recordSuccess(failing(9))))).lockedUntil).toBeNull()
  })

  test('V4: thirty failures lock also when successes lie between them', () => {
    const month = Array.from({ length: 29 }).reduce<Recipient>(
      (recipient) => recordSuccess(recordFailure(recipient, now)),
      newRecipient,
    )
    expect(month.lockedUntil).toBeNull()
    expect(recordFailure(month, now).lockedUntil).toEqual(untilUnlocked)
  })

  test('V4: the proof of another address ends a lock without end when the month has room again, and no other lock', () => {
    const month = Array.from({ length: 30 }, (_, nth) => ago((30 - nth) * minute)).reduce(
      recordFailure,
      newRecipient,
    )
    expect(month.lockedUntil).toEqual(untilUnlocked)
    const eased = recordOtherProof(month)
    const roomAt = new Date(ago(30 * minute).getTime() + 30 * day)
    expect(eased).toEqual({ ...month, lockedUntil: roomAt })
    // The next wrong code after that is the thirtieth in thirty days again.
    expect(recordFailure(eased, roomAt).lockedUntil).toEqual(untilUnlocked)

    const forgotten = { ...newRecipient, lockedUntil: untilUnlocked }
    expect(recordOtherProof(forgotten)).toEqual(newRecipient)
    for (const recipient of [failing(9), failing(10), eased])
      expect(recordOtherProof(recipient)).toBe(recipient)
  })
})

describe('the caps on sends', () => {
  const caps = { perTenMinutes: 5, perDay: 10, perDayEverywhere: 20 }
  const sentMinutesAgo = (...minutes: number[]): Recipient => ({
    ...newRecipient,
    sends: minutes.map((number) => ago(number * minute)),
  })
  const wait = (recipient: Recipient, elsewhere = 0): number =>
    sendWaitMilliseconds(recipient, elsewhere, caps, now)
  const aDayOld = 24 * 60
  const aMillisecond = 1 / minute

  test.each([
    ['nobody was sent anything', [], 0],
    ['four in ten minutes leave room', [4, 3, 2, 1], 0],
    ['five in ten minutes: until the first is ten minutes old', [9, 4, 3, 2, 1], minute],
    ['six: until the second is, for the sixth came of a looser setting', [9, 8, 3, 2, 1, 0], 2 * minute],
    ['the first is ten minutes old', [10, 4, 3, 2, 1], 0],
    ['the first is a millisecond short of it', [10 - aMillisecond, 4, 3, 2, 1], 1],
    ['nine in a day leave room', [900, 800, 700, 600, 500, 400, 300, 200, 100], 0],
    [
      'ten in a day: until the first is a day old',
      [aDayOld - 60, 900, 800, 700, 600, 500, 400, 300, 200, 100],
      hour,
    ],
    ['the first is a day old', [aDayOld, 900, 800, 700, 600, 500, 400, 300, 200, 100], 0],
    [
      'the first is a millisecond short of it',
      [aDayOld - aMillisecond, 900, 800, 700, 600, 500, 400, 300, 200, 100],
      1,
    ],
    ['both caps are reached: the longer wait', [aDayOld - 60, 800, 700, 600, 500, 5, 4, 3, 2, 1], hour],
    ['both caps are reached: the longer wait', [aDayOld - 2, 800, 700, 600, 500, 5, 4, 3, 2, 1], 5 * minute],
  ])('S1: %s (%j minutes ago)', (_, minutes, expected) => {
    expect(wait(sentMinutesAgo(...minutes))).toBe(expected)
  })

  test.each([
    ['nineteen over all projects leave room', [300], 18, 0],
    ['twenty over all projects: ten minutes', [300], 19, 10 * minute],
    ['twenty of other projects alone', [], 20, 10 * minute],
    ['what is a day old is not counted with them', [aDayOld], 19, 0],
    ['a longer wait of the address itself stays', [900, 800, 700, 600, 500, 5, 4, 3, 2, 1], 10, 9 * hour],
  ])('S1: %s', (_, minutes, elsewhere, expected) => {
    expect(wait(sentMinutesAgo(...minutes), elsewhere)).toBe(expected)
  })

  test('S1: whoever waits as long as told may send, and a millisecond sooner may not', () => {
    const sends = fc
      .array(fc.integer({ min: 0, max: day - 1 }), { maxLength: 15 })
      .map((ages) => ages.sort((a, b) => b - a).map(ago))
    const cap = fc.integer({ min: 1, max: 8 })
    fc.assert(
      fc.property(sends, cap, cap, (moments, perTenMinutes, perDay) => {
        const recipient = { ...newRecipient, sends: moments }
        const tightened = { perTenMinutes, perDay, perDayEverywhere: 1_000 }
        const waits = (at: Date): number => sendWaitMilliseconds(recipient, 0, tightened, at)
        const told = waits(now)
        expect(waits(later(told))).toBe(0)
        if (told > 0) expect(waits(later(told - 1))).toBe(1)
      }),
    )
  })

  test('S1: a send is remembered for a day', () => {
    const before = { ...newRecipient, sends: [ago(day), ago(day - 1)], failuresInRow: 3 }
    expect(recordSend(before, now)).toEqual({ ...before, sends: [ago(day - 1), now] })
  })
})
