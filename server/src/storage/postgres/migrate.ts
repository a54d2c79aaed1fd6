import { readdir, readFile } from 'node:fs/promises'
import type { Database } from './database.ts'
import { ensurePartitions } from './partitions.ts'

const folder = new URL('../migrations/', import.meta.url)
/** Any number that no other advisory lock in this database uses. */
const migrationLock = 7_246_301

export type Migration = { number: number; name: string; sql: string }

/** The migrations of this build, in order. Their files are named `001-start.sql`. */
export async function listMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}-.*\.sql$/.test(name)).sort()
  return Promise.all(
    names.map(async (name) => ({
      number: Number(name.slice(0, 3)),
      name: name.slice(0, -'.sql'.length),
      sql: await readFile(new URL(name, folder), 'utf8'),
    })),
  )
}

/**
 * Brings the schema up to this build, forward only, and returns the names of what it applied. Nodes that start together
 * take turns. Throws if the schema is newer than this build, which then must not write to it.
 */
export async function migrate(database: Database): Promise<string[]> {
  const migrations = await listMigrations()
  const [table] = await database.query<{ exists: boolean }>(
    'migrations-exist',
    "select to_regclass('migrations') is not null as exists",
  )
  // A server that does not own the schema may not create a table, even one that already exists.
  if (!table?.exists)
    await database.script(`
    select pg_advisory_xact_lock(${migrationLock});
    create table if not exists migrations (
      number integer primary key,
      name text not null,
      applied_at timestamptz not null default now()
    )`)

  const applied: string[] = []
  for (const { number, name, sql } of migrations) {
    const done = await database.query('migration-find', 'select number from migrations where number = $1', [
      number,
    ])
    if (done.length > 0) continue
    // The number is claimed first, under the lock: the second of two nodes fails here on the key and continues.
    const script = `
      select pg_advisory_xact_lock(${migrationLock});
      insert into migrations (number, name) values (${number}, '${name}');
      ${sql}`
    const isOurs = await database.script(script).then(
      () => true,
      (error: { code?: string; constraint?: string }) => {
        if (error.constraint === 'migrations_pkey') return false
        throw new Error(`migration ${name} failed`, { cause: error })
      },
    )
    if (isOurs) applied.push(name)
  }

  await refuseNewerSchema(database, migrations.at(-1)?.number ?? 0)
  await ensurePartitions(database)
  return applied
}

async function refuseNewerSchema(database: Database, known: number): Promise<void> {
  const [row] = await database.query<{ newest: number }>(
    'migration-newest',
    'select max(number) as newest from migrations',
  )
  if (row !== undefined && row.newest > known) {
    throw new Error(
      `The database has schema ${row.newest}, this server knows schemas up to ${known}. Start the newer server that made it.`,
    )
  }
}
