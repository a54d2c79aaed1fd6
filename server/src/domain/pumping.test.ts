import { describe, expect, test } from 'vitest'
import {
  beginStop,
  countSend,
  countVerified,
  type DestinationState,
  destinationAt,
  judgePumping,
  release,
} from './pumping.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const midnight = new Date('2026-01-15T00:00:00.000Z')
/** Twelve hours into the day, two minutes into a slot. */
const now = new Date('2026-01-15T12:02:00.000Z')
const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)
const ago = (milliseconds: number): Date => later(-milliseconds)

/** A prefix that nothing stops. */
const quiet: DestinationState = {
  slotAt: new Date('2026-01-15T12:00:00.000Z'),
  sends: [0],
  verified: [0],
  dayAt: midnight,
  days: [0],
  stoppedUntil: null,
  stopReason: null,
  releasedUntil: null,
}

describe('what is known of a prefix', () => {
  test('of a new one nothing, from the slot and the day on', () => {
    expect(destinationAt(null, now)).toEqual(quiet)
  })

  test('stays as it is within the slot', () => {
    const state = { ...quiet, sends: [3], verified: [1] }
    expect(destinationAt(state, new Date('2026-01-15T12:04:59.999Z'))).toBe(state)
  })

  const counted = { ...quiet, sends: [3, 2], verified: [1, 0], days: [5, 4] }

  test.each([
    ['the next slot', '2026-01-15T12:05:00.000Z', [0, 3, 2], [0, 1, 0]],
    ['two slots on', '2026-01-15T12:14:00.000Z', [0, 0, 3, 2], [0, 0, 1, 0]],
    [
      'the last slot of the hour',
      '2026-01-15T12:59:59.999Z',
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ],
    ['an hour on', '2026-01-15T13:00:00.000Z', [0], [0]],
    ['two hours on', '2026-01-15T14:00:00.000Z', [0], [0]],
  ])('S4: slots of five minutes are kept for an hour: %s', (_, at, sends, verified) => {
    const slotAt = new Date(Math.floor(new Date(at).getTime() / (5 * minute)) * 5 * minute)
    expect(destinationAt(counted, new Date(at))).toEqual({ ...counted, slotAt, sends, verified })
  })

  test.each([
    ['the next day', 1, [0, 5, 4]],
    ['six days on', 6, [0, 0, 0, 0, 0, 0, 5, 4]],
    ['a week on', 7, [0, 0, 0, 0, 0, 0, 0, 5]],
    ['eight days on', 8, [0]],
  ])('S4: a day and the seven before it are kept: %s', (_, count, days) => {
    const at = new Date(midnight.getTime() + count * day)
    expect(destinationAt(counted, at)).toEqual({
      ...counted,
      slotAt: at,
      sends: [0],
      verified: [0],
      dayAt: at,
      days,
    })
  })

  test('a clock that was set back, as by a change of the database’s primary, loses nothing', () => {
    expect(destinationAt(counted, ago(10 * minute))).toBe(counted)
    expect(destinationAt(counted, ago(2 * day))).toBe(counted)
  })

  test('a send counts in the slot and the day, a verified code in the slot', () => {
    expect(countSend(counted)).toEqual({ ...counted, sends: [4, 2], days: [6, 4] })
    expect(countVerified(counted)).toEqual({ ...counted, verified: [2, 0] })
    expect(countSend({ ...quiet, sends: [], days: [] })).toEqual({ ...quiet, sends: [1], days: [1] })
  })
})

describe('the brake', () => {
  const rule = { sends: 200, verifiedPercent: 5, surgeSends: 50, surgeFactor: 5 }
  const judge = (state: Partial<DestinationState>, projectSince = ago(1 * day)) =>
    judgePumping(rule, { ...quiet, ...state }, { now, projectSince })
  const goesOn = { isStopped: false }

  test('S4: 200 sends of which fewer than 5 % were verified stop the prefix for an hour', () => {
    expect(judge({ sends: [100, 60, 40], verified: [4, 3, 2] })).toEqual({
      isStopped: true,
      until: later(hour),
      begins: { reason: 'few-verified', sends: 200, verified: 9, until: later(hour) },
    })
  })

  test.each([
    ['199 sends are too few to judge', [199], [0], false],
    ['200 sends, none verified', [200], [0], true],
    ['200 sends, exactly 5 % verified', [200], [10], false],
    ['300 sends, a little under 5 % verified', [100, 200], [4, 10], true],
  ])('S4: %s', (_, sends, verified, isStopped) => {
    expect(judge({ sends, verified }).isStopped).toBe(isStopped)
  })

  describe('against a surge, in a project of more than a week', () => {
    // Seven days and 12 hours and 2 minutes are known: 180.0333 hours.
    const old = ago(7 * day)
    /** Sends of the last hour, all verified, and of everything before it. */
    const surge = (sends: number, before: number, since = old) =>
      judge({ sends: [sends], verified: [sends], days: [sends, before] }, since)

    test.each([
      ['49 sends and this one are not over 50', 49, 0, false],
      ['50 sends and this one are', 50, 0, true],
      ['101 are five times the mean of 20.2 or a little more', 100, 3_636, true],
      ['101 are not over five times the mean of 20.2 and a little more', 100, 3_637, false],
    ])('S4: %s', (_, sends, before, isStopped) => {
      expect(surge(sends, before).isStopped).toBe(isStopped)
    })

    test('S4: the stop says so', () => {
      expect(surge(60, 10)).toMatchObject({ begins: { reason: 'surge', sends: 60, verified: 60 } })
    })

    test('S4: exactly five times the mean is not over it', () => {
      const noon = new Date('2026-01-15T12:00:00.000Z')
      // 180 hours with 20 sends each, not counting the hour that is compared with them.
      const judgeAt = (sends: number) =>
        judgePumping(
          rule,
          { ...quiet, sends: [sends], verified: [sends], days: [sends, 3_600] },
          { now: noon, projectSince: ago(8 * day) },
        )
      expect(judgeAt(99).isStopped).toBe(false)
      expect(judgeAt(100).isStopped).toBe(true)
    })

    test('S4: a project younger than a week has no week to compare with', () => {
      expect(surge(1_000, 0, ago(7 * day - 1))).toEqual(goesOn)
      expect(surge(1_000, 0, ago(7 * day)).isStopped).toBe(true)
    })
  })

  test('S4: a stop holds for its hour and begins no other', () => {
    const begun = beginStop(quiet, { reason: 'few-verified', sends: 200, verified: 0, until: later(1) })
    expect(begun).toEqual({ ...quiet, stoppedUntil: later(1), stopReason: 'few-verified' })
    expect(judge({ ...begun, sends: [200] })).toEqual({ isStopped: true, until: later(1), begins: null })
    expect(judge({ ...begun, stoppedUntil: now })).toEqual(goesOn)
  })

  test('S4: an operator releases a prefix for a day, and nothing stops it then', () => {
    const stopped = { ...quiet, sends: [500], stoppedUntil: later(hour), stopReason: 'few-verified' as const }
    const released = release(stopped, now)
    expect(released).toEqual({
      ...stopped,
      stoppedUntil: null,
      stopReason: null,
      releasedUntil: later(day),
    })
    expect(judge({ ...stopped, releasedUntil: later(1) })).toEqual(goesOn)
    expect(judge({ ...stopped, releasedUntil: now }).isStopped).toBe(true)
  })
})
