import type { RecordRange } from '../../engine/ports/records.ts'

/** The whole hours of a range, from `first` to before `end`, and what is left of it. Null where the range is open. */
export type HoursOfRange = {
  first: Date | null
  end: Date | null
  edges: { from: Date; until: Date }[]
}

const hourMilliseconds = 3_600_000

/** Splits a range into the whole hours of UTC, which are counted, and the parts of hours at its ends, which are not. */
export function splitByHours({ from, until }: RecordRange): HoursOfRange {
  const first = from === null ? null : toHour(from, Math.ceil)
  const end = until === null ? null : toHour(until, Math.floor)
  if (from !== null && until !== null && first !== null && end !== null && first > end)
    return { first, end: first, edges: [{ from, until }] }
  const edges = [
    { from, until: first },
    { from: end, until },
  ].filter((edge): edge is { from: Date; until: Date } => {
    return edge.from !== null && edge.until !== null && edge.from < edge.until
  })
  return { first, end, edges }
}

const toHour = (moment: Date, round: (hours: number) => number): Date =>
  new Date(round(moment.getTime() / hourMilliseconds) * hourMilliseconds)
