import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Project } from '../../src/domain/project.ts'
import { createDatabase, type Database } from '../../src/storage/postgres/database.ts'
import { createEventStore } from '../../src/storage/stores/events.ts'
import { createWebhookOutbox } from '../../src/storage/stores/webhook-outbox.ts'
import { createWebhookStore } from '../../src/storage/stores/webhooks.ts'
import { createReadCounter } from '../harness/count-read.ts'
import { makeUnlimitedProject } from '../harness/storage-world.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * What reading events costs where rows hold many of them: rows and index entries read, by a connection that planned while
 * there were none. The ids within a row are computed, and a plan that computes them for the whole table takes the server
 * down with its size.
 */

const rowsCount = 4_000
const eventsPerRow = 20
const webhookId = 'WHK_plans'

let db: TestDatabase
let database: Database
let project: Project
beforeAll(async () => {
  db = await createTestDatabase()
  project = await makeUnlimitedProject(db.database)
  await createWebhookStore(db.database).insert({
    projectId: project.id,
    id: webhookId,
    url: 'http://127.0.0.1:9/',
    eventTypes: ['challenge.created'],
    secret: Buffer.from('sealed'),
  })
  database = createDatabase({ connectionString: db.connectionString, connectionsMax: 1 })
  for (let nth = 0; nth < 8; nth += 1) await readEverything()
  await fill(project)
  await fill(await makeUnlimitedProject(db.database))
})
afterAll(async () => {
  await database?.close()
  await db?.drop()
})

/** Events of the last twenty hours, and a delivery for one of each row. */
async function fill({ id: projectId }: Project): Promise<void> {
  await db.query(
    `insert into events (project_id, id, type, challenge_ids, details)
    select $1, event_id(clock_now() - interval '18 seconds' * n), 'challenge.created',
      decode(repeat(lpad(to_hex(n), 24, '0'), $3), 'hex'), '{}'
    from generate_series(1, $2::integer) n`,
    [projectId, rowsCount, eventsPerRow],
  )
  await db.query(
    `insert into webhook_deliveries (project_id, event_id, endpoint_id, state, next_at)
    select project_id, event_id_at(id, 7), $2, case when row_number() over (order by id) % 100 = 0 then 'waiting' else 'delivered' end,
      clock_now()
    from events
    where project_id = $1 and type = 'challenge.created'`,
    [projectId, webhookId],
  )
}

const page = (after: string | null, more: { from?: Date } = {}) =>
  createEventStore(database).page({ scope: project.id, from: null, until: null, limit: 100, ...more, after })
const deliveries = () =>
  createWebhookStore(database).deliveries(project.id, webhookId, { state: null, before: null, limit: 50 })
const claim = () =>
  createWebhookOutbox(database).claim({ busy: [], isFailing: false, webhooksMax: 10, each: 16 })
const replay = (eventId: string) => createWebhookStore(database).replay(project.id, webhookId, { eventId })

async function readEverything(): Promise<void> {
  await page(null)
  await page('70db37800000a1b2c3d4e5f6')
  await deliveries()
  await claim()
  await replay('70db37800000a1b2c3d4e5f6')
}

async function countRead<Result>(work: () => Promise<Result>): Promise<{ read: number; result: Result }> {
  const results: Result[] = []
  const count = createReadCounter({ db, database, tables: 'events_' })
  const read = await count(async () => results.push(await work()))
  return { read, result: results[0] as Result }
}

test('a page reads no more rows than it has events, wherever it begins', expectShortPages)

test('the deliveries of a webhook, its next ones and a replay read a row for each event', async () => {
  const listed = await countRead(deliveries)
  expect(listed.result).toHaveLength(50)
  expect(listed.read).toBeLessThanOrEqual(100)
  const claimed = await countRead(claim)
  expect(claimed.result).toHaveLength(16)
  expect(claimed.read).toBeLessThanOrEqual(40)
  const replayed = await countRead(() => replay(listed.result?.[20]?.eventId ?? ''))
  expect(replayed.result).toBe(1)
  expect(replayed.read).toBeLessThanOrEqual(10)
})

test('nor does a page that was planned when there were many, with statistics', async () => {
  await db.query('analyze')
  await database.close()
  database = createDatabase({ connectionString: db.connectionString, connectionsMax: 1 })
  for (let nth = 0; nth < 8; nth += 1) await readEverything()
  await expectShortPages()
})

async function expectShortPages(): Promise<void> {
  const halfAgo = new Date(Date.now() - (rowsCount / 2) * 18_000)
  for (const start of [null, halfAgo]) {
    const first = await countRead(() => page(null, start === null ? {} : { from: start }))
    expect(first.result).toHaveLength(100)
    const after = first.result[49]?.id as string
    const next = await countRead(() => page(after))
    expect(next.result.slice(0, 50)).toEqual(first.result.slice(50))
    for (const { read } of [first, next]) expect(read).toBeLessThanOrEqual(110)
  }
}
