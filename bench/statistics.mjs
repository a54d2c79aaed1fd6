/** The smallest of ascending numbers that at least `share` of them do not exceed. */
export const quantile = (ascending, share) =>
  ascending[Math.min(ascending.length - 1, Math.max(0, Math.ceil(ascending.length * share) - 1))]

export const ascending = (numbers) => [...numbers].sort((a, b) => a - b)

/** The median; of an even number of values the mean of the two in the middle. */
export function medianOf(numbers) {
  const sorted = ascending(numbers)
  const middle = sorted.length / 2
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)]
}

/** The median of the rounds, and the lowest and the highest. */
export const summarize = (numbers) => ({
  median: medianOf(numbers),
  low: Math.min(...numbers),
  high: Math.max(...numbers),
})
