import { afterAll, beforeAll, expect, test } from 'vitest'
import { runMaintenance } from '../../src/storage/postgres/maintenance.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'

/*
 * Days become partitions while others write. A send writes to `challenges` and `events`, a delivery to `messages` and
 * `challenges`, each in a different order.
 */

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db?.drop())

const lock = (table: string) => `lock table ${table} in row exclusive mode`

test('a new day is made while every table is being written to, and waits for none of the writers', async () => {
  await db.database.transaction(async (tx) => {
    for (const table of ['challenges', 'messages', 'events', 'event_people', 'webhook_deliveries'])
      await tx.query(`lock-${table}`, lock(table))
    await db.moveClock(86_400_000)
  })
  const [row] = await db.query(
    "select to_regclass('challenges_' || to_char(clock_now() + interval '2 days', 'YYYYMMDD')) as day",
  )
  expect(row?.day).not.toBeNull()
})

for (const [first, second] of [
  ['messages', 'challenges'],
  ['challenges', 'messages'],
  ['event_people', 'events'],
  ['events', 'event_people'],
] as const) {
  test(`old days are dropped beside one who writes to ${first} and then to ${second}, without a deadlock`, async () => {
    await db.moveClock(40 * 86_400_000)
    let maintenance: Promise<void> = Promise.resolve()
    await db.database.transaction(async (tx) => {
      await tx.query(`lock-${first}`, lock(first))
      maintenance = runMaintenance(db.database, { recordDays: 7, eventDays: 31 })
      await until(db.isBlocked)
      await tx.query(`lock-${second}`, lock(second))
    })
    await maintenance
    const [row] = await db.query('select deadlocks from pg_stat_database where datname = current_database()')
    expect(Number(row?.deadlocks)).toBe(0)
  })
}
