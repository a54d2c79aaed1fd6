import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CountedCaller } from './counted-caller.ts'
import {
  isLocked,
  lockEnd,
  newRecipient,
  type Recipient,
  recordFailure,
  recordOtherProof,
  recordSend,
  recordSuccess,
  type SendsElsewhere,
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
    expect(rest).toEqual({ sends: [], failedBy: [], provenBy: [], ...expected })
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

  test('V4: a success ends the run and forgets the sends, but not the failures of the month', () => {
    const sends = [{ at: ago(hour), by: null }]
    const { failures } = failing(9)
    const succeeded = recordSuccess({ ...failing(9), sends }, null)
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

describe('the caps on sends', () => {
  const caps = { perTenMinutes: 5, perDay: 10, perDayEverywhere: 20 }
  const sentMinutesAgo = (...minutes: number[]): Recipient => ({
    ...newRecipient,
    sends: minutes.map((number) => ({ at: ago(number * minute), by: null })),
  })
  const wait = (recipient: Recipient, sameWorkspace = 0): number =>
    sendWaitMilliseconds(
      recipient,
      { sameWorkspace, otherWorkspaces: 0 },
      {
        caps,
        caller: null,
        hasWorked: false,
        now,
      },
    )
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
    ['fifteen over all projects of a workspace leave room', [300], 14, 0],
    ['sixteen over all its projects: ten minutes', [300], 15, 10 * minute],
    ['sixteen of other projects alone', [], 16, 10 * minute],
    ['what is a day old is not counted with them', [aDayOld], 15, 0],
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
        const recipient = { ...newRecipient, sends: moments.map((at) => ({ at, by: null })) }
        const tightened = { perTenMinutes, perDay, perDayEverywhere: 1_000 }
        const elsewhere = { sameWorkspace: 0, otherWorkspaces: 0 }
        const waits = (at: Date): number =>
          sendWaitMilliseconds(recipient, elsewhere, {
            caps: tightened,
            caller: null,
            hasWorked: false,
            now: at,
          })
        const told = waits(now)
        expect(waits(later(told))).toBe(0)
        if (told > 0) expect(waits(later(told - 1))).toBe(1)
      }),
    )
  })

  test('S1: a send is remembered for a day', () => {
    const sent = (at: Date, by: string | null = null) => ({ at, by })
    const before = { ...newRecipient, sends: [sent(ago(day)), sent(ago(day - 1))], failuresInRow: 3 }
    expect(recordSend(before, now, { network: 'one' })).toEqual({
      ...before,
      sends: [sent(ago(day - 1)), sent(now, 'one')],
    })
  })
})

describe('what strangers leave', () => {
  const from = (network: string): CountedCaller => ({ network })
  const [stranger, other, owner] = [from('stranger'), from('other'), from('owner')]
  const proven: Recipient = { ...newRecipient, provenBy: ['owner'] }
  const caps = { perTenMinutes: 5, perDay: 10, perDayEverywhere: 20 }
  const nowhere = { sameWorkspace: 0, otherWorkspaces: 0 }

  /** How many sends each in turn may cause at one moment, until it is refused. */
  const sendsUntilRefused = (start: Recipient, callers: (CountedCaller | null | 'worked')[]): number[] => {
    let recipient = start
    return callers.map((one) => {
      const hasWorked = one === 'worked'
      const caller = one === 'worked' ? from('third') : one
      for (let sent = 0; ; sent += 1) {
        if (sendWaitMilliseconds(recipient, nowhere, { caps, caller, hasWorked, now }) > 0) return sent
        recipient = recordSend(recipient, now, caller)
      }
    })
  }
  const sentBy = (...networks: string[]): Recipient => ({
    ...proven,
    sends: networks.map((by) => ({ at: ago(minute), by })),
  })

  test.each([
    ['a stranger spends three of five, another one of the rest', [stranger, other], [3, 1]],
    [
      'one that has worked spends what strangers together leave',
      [stranger, other, 'worked' as const],
      [3, 1, 1],
    ],
    ['who has proven the address spends all of it', [owner], [5]],
    ['who has proven it has a send left, whatever strangers spent', [stranger, other, owner], [3, 1, 1]],
    ['a caller with a key spends all of it', [null], [5]],
  ])('S1: of ten minutes %s', (_, callers, expected) => {
    expect(sendsUntilRefused(proven, callers)).toEqual(expected)
  })

  test.each([
    ['one network spends six of a day', ['stranger'], stranger],
    ['all strangers together eight', ['stranger', 'other'], other],
  ])('S1: %s', (_, networks, next) => {
    const max = networks.length === 1 ? 6 : 8
    const spent = Array.from({ length: max }, (_, nth) => networks[nth % networks.length] ?? '')
    const before = (count: number) => ({
      ...sentBy(...spent.slice(0, count)),
      sends: sentBy(...spent.slice(0, count)).sends.map(({ by }) => ({ at: ago(hour), by })),
    })
    const waits = (recipient: Recipient, caller: CountedCaller) =>
      sendWaitMilliseconds(recipient, nowhere, { caps, caller, hasWorked: false, now })
    expect(waits(before(max - 1), next)).toBe(0)
    expect(waits(before(max), next)).toBe(23 * hour)
    expect(waits(before(max), owner)).toBe(0)
  })

  test('S1: what one tenant sends leaves the first send of another, and the owner', () => {
    const wait = (caller: CountedCaller | null, elsewhere: SendsElsewhere, recipient = proven) =>
      sendWaitMilliseconds(recipient, elsewhere, { caps, caller, hasWorked: false, now })
    const ofOthers = (otherWorkspaces: number) => ({ sameWorkspace: 0, otherWorkspaces })
    const again = sentBy('other')
    expect(wait(null, ofOthers(19))).toBe(0)
    expect(wait(null, ofOthers(20))).toBe(10 * minute)
    expect(wait(null, ofOthers(15), again)).toBe(10 * minute)
    expect(wait(owner, ofOthers(18), again)).toBe(0)
    expect(wait(stranger, ofOthers(15))).toBe(0)
    expect(wait(stranger, ofOthers(16))).toBe(10 * minute)
    expect(wait(stranger, ofOthers(11), again)).toBe(10 * minute)
  })

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
})
