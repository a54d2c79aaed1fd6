import pg from 'pg'
import { asFault, isConnectionLost, isTimeOut, throwFault } from './database-faults.ts'
import { createPartitionsOnDemand } from './partitions.ts'
import type { BatchTransaction, Transaction } from './sql.ts'
import { inTransaction, onConnect, read } from './transaction.ts'

export type Database = Transaction & {
  /** Commits everything that `work` did, or nothing. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>
  /** The same on the connections of the batches, where writes leave together with the commit. */
  batch<Result>(work: (tx: BatchTransaction) => Promise<Result>): Promise<Result>
  /** Runs a script of several statements unchanged, in one transaction. For migrations. */
  script(sql: string): Promise<void>
  /** How the connections are used right now. */
  pools(): PoolUse[]
  close(): Promise<void>
}

/** The connections of one pool: how many there may be, are open and in use, and how many statements wait for one. */
export type PoolUse = { name: string; max: number; open: number; inUse: number; waiting: number }

/** Two batchers, of sends and of checks, with a batch in flight and one more for projects that have none there. */
export const batchConnections = 4

/** More requests than most servers have open at once; a batch of as many takes a few milliseconds. */
export const batchItemsMax = 192

export type DatabaseOptions = {
  connectionString: string
  /** Connections for everything but the batches. */
  connectionsMax?: number
  /** After this time a statement ends, and the request that waits for it is answered 503, at most a second later. */
  statementMilliseconds?: number
}

/** Opens the pools. The first statement opens the first connection. */
export function createDatabase({
  connectionString,
  connectionsMax = 10,
  statementMilliseconds = 4_000,
}: DatabaseOptions): Database {
  const shared = {
    connectionString,
    types: { getTypeParser },
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    // The client's own limit is for a server that no longer answers at all; PostgreSQL's limit comes first.
    query_timeout: statementMilliseconds + 1_000,
    keepAlive: true,
    application_name: 'watchword',
  }
  const settings = `set statement_timeout = ${statementMilliseconds}; set lock_timeout = ${statementMilliseconds};
    set idle_in_transaction_session_timeout = ${2 * statementMilliseconds}; set timezone = 'UTC'`
  // Statements planned while the tables were empty would keep their sequential scans forever. Measured, this is the
  // difference between 7,200 and 17,000 sends a second.
  const batchSettings = `${settings}; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
    set plan_cache_mode = force_generic_plan; set jit = off`

  const general = new pg.Pool({ ...shared, max: connectionsMax, onConnect: runSettings(settings) })
  const batches = new pg.Pool({
    ...shared,
    max: batchConnections,
    onConnect: runSettings(batchSettings),
  })
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process. A
  // connection that breaks during a transaction fails its statements; its own listener is for later errors, which
  // nobody awaits and which would end the process as well.
  for (const pool of [general, batches]) {
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
  }

  const withPartitions = createPartitionsOnDemand(() =>
    general.query('select ensure_partitions()').catch(throwFault),
  )
  const run = <Result>(pool: pg.Pool, work: (tx: BatchTransaction) => Promise<Result>): Promise<Result> =>
    withPartitions(() => inTransaction(pool, work))

  const query = async <Row>(name: string, sql: string, values: unknown[] = []): Promise<Row[]> => {
    // Every write is a transaction, so that its outcome can be queried if the connection is lost with the answer.
    if (!/^\s*select\b/i.test(sql)) return run(general, (tx) => tx.query<Row>(name, sql, values))
    const readOnce = () => read<Row>(general, { name, text: sql, values })
    try {
      return await readOnce().catch(onceMore(readOnce))
    } catch (error) {
      throw asFault(error)
    }
  }

  return {
    query,
    transaction: (work) => run(general, work),
    batch: (work) => run(batches, work),
    async script(sql) {
      const client = await general.connect().catch(throwFault)
      try {
        await client.query(
          `begin; set local statement_timeout = 0; set local lock_timeout = 0;\n${sql}\n; commit`,
        )
      } catch (error) {
        await client.query('rollback').catch(() => {})
        throw error
      } finally {
        client.release()
      }
    },
    pools: () => [useOf('general', general), useOf('batches', batches)],
    async close() {
      await Promise.all([general.end(), batches.end()])
    },
  }
}

const useOf = (name: string, { options, totalCount, idleCount, waitingCount }: pg.Pool): PoolUse => ({
  name,
  max: options.max ?? 0,
  open: totalCount,
  inUse: totalCount - idleCount,
  waiting: waitingCount,
})

const runSettings = (sql: string) => async (client: pg.ClientBase) => {
  for (const statement of sql.split(';')) await client.query(statement)
  await onConnect(client)
}

/** A statement that only reads is repeated once on another connection if its own was lost. */
const onceMore =
  <Result>(run: () => Promise<Result>) =>
  (error: unknown): Promise<Result> => {
    if (isConnectionLost(error) && !isTimeOut(error)) return run()
    throw error
  }

const int8 = 20

const timestamptz = 1184

const timestamptzArray = 1185

/** bigint as a number (our ids and counts stay far below 2⁵³), timestamps as `Date`, everything else as `pg` reads it. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === int8) return Number
  if (oid === timestamptz) return parseMoment
  if (oid === timestamptzArray) return parseMoments
  return pg.types.getTypeParser(oid, format as 'text')
}

/** Our connections use UTC, so PostgreSQL's text is one letter away from ISO 8601, which Date parses fastest. */
function parseMoment(text: string): Date {
  return text.endsWith('+00')
    ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
    : defaultParseMoment(text)
}

/** `{"…","…"}` or `{}`; our arrays never hold a null. */
const parseMoments = (text: string): Date[] =>
  text === '{}' ? [] : text.slice(2, -2).split('","').map(parseMoment)

const defaultParseMoment = pg.types.getTypeParser(timestamptz, 'text') as (text: string) => Date
