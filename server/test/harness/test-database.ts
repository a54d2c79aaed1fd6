import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { createDatabase, type Database } from '../../src/storage/postgres/database.ts'
import { listMigrations, migrate } from '../../src/storage/postgres/migrate.ts'
import { watch } from '../security/canary/watch.ts'

/** A database of a test's own, with the product's schema and a clock that the test can move. */
export type TestDatabase = {
  connectionString: string
  database: Database
  /** Moves time forward for every connection and node of this database at once. Moves add up. */
  moveClock: (milliseconds: number) => Promise<void>
  /** Runs a statement on a connection of the test's own. */
  query: <Row = Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<Row[]>
  /** Whether a statement on this database waits for a lock of another. */
  isBlocked: () => Promise<boolean>
  drop: () => Promise<void>
}

/**
 * Creates a database in the PostgreSQL of this run, or in the one at `serverUrl`, and applies all migrations, or those that come
 * before a number.
 */
export async function createTestDatabase({
  serverUrl = inject('postgresUrl'),
  before,
}: {
  serverUrl?: string
  before?: number
} = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await runOn(serverUrl, `create database ${name}`)
  const connectionString = withDatabase(serverUrl, name)
  const database = createDatabase({ connectionString })
  await (before === undefined ? migrate(database) : migrateBefore(database, before))

  let offsetMilliseconds = 0
  const eye = new pg.Pool({ connectionString, max: 2 })
  eye.on('error', () => {})
  const testDatabase: TestDatabase = {
    connectionString,
    database,
    async moveClock(milliseconds) {
      offsetMilliseconds += milliseconds
      // In one transaction, so that nobody sees a day without partitions.
      await eye.query(`create or replace function clock_now() returns timestamptz language sql volatile
        as $$ select clock_timestamp() + interval '${offsetMilliseconds} milliseconds' $$;
        select ensure_partitions()`)
    },
    query: async (sql, values = []) => (await eye.query(sql, values)).rows,
    isBlocked: async () =>
      (
        await eye.query(
          "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
      ).rows.length > 0,
    async drop() {
      await watch.noteDatabase(testDatabase)
      await Promise.all([database.close(), eye.end()])
      await runOn(serverUrl, `drop database ${name} with (force)`)
    },
  }
  return testDatabase
}

/** Leaves the schema as a server has left it that knew no migration from this number on. */
async function migrateBefore(database: Database, before: number): Promise<void> {
  await database.script(
    'create table migrations (number integer primary key, name text not null, applied_at timestamptz not null default now())',
  )
  for (const { number, name, sql } of await listMigrations())
    if (number < before)
      await database.script(`insert into migrations (number, name) values (${number}, '${name}'); ${sql}`)
  await database.script('select ensure_partitions()')
}

async function runOn(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}

/** The same server, another database. Unix-socket URLs keep their query. */
function withDatabase(serverUrl: string, name: string): string {
  const [head = '', query] = serverUrl.split('?')
  const url = head.replace(/\/[^/]*$/, `/${name}`)
  return query === undefined ? url : `${url}?${query}`
}
