import type pg from 'pg'
import { type BackupCount, type BackupHead, endMark, formatVersion, tableMark } from './backup-format.ts'

/** Why a backup is not restored; nothing was changed then. */
export class BackupRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BackupRefused'
  }
}

const rowsMax = 500
const charactersMax = 1_000_000

/**
 * Restores the lines of a backup into an empty database whose schema is the one of the backup, all of it or nothing. `admit`
 * judges the head before anything is written. A table of the backup that the schema does not have is somebody else's, and is
 * left out; `onLeftOut` learns of it.
 */
export async function restoreBackup(
  client: pg.ClientBase,
  lines: AsyncIterable<string>,
  { admit, onLeftOut }: { admit: (head: BackupHead) => Promise<void>; onLeftOut: (table: string) => void },
): Promise<BackupCount> {
  await client.query('begin')
  try {
    for (const statement of sessionSettings) await client.query(statement)
    const count = await restoreLines(client, lines, { admit, onLeftOut })
    // Plans that are made before autovacuum has looked would expect empty tables.
    await client.query('analyze')
    await client.query('commit')
    return count
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

const sessionSettings = [
  'set local statement_timeout = 0',
  'set local lock_timeout = 0',
  'set local idle_in_transaction_session_timeout = 0',
  "set local timezone = 'UTC'",
  // A node that starts meanwhile asks here whose database it is, and waits.
  'lock table installation in access exclusive mode',
]

async function restoreLines(
  client: pg.ClientBase,
  lines: AsyncIterable<string>,
  { admit, onLeftOut }: Parameters<typeof restoreBackup>[2],
): Promise<BackupCount> {
  const tables = await listEmptyTables(client)
  let head: BackupHead | null = null
  let table: string | null = null
  let waiting: string[] = []
  let characters = 0
  let [seen, isWhole] = [0, false]
  const count = { rows: 0, tables: 0 }
  const flush = async (): Promise<void> => {
    if (table !== null && waiting.length > 0) await insertRows(client, table, waiting)
    if (table !== null) count.rows += waiting.length
    waiting = []
    characters = 0
  }

  for await (const line of lines) {
    if (head === null) {
      head = parseHead(line)
      await refuseOtherSchema(client, head)
      await admit(head)
      await makeDays(client, head.days)
      await client.query('delete from installation')
    } else if (line.startsWith(tableMark)) {
      await flush()
      const name = line.slice(tableMark.length)
      table = tables.includes(name) ? name : null
      if (table === null) onLeftOut(name)
      else count.tables += 1
    } else if (line.startsWith(endMark)) {
      await flush()
      isWhole = Number(line.slice(endMark.length)) === seen
    } else {
      seen += 1
      waiting.push(line)
      characters += line.length
      if (waiting.length >= rowsMax || characters >= charactersMax) await flush()
    }
  }
  if (!isWhole)
    throw new BackupRefused('The backup is cut off or was changed: its end does not match its rows.')
  return count
}

function parseHead(line: string): BackupHead {
  const head = parseJson(line)
  if (head?.watchwordBackup === undefined) throw new BackupRefused('This is not a backup of Watchword.')
  if (head.watchwordBackup !== formatVersion)
    throw new BackupRefused(
      `This backup was written by Watchword ${head.version}, in a format that this version does not read.`,
    )
  return head
}

function parseJson(line: string): BackupHead | null {
  try {
    return JSON.parse(line) as BackupHead
  } catch {
    return null
  }
}

/** Rows of another schema would need its migrations. */
async function refuseOtherSchema(client: pg.ClientBase, { migration, version }: BackupHead): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select name from migrations order by number desc limit 1',
  )
  const ours = rows[0]?.name
  if (ours === migration) return
  throw new BackupRefused(
    `The backup has schema ${migration}, this database ${ours}: restore it with Watchword ${version}, which has written it, and upgrade afterwards.`,
  )
}

/** The tables of the schema; refuses a database that somebody uses. */
async function listEmptyTables(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name
    from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname <> 'migrations'
    order by relname`,
  )
  const filled: string[] = []
  for (const { name } of rows) {
    // A migration makes its one row, and the first node or command of a server fills it.
    const where = name === 'installation' ? 'where secret_fingerprint is not null or is_development' : ''
    const { rows: found } = await client.query(
      `select 1 from ${client.escapeIdentifier(name)} ${where} limit 1`,
    )
    if (found.length > 0) filled.push(name)
  }
  if (filled.length > 0)
    throw new BackupRefused(
      `This database is in use: there are rows in ${filled.join(', ')}. Restore into a new one; createdb makes it.`,
    )
  return rows.map(({ name }) => name)
}

/**
 * Makes the partitions of past days, by the function that makes those of today. It asks the one clock of the schema, which
 * therefore shows another day until the end of this transaction; nobody else sees that.
 */
async function makeDays(client: pg.ClientBase, days: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ definition: string }>(
    "select pg_get_functiondef('clock_now()'::regprocedure) as definition",
  )
  for (const day of days) {
    const isDay = /^\d{8}$/.test(day)
    if (!isDay) throw new BackupRefused(`The backup names a day that is none: ${JSON.stringify(day)}.`)
    await client.query(
      `create or replace function clock_now() returns timestamptz language sql volatile
      as $$ select timestamptz '${day} 12:00:00+00' $$`,
    )
    await client.query('select ensure_partitions()')
  }
  await client.query(rows[0]?.definition ?? '')
}

/**
 * PostgreSQL reads the values of its own JSON; nothing is converted here. Numbers that a table counts itself are counted anew, so
 * that its counter is right: no row refers to them.
 */
const insertRows = (client: pg.ClientBase, table: string, rows: readonly string[]) => {
  const name = client.escapeIdentifier(table)
  return client.query(
    `insert into ${name} overriding user value select * from json_populate_recordset(null::${name}, $1::json)`,
    [`[${rows.join(',')}]`],
  )
}
