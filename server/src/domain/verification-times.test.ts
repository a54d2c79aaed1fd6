import { expect, test } from 'vitest'
import {
  bucketMax,
  bucketRatio,
  noBucket,
  quantileSeconds,
  type VerificationTimes,
} from './verification-times.ts'

const bucketOf = (seconds: number): number =>
  Math.min(bucketMax, Math.floor(Math.log(Math.max(1, seconds)) / Math.log(bucketRatio)))

function timesOf(seconds: number[]): VerificationTimes {
  const times = new Map<number, number>()
  for (const one of seconds) times.set(bucketOf(one), (times.get(bucketOf(one)) ?? 0) + 1)
  return times
}

test('without verified codes there is no quantile', () => {
  expect(quantileSeconds(new Map(), 0.5)).toBeNull()
  expect(quantileSeconds(new Map([[noBucket, 7]]), 0.5)).toBeNull()
})

test.each([
  ['a second each', Array.from({ length: 600 }, (_, nth) => nth + 1)],
  ['mostly fast', [...Array.from({ length: 95 }, (_, nth) => 5 + nth / 20), 60, 120, 240, 480, 599]],
  ['all the same', Array.from({ length: 10 }, () => 42)],
  ['the slowest there can be', [600, 600]],
])('quantiles are within a tenth of the exact ones: %s', (_, seconds) => {
  const sorted = seconds.toSorted((one, other) => one - other)
  for (const share of [0.05, 0.5, 0.95]) {
    const exact = sorted[Math.ceil(share * sorted.length) - 1] as number
    const read = quantileSeconds(timesOf(seconds), share) as number
    expect([share, read, Math.abs(read - exact) <= exact * 0.1 + 0.1]).toEqual([share, read, true])
  }
})
