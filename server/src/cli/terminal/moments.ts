import { usageFailure } from './failure.ts'

/** A moment, or the first moment of a date (UTC), as an option names it. */
export function readMomentOption(option: string, typed: string | undefined): Date | null {
  if (typed === undefined) return null
  const milliseconds = /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(typed) ? Date.parse(typed) : Number.NaN
  if (!Number.isNaN(milliseconds)) return new Date(milliseconds)
  throw usageFailure(`${option} takes 2030-01-31 or 2030-01-31T08:00:00Z; "${typed}" is neither`)
}
