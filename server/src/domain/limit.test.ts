import { describe, expect, test } from 'vitest'
import { countEvent, currentWindow, isExhausted, type Limit, limitUsage, resetSeconds } from './limit.ts'

const limit: Limit = { scope: 'sends', key: '192.0.2.1', max: 3, windowSeconds: 60 }
const startedAt = new Date('2026-01-15T12:00:00.000Z')
const after = (milliseconds: number): Date => new Date(startedAt.getTime() + milliseconds)
const used = (count: number) => ({ startedAt, count, members: [] })

describe('the window of a limit', () => {
  test('begins with its first event', () => {
    expect(currentWindow(null, limit, startedAt)).toEqual(used(0))
  })

  test('holds up to its last millisecond, and then starts over', () => {
    const state = { startedAt, count: 3, members: ['a'] }
    expect(currentWindow(state, limit, after(59_999))).toBe(state)
    expect(currentWindow(state, limit, after(60_000))).toEqual({
      startedAt: after(60_000),
      count: 0,
      members: [],
    })
  })

  test.each([
    [0, 60],
    [1, 60],
    [1_000, 59],
    [59_000, 1],
    [59_999, 1],
    [60_000, 1],
    [90_000, 1],
  ])('%i ms after its start ends in %i s, and never at once', (milliseconds, seconds) => {
    expect(resetSeconds(used(1), limit, after(milliseconds))).toBe(seconds)
  })
})

describe('what a limit counts', () => {
  test.each([
    [2, false, 1],
    [3, true, 0],
    // The setting may have been lowered since.
    [4, true, 0],
  ])('S2: %i of 3: exhausted %s, remaining %i', (count, exhausted, remaining) => {
    expect(isExhausted(used(count), limit)).toBe(exhausted)
    expect(limitUsage(used(count), limit, after(20_000))).toEqual({
      limit,
      remaining,
      resetSeconds: 40,
      isExceeded: false,
    })
  })

  test('events each count', () => {
    expect(countEvent(countEvent(used(0)))).toEqual(used(2))
  })

  test('V5: a member counts once, and another one counts again', () => {
    const one = countEvent(used(0), 'ada')
    expect(one).toEqual({ startedAt, count: 1, members: ['ada'] })
    expect(countEvent(one, 'ada')).toEqual(one)
    expect(countEvent(one, 'bob')).toEqual({ startedAt, count: 2, members: ['ada', 'bob'] })
  })
})
