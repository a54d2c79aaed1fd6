import pg from 'pg'
import { Unavailable } from '../engine/faults.ts'

/*
 * The way to PostgreSQL: two pools, their settings, and the difference between a fault that passes and one that does not.
 * Every statement is named, so that PostgreSQL plans it once a connection.
 */

export type Transaction = {
  /** Runs one prepared statement. `name` identifies its text: two texts never share one. */
  query<Row>(name: string, sql: string, values?: unknown[]): Promise<Row[]>
}

/** A transaction of a batch: its connection is pipelined, so statements that need no answer wait for nothing. */
export type BatchTransaction = Transaction & {
  /** Sends a statement together with the commit; if it fails, the transaction does. */
  write(name: string, sql: string, values: unknown[]): void
}

export type Database = Transaction & {
  /** Commits what `work` did, or nothing of it. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>
  /** The same on the pipelined connections of the batches. */
  batch<Result>(work: (tx: BatchTransaction) => Promise<Result>): Promise<Result>
  /** Runs a script of several statements as it stands, in one transaction. For migrations. */
  script(sql: string): Promise<void>
  close(): Promise<void>
}

export type DatabaseOptions = {
  connectionString: string
  /** Connections for everything but the batches. */
  connectionsMax?: number
  /** Connections for the batches: as many as batches may be in flight. */
  batchConnectionsMax?: number
  /** After this a statement ends, and the request that waits for it is answered 503. */
  statementMilliseconds?: number
}

/** Opens the pools. Nothing is connected before the first statement. */
export function createDatabase({
  connectionString,
  connectionsMax = 10,
  batchConnectionsMax = 4,
  statementMilliseconds = 5_000,
}: DatabaseOptions): Database {
  const shared = {
    connectionString,
    types: { getTypeParser },
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    // The client's own bound is for a server that no longer answers at all; PostgreSQL's comes first.
    query_timeout: statementMilliseconds + 1_000,
    keepAlive: true,
    application_name: 'watchword',
  }
  const settings = `set statement_timeout = ${statementMilliseconds}; set lock_timeout = ${statementMilliseconds};
    set idle_in_transaction_session_timeout = ${2 * statementMilliseconds}; set timezone = 'UTC'`
  // Statements planned while the tables were empty would keep their sequential scans for ever; measured, this is the
  // difference between 7,200 and 17,000 sends a second.
  const batchSettings = `${settings}; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
    set plan_cache_mode = force_generic_plan; set jit = off`

  const general = new pg.Pool({ ...shared, max: connectionsMax, onConnect: runSettings(settings) })
  const batches = new pg.Pool({
    ...shared,
    max: batchConnectionsMax,
    pipeline: true,
    onConnect: runSettings(batchSettings),
  } as pg.PoolConfig)
  // An idle connection that breaks is replaced at its next use; without a listener it would end the process.
  for (const pool of [general, batches]) pool.on('error', () => {})

  const query = async <Row>(name: string, sql: string, values: unknown[] = []): Promise<Row[]> => {
    const run = () => general.query({ name, text: sql, values })
    try {
      return (await run().catch(onceMore(run))).rows
    } catch (error) {
      throw asFault(error)
    }
  }

  return {
    query,
    transaction: (work) => inTransaction(general, work),
    batch: (work) => inTransaction(batches, work),
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
    async close() {
      await Promise.all([general.end(), batches.end()])
    },
  }
}

async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: BatchTransaction) => Promise<Result>,
): Promise<Result> {
  const client = await connectAndBegin(pool).catch(throwFault)
  const writes: Promise<unknown>[] = []
  let broken: Error | undefined
  try {
    const result = await work({
      query: async <Row>(name: string, text: string, values: unknown[] = []) =>
        (await client.query({ name, text, values })).rows as Row[],
      write: (name, text, values) => void writes.push(client.query({ name, text, values })),
    })
    // The writes come first in the array, so that their error is the one that is told, not the commit's.
    const { command } = (await Promise.all([...writes, client.query('commit')])).at(-1) as pg.QueryResult
    // PostgreSQL answers ROLLBACK to the commit of a failed transaction; nothing of it may look done.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back')
    return result
  } catch (error) {
    if (isConnectionLost(error)) broken = error as Error
    else await client.query('rollback').catch((cause: Error) => (broken = cause))
    throw asFault(error)
  } finally {
    client.release(broken)
  }
}

/** A pooled connection may have died unnoticed; nothing is lost by beginning once more on a fresh one. */
async function connectAndBegin(pool: pg.Pool): Promise<pg.PoolClient> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect()
    try {
      await client.query('begin')
      return client
    } catch (error) {
      client.release(error as Error)
      if (attempt === 2 || !isConnectionLost(error)) throw error
    }
  }
}

const runSettings = (sql: string) => async (client: pg.ClientBase) => {
  for (const statement of sql.split(';')) await client.query(statement)
}

/** A single statement outside of a transaction is repeated only when it cannot have reached the server. */
const onceMore =
  <Result>(run: () => Promise<Result>) =>
  (error: unknown): Promise<Result> => {
    if (isNeverSent(error)) return run()
    throw error
  }

const throwFault = (error: unknown): never => {
  throw asFault(error)
}

/** SQLSTATE classes and codes of faults that pass (PostgreSQL, appendix A), and Node's names for a lost peer. */
const passingStates = /^(08|53|57P|25006|55P03|57014|40001|40P01)/
const passingSystemErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
])
const passingMessages =
  /Connection terminated|timeout exceeded|Query read timeout|Client has encountered a connection error/

function asFault(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string }
  const isPassing =
    passingStates.test(code ?? '') ||
    passingSystemErrors.has(code ?? '') ||
    passingMessages.test(message ?? '')
  return isPassing ? new Unavailable('the database is not available', { cause: error }) : error
}

function isConnectionLost(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return (
    /^(08|57P0)/.test(code ?? '') ||
    passingSystemErrors.has(code ?? '') ||
    passingMessages.test(message ?? '')
  )
}

const isNeverSent = (error: unknown): boolean =>
  /^(ECONNREFUSED|ENOENT|EAI_AGAIN)$/.test((error as { code?: string }).code ?? '') ||
  (error as { message?: string }).message === 'Client has encountered a connection error and is not queryable'

const int8 = 20
const timestamptz = 1184

/** bigint as a number (our ids and counts stay far below 2⁵³), moments as `Date`, everything else as `pg` reads it. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === int8) return Number
  if (oid === timestamptz) return parseMoment
  return pg.types.getTypeParser(oid, format as 'text')
}

/** Our connections speak UTC, so what PostgreSQL writes is one letter away from ISO 8601, which Date reads fastest. */
function parseMoment(text: string): Date {
  return text.endsWith('+00') ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`) : usualMoment(text)
}

const usualMoment = pg.types.getTypeParser(timestamptz, 'text') as (text: string) => Date
