import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmailAddress } from '../../src/domain/address.ts'
import { createDatabase } from '../../src/storage/postgres/database.ts'
import { createPasswordStore } from '../../src/storage/stores/passwords.ts'
import { makeUnlimitedProject } from '../harness/storage-world.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * A login asks for the kinds of all imported hashes of its project, and for what its network has failed at. That must cost
 * next to nothing.
 */

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db?.drop())

test('the kinds of a project and the limits of a network are found by a few entries of an index, however many there are and whenever it was planned', async () => {
  const { id: projectId } = await makeUnlimitedProject(db.database)
  const nobody = { projectId, type: 'USER', email: 'nobody@example.test' as EmailAddress } as const
  const judge = () => ({ isAllowed: true, next: { failures: 0, lockedUntil: null } })
  const guards = (['failed-logins', 'failed-login-addresses'] as const).map((scope) => ({
    scope,
    key: '192.0.2.1',
    max: 300,
    windowSeconds: 3_600,
  }))
  // One connection, whose plans are kept.
  const database = createDatabase({ connectionString: db.connectionString, connectionsMax: 1 })
  const passwords = createPasswordStore(database)
  const kindsNow = async () => {
    const attempt = await passwords.attempt(nobody, { judge, guards })
    return attempt.isLimited ? null : attempt.importedKinds
  }
  for (let nth = 0; nth < 8; nth += 1) expect(await kindsNow()).toEqual([])

  const kinds = ['$2b$10', '$2b$12', '$argon2id$v=19$m=65536,t=3,p=4']
  await db.query(
    `insert into accounts (project_id, id, type, email, password_hash, created_at)
    select $1, n, 'USER', 'person' || n || '@example.test',
      (array['$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', $2 || '$a', $3 || '$b', $4 || '$c$d'])[1 + n % 4], now()
    from generate_series(1, 20000) n`,
    [projectId, ...kinds],
  )
  await db.query('analyze accounts')
  await db.query(
    `insert into limits (project_id, scope, key, started_at, count, members)
    select $1, 'failed-logins', 'network ' || n, now(), 1, '{}'
    from generate_series(1, 20000) n`,
    [projectId],
  )
  const readTuples = async () => {
    await db.query('select pg_stat_clear_snapshot()')
    const [row] = await db.query<{ read: number }>(
      `select (select sum(seq_tup_read) from pg_stat_user_tables where relname in ('accounts', 'limits'))::integer
        + (select sum(idx_tup_read) from pg_stat_user_indexes where relname in ('accounts', 'limits'))::integer as read`,
    )
    return row?.read ?? 0
  }
  const settle = async () => {
    // PostgreSQL adds up what a connection has read when it ends.
    await database.close()
    for (let before = -1, now = await readTuples(); now !== before; [before, now] = [now, await readTuples()])
      await new Promise((resolve) => setTimeout(resolve, 300))
    return readTuples()
  }
  const before = await readTuples()
  for (let nth = 0; nth < 10; nth += 1) expect(await kindsNow()).toEqual(kinds)
  expect((await settle()) - before).toBeLessThan(10 * 20)
})
