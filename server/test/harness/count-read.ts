import type { Database } from '../../src/storage/postgres/database.ts'
import type { TestDatabase } from './test-database.ts'

/**
 * Counts the rows and index entries that work reads of the tables whose names begin with `tables`. It must run on `database`, which
 * has one connection.
 */
export function createReadCounter({
  db,
  database,
  tables,
}: {
  db: TestDatabase
  database: Database
  tables: string
}): (work: () => Promise<unknown>) => Promise<number> {
  /** What idle connections have read so far. */
  async function readTuples(): Promise<number> {
    await db.query('select pg_stat_clear_snapshot()')
    const [row] = await db.query<{ read: number }>(
      `select (select sum(seq_tup_read) from pg_stat_user_tables where starts_with(relname, $1))::integer
        + (select sum(idx_tup_read) from pg_stat_user_indexes where starts_with(relname, $1))::integer as read`,
      [tables],
    )
    return row?.read ?? 0
  }
  const flush = () => database.query('test-flush', 'select pg_stat_force_next_flush()')

  return async (work) => {
    await flush()
    await flush()
    const before = await readTuples()
    await work()
    await flush()
    await flush()
    return (await readTuples()) - before
  }
}
