/** This node's estimate of the database's clock (V10), advanced by a monotonic clock. */
export type DatabaseClock = {
  now(): Date
  /** The database answered `moment` to a question asked at `askedAt`, by `monotonicNow`. */
  set(moment: Date, askedAt: number): void
  /** The database has reached `moment`: it stored something with that time. */
  advance(moment: Date): void
}

/** Milliseconds of a clock that only runs forward. */
export const monotonicNow = (): number => performance.now()

export function createDatabaseClock(): DatabaseClock {
  let offset: number | null = null

  return {
    // Before the first answer of the database, our own clock has to do.
    now: () => new Date(monotonicNow() + (offset ?? performance.timeOrigin)),
    set(moment, askedAt) {
      // Counted from the question, not from the answer: the estimate is ahead by the response time, and never behind
      // (I4).
      offset = moment.getTime() - askedAt
    },
    advance(moment) {
      offset = Math.max(offset ?? Number.NEGATIVE_INFINITY, moment.getTime() - monotonicNow())
    },
  }
}
