import type { WireError } from './envelope.ts'

/** A time range; `until` is exclusive. Null where it is open. */
export type TimeRange = { from: Date | null; until: Date | null }

/** The errors of dates that give no time range. */
export const timeRangeErrors = {
  'not-from': { status: 400, message: 'invalidDateFrom' },
  'not-to': { status: 400, message: 'invalidDateTo' },
  reversed: { status: 400, message: 'datesReversed' },
} as const satisfies Record<string, WireError>

export type TimeRangeResult =
  | { ok: true; range: TimeRange }
  | { ok: false; issue: keyof typeof timeRangeErrors }

const day = 24 * 3_600_000

/** Reads `dateFrom` and `dateTo`: both ends are included, and a bare date means its whole UTC day. */
export function parseTimeRange({
  dateFrom,
  dateTo,
}: {
  dateFrom?: string
  dateTo?: string
}): TimeRangeResult {
  const from = dateFrom === undefined ? null : parseMoment(dateFrom)
  if (dateFrom !== undefined && from === null) return { ok: false, issue: 'not-from' }
  const to = dateTo === undefined ? null : parseMoment(dateTo)
  if (dateTo !== undefined && to === null) return { ok: false, issue: 'not-to' }

  // Records are stored to the millisecond, so the next millisecond is the first that is excluded.
  const until = to === null ? null : new Date(to.start.getTime() + to.milliseconds)
  if (from !== null && until !== null && from.start >= until) return { ok: false, issue: 'reversed' }
  return { ok: true, range: { from: from?.start ?? null, until } }
}

// ISO 8601 as RFC 3339 restricts it. A time without an offset is UTC, like a bare date.
const isoMoment =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/

function parseMoment(text: string): { start: Date; milliseconds: number } | null {
  const match = isoMoment.exec(text)
  if (match === null) return null
  const [, date = '', hour, minute, second = '00', fraction = '0', offset = 'Z'] = match
  const midnight = new Date(`${date}T00:00:00.000Z`)
  // `Date` reads 30 February as 1 or 2 March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return null
  if (hour === undefined) return { start: midnight, milliseconds: day }
  const start = new Date(
    `${date}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offset.toUpperCase()}`,
  )
  return Number.isNaN(start.getTime()) ? null : { start, milliseconds: 1 }
}
