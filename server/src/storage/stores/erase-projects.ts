import type { ProjectId, WorkspaceId } from '../../domain/project.ts'
import { recordEvents } from '../batches/events.ts'
import type { Database } from '../postgres/database.ts'
import { repeatWork } from '../postgres/repeat-work.ts'
import type { Transaction } from '../postgres/sql.ts'

/*
 * Erases projects that an operator has deleted, in pieces that each end within the time of a statement. What is done is done: a
 * node that is killed leaves the rest to any other, or to its next start. The row of the project goes last.
 */

const everyMilliseconds = 60_000
/** Nodes believe for a second that the project is open, and a message in flight is recorded half a minute later at most. */
const settleSeconds = 60
const pieceRows = 2_000
/** Of a table in which the project has to be searched for: 16 MB. */
const pieceBlocks = 2_000

export type ErasePieces = { rows: number; blocks: number }

/** Erases the deleted projects. Several nodes may do so at once. */
export async function eraseProjects(
  database: Database,
  pieces: ErasePieces = { rows: pieceRows, blocks: pieceBlocks },
): Promise<void> {
  const deleted = await database.query<{ id: ProjectId }>(
    'erase-due',
    `select id
    from projects
    where deleted_at < clock_now() - make_interval(secs => $1)
    order by deleted_at`,
    [settleSeconds],
  )
  if (deleted.length === 0) return
  const tables = await listTables(database)
  for (const { id } of deleted) {
    // A second time, for what was written beside the first. Then nothing of the project is left that could write.
    while ((await eraseRows(database, id, { tables, pieces })) > 0);
    await database.transaction((tx) => eraseProject(tx, id))
  }
}

/** `key` is the primary key. */
type Table = { name: string; key: string[] }

/**
 * Every table that has rows of projects, except for the events, which hold no address. Read from the catalogue, because a list
 * would forget the next table.
 */
const listTables = (database: Database): Promise<Table[]> =>
  database.query<Table>(
    'erase-tables',
    `select c.relname::text as name, (
        select array_agg(k.attname::text order by array_position(i.indkey::smallint[], k.attnum))
        from pg_index i
        join pg_attribute k on k.attrelid = i.indrelid and k.attnum = any(i.indkey)
        where i.indrelid = c.oid and i.indisprimary
      ) as key
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'project_id' and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'events'
    order by c.relname`,
  )

/** Deletes all rows of a project, and returns how many there were. */
async function eraseRows(
  database: Database,
  id: ProjectId,
  { tables, pieces }: { tables: Table[]; pieces: ErasePieces },
): Promise<number> {
  let count = 0
  for (const { name, key } of tables)
    count += await (key[0] === 'project_id'
      ? eraseByKey(database, id, { name, key, pieces })
      : eraseByBlocks(database, id, { name, pieces }))
  return count
}

/**
 * By ranges of the primary key. A join with the keys of a piece could be planned as a scan of all rows of the project, which
 * does not end in time.
 */
async function eraseByKey(
  database: Database,
  id: ProjectId,
  { name, key, pieces }: Table & { pieces: ErasePieces },
): Promise<number> {
  let count = 0
  const columns = key.slice(1).join(', ')
  for (let isMore = columns !== ''; isMore; ) {
    const [gone] = await database.query<{ count: number; is_more: boolean }>(
      `erase-piece-${name}`,
      `with bound as materialized (
        select ${columns}
        from ${name}
        where project_id = $1
        order by ${columns}
        offset $2
        limit 1
      ),
      gone as (
        delete from ${name}
        where project_id = $1 and (${columns}) < (select ${columns} from bound)
        returning 1
      )
      select (select count(*)::integer from gone) as count, exists (select from bound) as is_more`,
      [id, pieces.rows],
    )
    count += gone?.count ?? 0
    isMore = gone?.is_more ?? false
  }
  // No more than one piece is left.
  return (
    count +
    (await countDeleted(database, `erase-rest-${name}`, {
      from: name,
      where: 'project_id = $1',
      values: [id],
    }))
  )
}

async function countDeleted(
  database: Database,
  statement: string,
  { from, where, values }: { from: string; where: string; values: unknown[] },
): Promise<number> {
  const [gone] = await database.query<{ count: number }>(
    statement,
    `with gone as (
      delete from ${from}
      where ${where}
      returning 1
    )
    select count(*)::integer as count from gone`,
    values,
  )
  return gone?.count ?? 0
}

/** The key does not begin with the project, and an index for this alone would cost every send. */
async function eraseByBlocks(
  database: Database,
  id: ProjectId,
  { name, pieces }: { name: string; pieces: ErasePieces },
): Promise<number> {
  const [size] = await database.query<{ blocks: number }>(
    `erase-size-${name}`,
    `select (pg_relation_size('${name}') / current_setting('block_size')::integer)::integer as blocks`,
  )
  let count = 0
  for (let block = 0; block < (size?.blocks ?? 0); block += pieces.blocks)
    count += await countDeleted(database, `erase-blocks-${name}`, {
      from: name,
      where: `ctid >= format('(%s,0)', $2::bigint)::tid and ctid < format('(%s,0)', $3::bigint)::tid and project_id = $1`,
      values: [id, block, block + pieces.blocks],
    })
  return count
}

/** The keys of a workspace go with its last project. */
async function eraseProject(tx: Transaction, id: ProjectId): Promise<void> {
  const [row] = await tx.query<{ workspace_id: WorkspaceId }>(
    'erase-project',
    'delete from projects where id = $1 and deleted_at is not null returning workspace_id',
    [id],
  )
  if (row === undefined) return
  const { workspace_id: workspaceId } = row
  // Locked, so that no project is created in the workspace meanwhile.
  await tx.query('erase-workspace-lock', 'select id from workspaces where id = $1 for update', [workspaceId])
  const others = await tx.query('erase-others', 'select id from projects where workspace_id = $1 limit 1', [
    workspaceId,
  ])
  if (others.length === 0) {
    await tx.query('erase-keys', 'delete from api_keys where workspace_id = $1', [workspaceId])
    await tx.query('erase-workspace', 'delete from workspaces where id = $1', [workspaceId])
  }
  // Of the server, because nobody asks for the events of a project that is gone.
  await recordEvents(tx, [{ scope: 'server', type: 'project.erased', details: { projectId: id } }])
}

/** Erases every minute. Returns what ends it. */
export const startErasingProjects = ({
  database,
  onFault,
}: {
  database: Database
  onFault: (fault: unknown) => void
}): (() => Promise<void>) => repeatWork(() => eraseProjects(database), { everyMilliseconds, onFault })
