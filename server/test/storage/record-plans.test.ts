import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Address } from '../../src/domain/address.ts'
import type { Project } from '../../src/domain/project.ts'
import type { RecordQuery } from '../../src/engine/ports/records.ts'
import { createDatabase, type Database } from '../../src/storage/postgres/database.ts'
import { createRecordStore } from '../../src/storage/stores/records.ts'
import { createReadCounter } from '../harness/count-read.ts'
import { makeUnlimitedProject } from '../harness/storage-world.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * What reading records costs: rows and index entries read, by connections that planned while there were no records. A filter that
 * reads all of a project's records takes the server down with their number.
 */

const hours = 24
const perHour = 500
let db: TestDatabase
let project: Project
/** One connection that planned every statement before there were many records. */
let database: Database

describe.each([
  ['on empty tables', 0],
  ['on small ones, whose statistics say so', 40],
])('statements that were planned %s', (_, recordsThen) => {
  beforeAll(async () => {
    db = await createTestDatabase()
    project = await makeUnlimitedProject(db.database)
    const stranger = await makeUnlimitedProject(db.database)
    await fill(db.database, await makeUnlimitedProject(db.database), recordsThen)
    if (recordsThen > 0) await db.query('analyze')
    database = createDatabase({ connectionString: db.connectionString, connectionsMax: 1 })
    for (let nth = 0; nth < 8; nth += 1) await readAll()
    await onAnother(async (other) => {
      await fill(other, project)
      // What somebody else has sent in the same hours.
      await fill(other, stranger)
    })
  })
  afterAll(async () => {
    await database?.close()
    await db?.drop()
  })

  test('each set of filters reads a few rows, however many records there are and whenever its statement was planned', async () => {
    const records = createRecordStore(database)
    for (const [name, query, readMax] of asked()) {
      let page: Awaited<ReturnType<typeof records.page>> = { records: [], total: 0 }
      const read = await countRead(async () => {
        page = await records.page({ ...anyQuery, projectId: project.id, ...query })
      })
      expect([name, page.records.length]).toEqual([name, expect.toSatisfy((length: number) => length > 0)])
      expect([name, read]).toEqual([name, expect.toSatisfy((count: number) => count > 0 && count <= readMax)])
    }
  })

  test('statistics of whole hours read no records', async () => {
    const records = createRecordStore(database)
    const read = await countRead(async () => {
      expect(
        await records.stats({ projectId: project.id, purpose: 'service', from: null, until: null }),
      ).toMatchObject({ total: hours * perHour, verified: (hours * perHour) / 2 })
    })
    expect(read).toBe(0)
  })
})

/** On a connection that ends afterwards: only then is what it has read added up for certain. */
async function onAnother(work: (other: Database) => Promise<unknown>): Promise<void> {
  const other = createDatabase({ connectionString: db.connectionString, connectionsMax: 1 })
  await work(other)
  await other.close()
}

/** Records of the last twenty-four hours, five hundred in each. */
async function fill(on: Database, { id: projectId }: Project, count = hours * perHour): Promise<void> {
  await on.query(
    'test-fill',
    `insert into challenges (project_id, id, purpose, channel, address, target, record_id, content, locale, key_id, tries,
      tries_max, created_at, expires_at, used_at, spends_token, delivery_state)
    select $1, decode(lpad(to_hex(extract(epoch from at)::bigint), 8, '0') || lpad(to_hex(n), 16, '0'), 'hex'), 'service',
      case when n % 4 = 0 then 'whatsapp' else 'email' end, 'person' || n || '@example.test',
      case when n % 3 = 0 then 'Person' || n || '@Example.test' else 'person' || n || '@example.test' end, 'order_' || n,
      'code', 'en', 'k', 0, 5, at, at + interval '5 minutes', case when n % 2 = 0 then at end, true, 'accepted'
    from (
      select n, date_trunc('hour', clock_now()) - interval '1 hour' * (n / $3) + interval '3 seconds' * (n % $3) as at
      from generate_series(0, $2 - 1) n
    ) s`,
    [projectId, count, perHour],
  )
  await on.query('test-rebuild', 'select rebuild_code_counts()')
}

const anyQuery: Omit<RecordQuery, 'projectId'> = {
  purpose: 'service',
  channel: null,
  isVerified: null,
  recordId: null,
  target: null,
  from: null,
  until: null,
  offset: 0,
  limit: 10,
}

/** What is asked, and how many rows it may read. */
const asked = (): [name: string, query: Partial<RecordQuery>, readMax: number][] => {
  const until = new Date()
  return [
    ['the first page', {}, 200],
    ['the last page', { offset: hours * perHour - 10 }, 200 + 2 * perHour],
    ['a deep page', { offset: 10_500 }, 200 + 2 * perHour],
    ['a deep page of a channel', { offset: 2_500, channel: 'whatsapp' }, 200 + 3 * perHour],
    ['a deep page of the unverified', { offset: 5_300, isVerified: false }, 200 + 3 * perHour],
    [
      'a range within hours',
      { from: new Date(until.getTime() - 20.5 * 3_600_000), until, offset: 4_000 },
      6 * perHour,
    ],
    ['an address', { target: 'person9000@example.test' as Address }, 50],
    ['a spelling', { target: 'Person9999@Example.test' as Address }, 50],
    ['a record of today', { recordId: 'order_0' }, 50],
    ['a record of a day ago', { recordId: 'order_11990' }, 50],
    ['a record of an address', { recordId: 'order_9000', target: 'person9000@example.test' as Address }, 50],
  ]
}

const readAll = async (): Promise<number[]> => {
  const records = createRecordStore(database)
  const totals = []
  for (const [, query] of asked())
    totals.push((await records.page({ ...anyQuery, projectId: project.id, ...query })).total)
  await records.stats({ projectId: project.id, purpose: 'service', from: null, until: null })
  return totals
}

/** Runs `work`, and returns how much of the tables it has read. */
const countRead = (work: () => Promise<unknown>): Promise<number> =>
  createReadCounter({ db, database, tables: 'challenges' })(work)
