import type { Transaction } from './sql.ts'

/** Reads the time of the database, the only clock that decides what has expired (V10). */
export async function readClock(database: Transaction): Promise<Date> {
  const [row] = await database.query<{ now: Date }>('clock-read', 'select clock_now() as now')
  if (row === undefined) throw new Error('the database has no clock')
  return row.now
}
