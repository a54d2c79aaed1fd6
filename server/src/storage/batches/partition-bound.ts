import { readClock } from '../postgres/database-time.ts'
import type { Transaction } from '../postgres/sql.ts'

/*
 * The bound that keeps the statements of batches to the partitions of the last day. It is a parameter, by which PostgreSQL
 * passes over partitions, so it has to be known before the statement runs.
 */

/** How far back a statement looks for the challenge of an address: a day, and an hour for clocks that differ. */
const lookBackMilliseconds = 25 * 3_600_000
/** What the bound may be wrong by: half of the hour. */
const toleranceMilliseconds = 1_800_000

/** The clock of the database is not where it was expected to be, and nothing was decided. */
class MovedClock extends Error {
  readonly now: Date

  constructor(now: Date) {
    super('the clock of the database has moved')
    this.name = 'MovedClock'
    this.now = now
  }
}

/** Throws when the bound of a batch is none for the moment at which the batch was read. */
export function refuseMovedClock(now: Date, since: Date): void {
  const error = since.getTime() + lookBackMilliseconds - now.getTime()
  if (Math.abs(error) > toleranceMilliseconds) throw new MovedClock(now)
}

/** Runs what reads within the bound. */
export type WithinPartitions = <Result>(run: (since: Date) => Promise<Result>) => Promise<Result>

/**
 * The bound follows the database's clock, which alone says what time it is (V10): read once, kept by this process's steady
 * clock, and read again from the first batch that finds it moved. That batch is decided once more.
 */
export async function createPartitionBound(database: Transaction): Promise<WithinPartitions> {
  const startAt = (databaseNow: Date) => databaseNow.getTime() - performance.now()
  let start = startAt(await readClock(database))
  const since = () => new Date(start + performance.now() - lookBackMilliseconds)

  return async (run) => {
    try {
      return await run(since())
    } catch (fault) {
      if (!(fault instanceof MovedClock)) throw fault
      start = startAt(fault.now)
      return run(since())
    }
  }
}
