import { describe, expect, test } from 'vitest'
import type { CountedCaller } from './counted-caller.ts'
import {
  isLocked,
  lockEnd,
  newRecipient,
  type Recipient,
  recordFailure,
  recordOtherProof,
  recordSuccess,
} from './recipient.ts'

const minute = 60_000
const day = 24 * 60 * minute
const now = new Date('2026-01-15T12:00:00.000Z')
const ago = (milliseconds: number): Date => new Date(now.getTime() - milliseconds)
const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)
const untilUnlocked = new Date('9999-12-31T00:00:00.000Z')

describe('wrong guesses', () => {
  /** Wrong codes, all of them now. */
  const failing = (times: number, from: Recipient = newRecipient): Recipient =>
    Array.from({ length: times }).reduce<Recipient>((recipient) => recordFailure(recipient, now, null), from)

  test.each([
    [1, { failuresInRow: 1, lockedUntil: null }],
    [9, { failuresInRow: 9, lockedUntil: null }],
    [10, { failuresInRow: 10, lockedUntil: later(day) }],
    [29, { failuresInRow: 29, lockedUntil: later(day) }],
    [30, { failuresInRow: 30, lockedUntil: untilUnlocked }],
    [31, { failuresInRow: 31, lockedUntil: untilUnlocked }],
  ])('V4: after %i in a row: %j', (times, expected) => {
    const { failures, ...rest } = failing(times)
    expect(rest).toEqual({ failedBy: [], provenBy: [], ...expected })
    expect(failures).toEqual(new Array(times).fill(now))
  })

  test('V4: the lock of ten holds for 24 hours and not a millisecond longer', () => {
    const locked = failing(10)
    expect(isLocked(locked, later(day - 1), null)).toBe(true)
    expect(isLocked(locked, later(day), null)).toBe(false)
    expect(isLocked(newRecipient, now, null)).toBe(false)
  })

  test('V4: the run starts over when the lock has ended, so that there are ten attempts again', () => {
    const again = recordFailure(failing(10), later(day), null)
    expect(again).toMatchObject({ failuresInRow: 1, lockedUntil: null })
    expect(failing(9, again).lockedUntil).toEqual(later(day))
  })

  test.each([
    ['29 that are a millisecond short of thirty days old lock with one more', 30 * day - 1, untilUnlocked],
    ['29 that are thirty days old are forgotten', 30 * day, null],
  ])('V4: %s', (_, age, lockedUntil) => {
    const before = { ...newRecipient, failures: new Array<Date>(29).fill(ago(age)) }
    expect(recordFailure(before, now, null).lockedUntil).toEqual(lockedUntil)
  })

  test('V4: a guess that is forgotten is not stored again', () => {
    const failures = [ago(30 * day), ago(30 * day - 1), ago(1)]
    expect(recordFailure({ ...newRecipient, failures }, now, null).failures).toEqual([
      ago(30 * day - 1),
      ago(1),
      now,
    ])
  })

  test('V4: a success ends the run, but not the failures of the month', () => {
    const { failures } = failing(9)
    const succeeded = recordSuccess(failing(9), null)
    expect(succeeded).toEqual({ ...newRecipient, failures })
    expect(failing(9, succeeded).lockedUntil).toBeNull()
    expect(
      failing(9, recordSuccess(failing(9, recordSuccess(failing(9), null)), null)).lockedUntil,
    ).toBeNull()
  })

  test('V4: thirty failures lock also when successes lie between them', () => {
    const month = Array.from({ length: 29 }).reduce<Recipient>(
      (recipient) => recordSuccess(recordFailure(recipient, now, null), null),
      newRecipient,
    )
    expect(month.lockedUntil).toBeNull()
    expect(recordFailure(month, now, null).lockedUntil).toEqual(untilUnlocked)
  })

  test('V4: the proof of another address ends a lock without end when the month has room again, and no other lock', () => {
    const month = Array.from({ length: 30 }, (_, nth) => ago((30 - nth) * minute)).reduce(
      (recipient, at) => recordFailure(recipient, at, null),
      newRecipient,
    )
    expect(month.lockedUntil).toEqual(untilUnlocked)
    const eased = recordOtherProof(month)
    const roomAt = new Date(ago(30 * minute).getTime() + 30 * day)
    expect(eased).toEqual({ ...month, lockedUntil: roomAt })
    expect(isLocked(eased, new Date(roomAt.getTime() - 1), null)).toBe(true)
    // The next wrong code after that is the thirtieth in thirty days again.
    expect(recordFailure(eased, roomAt, null).lockedUntil).toEqual(untilUnlocked)

    const forgotten = { ...newRecipient, lockedUntil: untilUnlocked }
    expect(recordOtherProof(forgotten)).toEqual(newRecipient)
    for (const recipient of [failing(9), failing(10), eased])
      expect(recordOtherProof(recipient)).toBe(recipient)
  })
})

describe('what strangers leave', () => {
  const from = (network: string): CountedCaller => ({ network })
  const [stranger, other, owner] = [from('stranger'), from('other'), from('owner')]
  const proven: Recipient = { ...newRecipient, provenBy: ['owner'] }

  /** Wrong guesses until the caller is locked out. */
  const failUntilLocked = (
    start: Recipient,
    caller: CountedCaller | null,
  ): { failed: number; left: Recipient } => {
    let left = start
    for (let failed = 0; ; failed += 1) {
      if (isLocked(left, now, caller)) return { failed, left }
      left = recordFailure(left, now, caller)
    }
  }

  test('V4: a network guesses six times in a row, all strangers eight, and the owner has the rest of ten', () => {
    const one = failUntilLocked(proven, stranger)
    const two = failUntilLocked(one.left, other)
    const last = failUntilLocked(two.left, owner)
    expect([one.failed, two.failed, last.failed]).toEqual([6, 2, 2])
    expect(two.left.lockedUntil).toEqual(later(day))
    for (const caller of [stranger, other, owner, null]) {
      expect(isLocked(last.left, later(day - 1), caller)).toBe(true)
      expect(isLocked(last.left, later(day), caller)).toBe(false)
    }
  })

  test('V4: the success of the owner ends no lock of strangers', () => {
    const { left } = failUntilLocked(failUntilLocked(proven, stranger).left, other)
    const succeeded = recordSuccess(left, owner)
    expect([stranger, owner].map((caller) => isLocked(succeeded, now, caller))).toEqual([true, false])
    expect(failUntilLocked(succeeded, owner).failed).toBe(10)
  })

  test('V4: strangers guess 24 times in thirty days, and the owner has the rest of thirty', () => {
    const failures = Array.from({ length: 24 }, (_, nth) => ago((25 - nth) * day))
    const month = { ...proven, failures }
    expect(lockEnd(month, now, stranger)).toEqual(new Date(ago(25 * day).getTime() + 30 * day))
    expect(lockEnd({ ...month, failures: failures.slice(1) }, now, stranger)).toBeNull()
    expect(lockEnd(month, now, owner)).toBeNull()
  })

  test('the five networks that proved an address last are remembered', () => {
    const all = ['a', 'b', 'c', 'b', 'd', 'e', 'f'].reduce<Recipient>(
      (recipient, network) => recordSuccess(recipient, from(network)),
      newRecipient,
    )
    expect(all.provenBy).toEqual(['f', 'e', 'd', 'b', 'c'])
    expect(recordSuccess(all, null).provenBy).toEqual(all.provenBy)
  })

  test('V4: a network that has spent its share of a run has one more attempt after a week, or when the run ends', () => {
    const { left } = failUntilLocked(proven, stranger)
    expect([day, 7 * day - 1, 7 * day].map((wait) => isLocked(left, later(wait), stranger))).toEqual([
      true,
      true,
      false,
    ])
    expect(isLocked(recordSuccess(left, owner), now, stranger)).toBe(false)
  })

  test('V4: no mixture of strangers and owners has more than ten wrong guesses in a row', () => {
    // Strangers lock the address, and the success of the owner ends the run but not their lock.
    const locked = failUntilLocked(failUntilLocked(proven, stranger).left, other).left
    const almost = Array.from({ length: 9 }).reduce<Recipient>(
      (recipient) => recordFailure(recipient, later(day - 1), owner),
      recordSuccess(locked, owner),
    )
    const tenth = recordFailure(almost, later(day), owner)
    expect(tenth).toMatchObject({ failuresInRow: 10, lockedUntil: later(2 * day) })
  })
})
