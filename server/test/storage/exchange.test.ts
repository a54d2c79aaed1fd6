import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/* Statements of one turn leave in one message: what comes back of it, and what an error in the middle of it does. */

let world: TestDatabase
beforeAll(async () => {
  world = await createTestDatabase()
  await world.database.script('create table exchanged (id integer primary key, word text)')
})
afterAll(() => world.drop())

const words = () =>
  world.database.query<{ id: number; word: string | null }>(
    'exchanged-read',
    'select id, word from exchanged order by id',
  )
const insertSql = 'insert into exchanged (id, word) values ($1, $2)'
const divideSql = 'select 1 / $1::integer as quotient'

test('every kind of value goes there and comes back', async () => {
  const moment = new Date('2026-03-01T12:00:00.123Z')
  const bytes = Buffer.from([0, 1, 255])
  const [row] = await world.database.query(
    'exchanged-values',
    `select $1::text as text, $2::integer as number, $3::bigint as count, $4::boolean as flag, $5::timestamptz as at,
      $6::timestamptz[] as moments, $7::bytea as bytes, $8::jsonb as json, $9::text[] as list, $10::text as nothing`,
    [
      'é"\\\n🙂',
      -7,
      9_007_199_254_740_991,
      true,
      moment,
      [moment],
      bytes,
      { a: [1, null] },
      ['', 'a,b', '"\\', null],
      null,
    ],
  )
  expect(row).toEqual({
    text: 'é"\\\n🙂',
    number: -7,
    count: 9_007_199_254_740_991,
    flag: true,
    at: moment,
    moments: [moment],
    bytes,
    json: { a: [1, null] },
    list: ['', 'a,b', '"\\', null],
    nothing: null,
  })
})

test('an error in the middle is the answer of all, nothing after it has run, and nothing is stored', async () => {
  const outcomes = await world.database
    .batch(async (tx) => {
      const settled = await Promise.allSettled([
        tx.query('exchanged-insert', insertSql, [1, 'before']),
        tx.query('exchanged-divide', divideSql, [0]),
        tx.query('exchanged-insert', insertSql, [2, 'after']),
      ])
      const later = await Promise.allSettled([tx.query('exchanged-insert', insertSql, [3, 'later'])])
      return [...settled, ...later].map((outcome) =>
        outcome.status === 'rejected' ? outcome.reason.message : 'done',
      )
    })
    .catch((fault: Error) => fault.message)
  expect(outcomes).toBe('division by zero')
  expect(await words()).toEqual([])
})

test('the fault of a write is that of the transaction, whose other writes are undone', async () => {
  const write = world.database.batch(async (tx) => {
    tx.write('exchanged-insert', insertSql, [1, 'one'])
    tx.write('exchanged-insert', insertSql, [1, 'one again'])
    tx.write('exchanged-insert', insertSql, [2, 'two'])
  })
  await expect(write).rejects.toMatchObject({ code: '23505' })
  expect(await words()).toEqual([])
})

test('a statement whose first run has failed can be run again on the same connection', async () => {
  const divide = (by: number) =>
    world.database.transaction((tx) =>
      tx.query<{ quotient: number }>('exchanged-divide-again', divideSql, [by]),
    )
  for (let round = 0; round < 3; round += 1) {
    await expect(divide(0)).rejects.toThrow()
    expect(await divide(1)).toEqual([{ quotient: 1 }])
  }
})

test('a statement whose columns another has changed is prepared anew', async () => {
  const all = () => world.database.query('exchanged-all', 'select * from exchanged order by id')
  await world.database.query('exchanged-insert', insertSql, [7, 'seven'])
  expect(await all()).toEqual([{ id: 7, word: 'seven' }])
  await world.database.script('alter table exchanged add column more integer')
  // PostgreSQL refuses the plan that it has kept, once.
  await expect(all()).rejects.toThrow(/cached plan/)
  expect(await all()).toEqual([{ id: 7, word: 'seven', more: null }])
})

test('a value that cannot be written fails its own statement, and the connection goes on', async () => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  const send = (value: unknown) =>
    world.database.transaction((tx) => tx.query('exchanged-json', 'select $1::jsonb as json', [value]))
  await expect(send(circle)).rejects.toThrow(/circular/i)
  expect(await send({ a: 1 })).toEqual([{ json: { a: 1 } }])
})
