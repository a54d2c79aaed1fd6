import type { Database } from '../postgres/database.ts'
import type { Transaction } from '../postgres/sql.ts'
import type { Statement } from './record-statements.ts'

/**
 * Reads by the indexes, whenever the statement was planned: a plan that was made while a day was new would read all rows of the
 * day. One plan serves all values, because making one looks at the partition of every day. A reader gets one processor, for the
 * others are for sends and checks.
 */
export const readByIndexes = <Row>(database: Database, { name, sql, values }: Statement): Promise<Row[]> =>
  database.transaction(async (tx) => {
    await planByIndexes(tx)
    return tx.query<Row>(name, sql, values)
  })

/** The same for the rest of a transaction. */
export const planByIndexes = (tx: Transaction): Promise<unknown> => tx.query('read-by-indexes', byIndexesSql)

const byIndexesSql = `
  select set_config(name, setting, true)
  from (values ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),
    ('enable_bitmapscan', 'off'), ('max_parallel_workers_per_gather', '0'), ('plan_cache_mode', 'force_generic_plan'),
    ('jit', 'off'), ('work_mem', '32MB')) as s(name, setting)`
