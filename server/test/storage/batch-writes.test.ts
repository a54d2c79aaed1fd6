import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Limit } from '../../src/domain/limit.ts'
import type { ProjectId } from '../../src/domain/project.ts'
import { readLimits, windowIn } from '../../src/storage/batches/batch-limits.ts'
import { decideBatch } from '../../src/storage/batches/batch-locks.ts'
import { giveBackTokens, readQuotas } from '../../src/storage/batches/quotas.ts'
import { rowList } from '../../src/storage/postgres/row-list.ts'
import type { BatchTransaction } from '../../src/storage/postgres/sql.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'

/* How batches pass rows to PostgreSQL, and what their writes do when another transaction was faster. */

let world: TestDatabase
beforeAll(async () => {
  world = await createTestDatabase()
})
afterAll(() => world.drop())

test('S9: rows arrive as they were given, whatever stands in them', async () => {
  const rows = rowList({ word: 'text', at: 'timestamptz', flag: 'boolean', list: 'text[]', json: 'json' })
  const words = [
    '',
    'null',
    'NULL',
    '{}',
    'a,b',
    '"',
    '\\',
    '\\n"',
    '\n',
    ' ',
    "'; drop table x",
    '🙂é',
    '{{7*7}}',
  ]
  const given = words.map((word) => ({
    word,
    at: new Date('2026-03-01T00:00:00.123Z'),
    flag: true,
    list: [word, '', '"{\\,}"'],
    json: { [word]: [word, null, 1] },
  }))
  const nothing = { word: null, at: undefined, list: [] }
  const read = await world.database.query(
    'rows-read',
    `select word, at, flag, list, json from ${rows.from} order by n`,
    rows.values([...given, nothing]),
  )
  expect(read).toEqual([...given, { word: null, at: null, flag: null, list: [], json: null }])
})

const projectId = 'prj_batch_writes' as ProjectId
const limit: Limit = { scope: 'requests', key: '', max: 10, windowSeconds: 60 }

/** Counts `times` in a transaction that reads, waits for `meanwhile`, and only then writes. */
const count = (times: number, meanwhile?: () => Promise<unknown>, member?: string) =>
  world.database.batch((tx) => countIn(tx, times, meanwhile, member))

async function countIn(
  tx: BatchTransaction,
  times: number,
  meanwhile: () => Promise<unknown> = async () => {},
  member?: string,
): Promise<void> {
  const limits = await readLimits(tx, [{ projectId, limit }])
  const window = windowIn(limits, { projectId, limit }, new Date())
  await meanwhile()
  const members = member === undefined ? window.members : [...window.members, member]
  limits.set(projectId, new Map([['requests:', { ...window, members, count: window.count + times }]]))
  limits.write(tx)
}

const counted = async () =>
  (await world.query<{ count: number }>('select count from limits where project_id = $1', [projectId]))[0]
    ?.count

const overtaken = { cause: { code: '40001' } }

test('V5: what two batches count side by side is added up, and one that would go over the limit is not written', async () => {
  await count(2)
  await count(3, () => count(4))
  expect(await counted()).toBe(9)
  await expect(count(1, () => count(1))).rejects.toMatchObject(overtaken)
  expect(await counted()).toBe(10)
})

test('V5: of two batches that begin the same window one is written, and so it is with the same member', async () => {
  await world.query('delete from limits where project_id = $1', [projectId])
  await expect(count(1, () => count(1))).rejects.toMatchObject(overtaken)
  expect(await counted()).toBe(1)
  await expect(count(1, () => count(1, undefined, 'a'), 'a')).rejects.toMatchObject(overtaken)
  expect(await counted()).toBe(2)

  await world.query("update limits set started_at = started_at - interval '1 minute' where project_id = $1", [
    projectId,
  ])
  await expect(count(1, () => count(3))).rejects.toMatchObject(overtaken)
  expect(await counted()).toBe(3)
})

test('K3, I9: a batch is overtaken once and never again, however many others begin', async () => {
  const shared = { own: [], shared: ['limit'] }
  const begun: Promise<void>[] = []
  let tries = 0
  // Between each read and write another batch starts a new window.
  const overtake = async (): Promise<void> => {
    const since = 'update limits set started_at = $2 where project_id = $1'
    const other = decideBatch(world.database, async (tx, lock) => {
      await lock(shared)
      await tx.query('test-window', since, [projectId, new Date(Date.now() - begun.length)])
    })
    begun.push(other)
    await Promise.race([other, until(world.isBlocked)])
  }
  await decideBatch(world.database, async (tx, lock) => {
    tries += 1
    await lock(shared)
    await countIn(tx, 1, overtake)
  })
  await Promise.all(begun)
  expect(tries).toBe(2)
})

test('S5: a token that comes back meanwhile overtakes no batch, and one that others spend over the line does', async () => {
  await world.query('insert into quotas values ($1, 100, 88)', [projectId])
  const spend = (tokens: number, meanwhile: () => Promise<unknown>) =>
    world.database.batch(async (tx) => {
      const quotas = await readQuotas(tx, [projectId])
      const { granted, used } = quotas.of(projectId)
      await meanwhile()
      quotas.set(projectId, { granted, used: used + tokens })
      quotas.write(tx)
    })
  const used = async () =>
    (
      await world.query('select tokens_used::integer as used from quotas where project_id = $1', [projectId])
    )[0]
  await spend(5, () => giveBackTokens(world.database, [projectId]))
  expect(await used()).toEqual({ used: 92 })
  await spend(6, () => spend(1, async () => {}))
  expect(await used()).toEqual({ used: 99 })
  await expect(spend(1, () => spend(1, async () => {}))).rejects.toMatchObject(overtaken)
  expect(await used()).toEqual({ used: 100 })
})
