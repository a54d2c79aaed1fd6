import { batchConnections, batchItemsMax } from './database.ts'
import type { Transaction } from './sql.ts'

/** Batches in flight, each request of which locks an address, its limits and perhaps a key. */
const locksPerNode = batchConnections * batchItemsMax * 4

/** For how many nodes the connections and the lock table of a PostgreSQL are enough, in words as well. */
export type Capacity = { nodes: number; text: string; remedy: string }

type Row = { connections: number; locks: number; bound: string }

/** Reads how many nodes, each with this many connections besides those of the batches, the database has room for. */
export async function readCapacity(database: Transaction, connectionsMax: number): Promise<Capacity> {
  const [row] = await database.query<Row>('capacity', capacitySql)
  if (row === undefined) throw new Error('the database answers nothing')
  const { connections, locks, bound } = row
  const connectionsPerNode = connectionsMax + batchConnections
  const nodes = Math.min(Math.floor(connections / connectionsPerNode), Math.floor(locks / locksPerNode))
  return {
    nodes,
    text: `${connections} connections (${bound}) and ${locks} locks are enough for ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
    remedy: `A node needs ${connectionsPerNode} connections and ${locksPerNode} locks: raise ${bound} or max_locks_per_transaction.`,
  }
}

/**
 * The smallest of the three bounds on connections: of the server, of the database and of the role. -1 stands for none, and a
 * superuser has only the first.
 */
const capacitySql = `
  with bounds as (
    select 1 as place, 'max_connections' as bound,
      current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
        - coalesce(current_setting('reserved_connections', true), '0')::integer as connections
    union all
    select 2, 'CONNECTION LIMIT of the database', datconnlimit
    from pg_database
    where datname = current_database() and datconnlimit >= 0 and not (select rolsuper from pg_roles where rolname = current_user)
    union all
    select 3, 'CONNECTION LIMIT of the role', rolconnlimit
    from pg_roles
    where rolname = current_user and rolconnlimit >= 0 and not rolsuper
  )
  select connections, bound,
    current_setting('max_locks_per_transaction')::integer
      * (current_setting('max_connections')::integer + current_setting('max_prepared_transactions')::integer) as locks
  from bounds
  order by connections, place
  limit 1`
