/*
 * Times to verify, counted in buckets on a logarithmic scale: however many there are, their quantiles are read from some seventy
 * counts, which add up over minutes, channels and nodes.
 */

/** Each bucket ends a tenth later than it begins; the first also holds everything faster than a second. */
export const bucketRatio = 1.1

/** No code lives longer than 600 seconds. */
export const bucketMax = Math.floor(Math.log(600) / Math.log(bucketRatio))

/** The bucket of what was not verified. */
export const noBucket = -1

/** The number of verified codes by bucket. */
export type VerificationTimes = ReadonlyMap<number, number>

/** How many seconds the given share of codes took at most, to a tenth of its value; null without codes. */
export function quantileSeconds(times: VerificationTimes, share: number): number | null {
  const buckets = [...times].filter(([bucket, count]) => bucket !== noBucket && count > 0)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  let left = share * total
  for (const [bucket, count] of buckets.sort(([one], [other]) => one - other)) {
    if (left <= count) return secondsWithin(bucket, left / count)
    left -= count
  }
  return null
}

function secondsWithin(bucket: number, share: number): number {
  const low = bucket === 0 ? 0 : bucketRatio ** bucket
  const seconds = low + (bucketRatio ** (bucket + 1) - low) * share
  return Math.round(seconds * 10) / 10
}
