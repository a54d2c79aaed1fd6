import { runMaintenance } from '../../../src/storage/postgres/maintenance.ts'
import type { TestApp } from '../../harness/start-test-app.ts'

export const second = 1_000
export const minute = 60 * second
export const day = 24 * 60 * minute

/** The shortest that an operator may choose for events; records are kept for longer than any rule asks for them. */
const retention = { recordDays: 7, eventDays: 31 }

/**
 * Lets time pass as on a running server: it has searched for expired codes all along, and after many days its maintenance
 * has dropped old rows. Otherwise every day would make the rest of the run slower.
 */
export async function passTime({ db, moveClock }: TestApp, milliseconds: number): Promise<void> {
  await moveClock(milliseconds)
  if (milliseconds < day) return
  await db.query(
    "update cursors set position = clock_now() - interval '1 hour' where name = 'challenge.expired'",
  )
  if (milliseconds > 10 * day) await runMaintenance(db.database, retention)
}
