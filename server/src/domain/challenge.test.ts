import fc from 'fast-check'
import { expect, test } from 'vitest'
import { challengeId, challengeIdFloor, isLive } from './challenge.ts'

const createdAt = new Date('2026-01-15T12:00:00.789Z')
const expiresAt = new Date('2026-01-15T12:05:00.000Z')
const chance = Buffer.from('0123456789ab', 'hex')

test('an id is made of seconds, milliseconds and chance', () => {
  const seconds = Math.floor(createdAt.getTime() / 1000)
    .toString(16)
    .padStart(8, '0')
  expect(challengeId(createdAt, chance)).toBe(`${seconds}03150123456789ab`)
  expect(challengeId(createdAt, Buffer.concat([chance, chance]))).toBe(challengeId(createdAt, chance))
})

test('ids sort by the moments that they were made at', () => {
  const moment = fc.integer({ min: 0, max: 0xffff_ffff * 1000 + 999 }).map((at) => new Date(at))
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      const isEarlier = challengeId(one, chance) < challengeId(other, chance)
      expect(isEarlier).toBe(one < other)
      expect(challengeIdFloor(one) <= challengeId(one, Buffer.alloc(6))).toBe(true)
    }),
  )
})

test('the floor of a moment lies under all of its ids, and that of one without ids at the ends', () => {
  expect(challengeIdFloor(createdAt)).toBe(challengeId(createdAt, Buffer.alloc(6)))
  expect(challengeIdFloor(new Date(-1))).toBe('0'.repeat(24))
  expect(challengeIdFloor(new Date('2106-02-07T06:28:15.999Z'))).toBe(`ffffffff03e7${'0'.repeat(12)}`)
  expect(challengeIdFloor(new Date('2107-01-01'))).toBe(`ffffffff03e7${'0'.repeat(12)}`)
})

test.each([
  ['a code that was just issued', {}, createdAt, true],
  ['one in its last millisecond', {}, new Date(expiresAt.getTime() - 1), true],
  ['one that expires now', {}, expiresAt, false],
  ['one with a try left', { attempts: 4 }, createdAt, true],
  ['one without a try left', { attempts: 5 }, createdAt, false],
  ['one that was used', { usedAt: createdAt }, createdAt, false],
])('V2, V3, V10: %s', (_, change, now, expected) => {
  expect(isLive({ usedAt: null, expiresAt, attempts: 0, attemptsMax: 5, ...change }, now)).toBe(expected)
})
