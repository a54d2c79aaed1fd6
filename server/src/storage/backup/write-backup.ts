import type pg from 'pg'
import type { SecretFingerprints } from '../../domain/master-secret.ts'
import { type BackupCount, type BackupHead, endMark, formatVersion, tableMark } from './backup-format.ts'

const fetchedMax = 500

/**
 * Writes everything that the schema holds, line by line, as of one moment: one snapshot sees all tables, whatever servers write in
 * the meantime. A few hundred rows are in memory at a time. `onEnd` learns how much it was.
 */
export async function* writeBackup(
  client: pg.ClientBase,
  { version, onEnd }: { version: string; onEnd: (count: BackupCount) => void },
): AsyncGenerator<string> {
  await client.query('begin isolation level repeatable read read only')
  for (const statement of sessionSettings) await client.query(statement)
  yield `${JSON.stringify(await readHead(client, version))}\n`
  const tables = await listTables(client)
  let rows = 0
  for (const table of tables) {
    yield `${tableMark}${table}\n`
    for await (const lines of readLines(client, table)) {
      rows += lines.length
      yield lines.map((line) => `${line}\n`).join('')
    }
  }
  await client.query('commit')
  yield `${endMark}${rows}\n`
  onEnd({ rows, tables: tables.length })
}

/** A backup takes as long as the data is large; and what it writes must not depend on the settings of a role. */
const sessionSettings = [
  'set local statement_timeout = 0',
  'set local lock_timeout = 0',
  'set local idle_in_transaction_session_timeout = 0',
  "set local timezone = 'UTC'",
  "set local bytea_output = 'hex'",
]

async function readHead(client: pg.ClientBase, version: string): Promise<BackupHead> {
  const { rows } = await client.query<
    Omit<BackupHead, 'watchwordBackup' | 'version' | 'fingerprints'> & SecretFingerprints
  >(
    `select
      (select name from migrations order by number desc limit 1) as migration,
      to_json(now()) as "createdAt",
      (select secret_fingerprint from installation) as current,
      (select previous_fingerprint from installation) as previous,
      array(
        select distinct right(child.relname, 8)
        from pg_inherits
        join pg_class child on child.oid = inhrelid
        join pg_class parent on parent.oid = inhparent
        where parent.relkind = 'p' and parent.relnamespace = current_schema()::regnamespace
        order by 1
      ) as days`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('the database answers nothing')
  const { migration, createdAt, days, current, previous } = row
  return {
    watchwordBackup: formatVersion,
    version,
    migration,
    createdAt,
    fingerprints: { current, previous },
    days,
  }
}

/** Every table but the record of migrations, each after those that it refers to. */
async function listTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string; refers_to: string[] }>(
    `select t.relname as name, array(
      select distinct other.relname::text
      from pg_constraint join pg_class other on other.oid = confrelid
      where conrelid = t.oid and contype = 'f' and confrelid <> t.oid
    ) as refers_to
    from pg_class t
    where t.relnamespace = current_schema()::regnamespace and t.relkind in ('r', 'p') and not t.relispartition
      and t.relname <> 'migrations'
    order by t.relname`,
  )
  const ordered: string[] = []
  for (let left = rows; left.length > 0; left = left.filter(({ name }) => !ordered.includes(name))) {
    const next = left.filter(({ refers_to }) => refers_to.every((name) => ordered.includes(name)))
    if (next.length === 0) throw new Error('tables refer to each other in a circle')
    ordered.push(...next.map(({ name }) => name))
  }
  return ordered
}

async function* readLines(client: pg.ClientBase, table: string): AsyncGenerator<string[]> {
  const name = client.escapeIdentifier(table)
  // A column of type json keeps the white space between its tokens, and a row must be one line.
  await client.query(
    `declare backup_rows no scroll cursor for
    select translate(row_to_json(t)::text, E'\\n\\r', '  ') as line from ${name} t`,
  )
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`fetch ${fetchedMax} from backup_rows`)
    if (rows.length === 0) break
    yield rows.map(({ line }) => line)
  }
  await client.query('close backup_rows')
}
