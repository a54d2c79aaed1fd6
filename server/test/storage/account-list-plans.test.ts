import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmailAddress } from '../../src/domain/address.ts'
import type { AccountStore } from '../../src/engine/ports/accounts.ts'
import { createDatabase } from '../../src/storage/postgres/database.ts'
import { createAccountStore } from '../../src/storage/stores/accounts.ts'
import { makeUnlimitedProject } from '../harness/storage-world.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * What a page of accounts costs: a filter that reads what it passes over takes as long as the project has people.
 */

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db?.drop())

test('a page of accounts reads its own, with each filter, however many others there are', async () => {
  const { id: projectId } = await makeUnlimitedProject(db.database)
  const fill = (from: number, until: number) =>
    db.query(
      `insert into accounts (project_id, id, type, email, email_verified_at, created_at)
      select $1, n, case when n % 5000 = 0 then 'AGENT' else 'USER' end, 'person' || n || '@example.test', now(), now()
      from generate_series($2::integer, $3::integer) n`,
      [projectId, from, until],
    )
  const page = (accounts: AccountStore, query: Partial<Parameters<AccountStore['list']>[0]>) =>
    accounts.list({ projectId, type: null, after: 0, limit: 4, ...query })
  const queries = [
    {},
    { after: 4_990 },
    { type: 'AGENT' },
    { type: 'AGENT', after: 4_990 },
    { email: 'person4000@example.test' as EmailAddress },
    { email: 'person4000@example.test' as EmailAddress, type: 'USER' },
  ] as const
  const readFor = async (query: (typeof queries)[number]) => {
    const before = await settled()
    const database = createDatabase({ connectionString: db.connectionString, connectionsMax: 1 })
    for (let nth = 0; nth < 8; nth += 1)
      expect((await page(createAccountStore(database), query)).length).toBeGreaterThan(0)
    // PostgreSQL adds up what a connection has read when it ends.
    await database.close()
    return (await settled()) - before
  }

  const read: number[][] = []
  for (const [from, until] of [
    [1, 5_000],
    [5_001, 20_000],
  ] as const) {
    await fill(from, until)
    await db.query('analyze accounts')
    const counts = []
    for (const query of queries) counts.push(await readFor(query))
    read.push(counts)
  }
  for (const counts of read)
    expect(counts.map((count) => count > 0 && count <= 8 * 10)).toEqual(queries.map(() => true))
})

async function readTuples(): Promise<number> {
  await db.query('select pg_stat_clear_snapshot()')
  const [row] = await db.query<{ read: number }>(
    `select (select sum(seq_tup_read) from pg_stat_user_tables where relname = 'accounts')::integer
      + (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'accounts')::integer as read`,
  )
  return row?.read ?? 0
}

async function settled(): Promise<number> {
  for (let before = -1, now = await readTuples(); ; [before, now] = [now, await readTuples()]) {
    if (now === before) return now
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
