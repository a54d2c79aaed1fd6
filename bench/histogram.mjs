/*
 * Times in buckets that grow by the same factor, twenty for each power of ten: a quantile is right to an eighth, from a tenth
 * of a millisecond to a minute and more.
 */

const perDecade = 20
const smallest = 0.1
const buckets = 6 * perDecade

export const emptyHistogram = () => ({ counts: new Array(buckets).fill(0), count: 0, highest: 0 })

/** Counts a time. What is below the first bucket or above the last counts as those. */
export function record(histogram, milliseconds) {
  const bucket = Math.floor(Math.log10(Math.max(milliseconds, smallest) / smallest) * perDecade)
  histogram.counts[Math.min(bucket, buckets - 1)] += 1
  histogram.count += 1
  histogram.highest = Math.max(histogram.highest, milliseconds)
}

/** The time at which a bucket begins. */
export const beginOf = (bucket) => smallest * 10 ** (bucket / perDecade)

/** The end of the bucket that a share of the times does not exceed, or the highest time if that is less. */
export function quantileOf({ counts, count, highest }, share) {
  let seen = 0
  for (const [bucket, times] of counts.entries()) {
    seen += times
    if (seen >= count * share) return Math.min(highest, beginOf(bucket + 1))
  }
  return highest
}
