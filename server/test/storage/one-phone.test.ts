import { afterAll, beforeAll, expect, test } from 'vitest'
import { onePhone } from '../../src/domain/numbering-plan.ts'
import { listMigrations } from '../../src/storage/postgres/migrate.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * The migration that merges rows stored under a phone's other number, from before each phone had only one number.
 */

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
  // The table as the migration found it.
  await db.query("alter table recipients add column sends timestamptz[] not null default '{}'")
})
afterAll(() => db.drop())

/** Runs the migration once more, as on a database that was filled before it. */
async function migrateAgain(): Promise<void> {
  const found = (await listMigrations()).find(({ name }) => name.endsWith('-one-phone'))
  if (found === undefined) throw new Error('there is no such migration')
  await db.database.script(found.sql)
}

const addAccount = (project: string, id: number, phone: string, isProven = true) =>
  db.query(
    `insert into accounts (project_id, id, type, phone, phone_verified_at)
    values ($1, $2, 'USER', $3, case when $4 then now() end)`,
    [project, id, phone, isProven],
  )

test('S1: the migration and the parser agree on which number a phone has', async () => {
  const beginnings = [
    '+5411',
    '+54911',
    '+542234',
    '+54351',
    '+54600',
    '+54800',
    '+5521',
    '+5511',
    '+5580',
    '+5530',
    '+525',
    '+521',
    '+1541',
  ]
  const numbers = beginnings.flatMap((beginning) =>
    Array.from({ length: 40 }, (_, turn) => {
      const length = 11 + (turn % 5)
      return `${beginning}${String((turn * 7_919 + 1) * 104_729).padEnd(12, '6')}`.slice(0, length + 1)
    }),
  )
  for (const [index, number] of numbers.entries()) await addAccount('PRJ_rules', index + 1, number, false)
  await migrateAgain()
  const rows = await db.query<{ id: string; phone: string }>(
    "select id, phone from accounts where project_id = 'PRJ_rules' order by id",
  )
  expect(rows.map(({ phone }) => phone)).toEqual(numbers.map(onePhone))
  expect(numbers.filter((number) => onePhone(number) !== number).length).toBeGreaterThan(20)
})

test('an account that was stored under the older number is found by the phone', async () => {
  await addAccount('PRJ_a', 1, '+552187650001')
  await addAccount('PRJ_a', 2, '+541133330001')
  await addAccount('PRJ_a', 3, '+552133334444')
  await migrateAgain()
  expect(await db.query("select id, phone from accounts where project_id = 'PRJ_a' order by id")).toEqual([
    { id: '1', phone: '+5521987650001' },
    { id: '2', phone: '+5491133330001' },
    { id: '3', phone: '+552133334444' },
  ])
})

test('of two accounts of one phone both stay, and the one with the number of today keeps the proof', async () => {
  await addAccount('PRJ_b', 1, '+552187650001')
  await addAccount('PRJ_b', 2, '+5521987650001')
  await migrateAgain()
  const rows = await db.query(
    "select id, phone, phone_verified_at is not null as proven from accounts where project_id = 'PRJ_b' order by id",
  )
  expect(rows).toEqual([
    { id: '1', phone: '+5521987650001', proven: false },
    { id: '2', phone: '+5521987650001', proven: true },
  ])
})

test('V4, S1: what both numbers have used up is used up for the phone, and a lock stays', async () => {
  const add = (address: string, minutes: number, failuresInRow: number, lockedUntil: string | null) =>
    db.query(
      `insert into recipients (address, project_id, sends, failures, failures_in_row, locked_until, updated_at)
      values ($1, 'PRJ_c', array[now() - $2 * interval '1 minute'], '{}', $3, $4, now())`,
      [address, minutes, failuresInRow, lockedUntil],
    )
  await add('+541133330001', 3, 4, '9999-12-31')
  await add('+5491133330001', 5, 2, null)
  await add('+552187650001', 1, 1, null)
  await migrateAgain()
  const rows = await db.query(
    `select address, cardinality(sends) as sends, sends[1] < sends[2] as ascending, failures_in_row, locked_until is not null as locked
    from recipients where project_id = 'PRJ_c' order by address`,
  )
  expect(rows).toEqual([
    { address: '+5491133330001', sends: 2, ascending: true, failures_in_row: 4, locked: true },
    { address: '+5521987650001', sends: 1, ascending: null, failures_in_row: 1, locked: false },
  ])
})
