import type { TestDatabase } from './test-database.ts'

/** Every row of a project in every table, and the keys of its workspace, as texts. */
export async function rowsOf(db: Pick<TestDatabase, 'query'>, projectId: string): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    `select relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'project_id'
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`,
  )
  const queries = [
    'select t::text as row from projects t where id = $1',
    'select t::text as row from api_keys t join projects p on p.workspace_id = t.workspace_id where p.id = $1',
    ...tables.map(({ name }) => `select '${name}' || t::text as row from ${name} t where project_id = $1`),
  ]
  const rows = await Promise.all(queries.map((sql) => db.query<{ row: string }>(sql, [projectId])))
  return rows.flatMap((found) => found.map(({ row }) => row)).sort()
}
