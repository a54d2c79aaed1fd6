/** The database's clock (V10) as this node knows it, carried on by a clock that nobody can set. */
export type DatabaseClock = {
  now(): Date
  /** The database said `moment` to a question asked at `askedAt` of `monotonicNow`. */
  set(moment: Date, askedAt: number): void
  /** The database has passed `moment`, for it stamped something with it. */
  advance(moment: Date): void
}

/** Milliseconds of a clock that only runs forward. */
export const monotonicNow = (): number => performance.now()

export function createDatabaseClock(): DatabaseClock {
  let offset: number | null = null

  return {
    // Before the first word of the database our own clock must do.
    now: () => new Date(monotonicNow() + (offset ?? performance.timeOrigin)),
    set(moment, askedAt) {
      // Counted from the question, not from the answer: fast by what the answer took, and so never late (I4).
      offset = moment.getTime() - askedAt
    },
    advance(moment) {
      offset = Math.max(offset ?? Number.NEGATIVE_INFINITY, moment.getTime() - monotonicNow())
    },
  }
}
