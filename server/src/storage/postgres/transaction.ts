import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Unavailable } from '../../engine/ports/unavailable.ts'
import { asFault, isConnectionLost, isTimeOut, throwFault } from './database-faults.ts'
import type { BatchTransaction } from './sql.ts'

/*
 * One transaction on a pool. If its connection is lost, the outcome is determined: what certainly did not commit is
 * done once more, and after a lost commit PostgreSQL is asked for the outcome. Answering 503 to a login whose code is
 * spent would leave its owner with neither a session nor a code.
 */

/** `id` identifies the transaction if it becomes in doubt; it rejects if the transaction could not begin. */
type Begun = { client: pg.PoolClient; send: Send; id: Promise<string> }

/**
 * Commits everything that `work` did, or nothing. `work` may run twice, the second time after the first was undone
 * completely.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: BatchTransaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryTransaction(pool, work)
    if (outcome.kind === 'committed') return outcome.result
    if (outcome.kind === 'undone' && attempt === 1) continue
    throw asFault(outcome.error)
  }
}

type Outcome<Result> =
  | { kind: 'committed'; result: Result }
  /** The connection was lost, and nothing of the transaction was stored. */
  | { kind: 'undone'; error: unknown }
  | { kind: 'failed'; error: unknown }

async function tryTransaction<Result>(
  pool: pg.Pool,
  work: (tx: BatchTransaction) => Promise<Result>,
): Promise<Outcome<Result>> {
  const { client, send: sendUnchecked, id } = await connectAndBegin(pool).catch(throwFault)
  const send = reportingFirstFault(sendUnchecked)
  const writes: Promise<unknown>[] = []
  let broken: Error | undefined
  let done: { result: Result } | undefined
  try {
    const result = await work({
      async query<Row>(name: string, text: string, values: unknown[] = []) {
        const [{ rows }] = await Promise.all([send({ name, text, values }), id])
        return rows as Row[]
      },
      write: (name, text, values) => void writes.push(send({ name, text, values })),
    })
    done = { result }
    // The writes come first in the array, so that their error is reported, not the commit's.
    const { command } = (await Promise.all([...writes, send({ text: 'commit' })])).at(-1) as pg.QueryResult
    // PostgreSQL answers ROLLBACK to the commit of a failed transaction, which must not look successful.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back')
    return { kind: 'committed', result }
  } catch (error) {
    if (!isConnectionLost(error)) {
      await client.query('rollback').catch((cause: Error) => (broken = cause))
      return { kind: 'failed', error }
    }
    broken = error as Error
    if (isTimeOut(error)) return { kind: 'failed', error }
    if (done === undefined) return { kind: 'undone', error }
    // The commit was already sent.
    return (await isCommitted(pool, { client, id }))
      ? { kind: 'committed', result: done.result }
      : { kind: 'undone', error }
  } finally {
    client.release(broken)
  }
}

/** A pooled connection may have died unnoticed; beginning once more on a new one loses nothing. */
async function connectAndBegin(pool: pg.Pool): Promise<Begun> {
  for (let attempt = 1; ; attempt += 1) {
    let client: pg.PoolClient | undefined
    try {
      client = await pool.connect()
      const send = createSend(client)
      const id = begin(send)
      // On a pipelined connection the first reads are sent together with it, and answered after it.
      if (isPipelined(pool)) id.catch(() => {})
      else await id
      return { client, send, id }
    } catch (error) {
      client?.release(error as Error)
      if (attempt === 2 || !isConnectionLost(error) || isTimeOut(error)) throw error
    }
  }
}

const isPipelined = ({ options }: pg.Pool): boolean =>
  (options as pg.PoolOptions & { pipeline?: boolean }).pipeline === true

/** Two statements in one message cost one round trip. */
async function begin(send: Send): Promise<string> {
  const begun = await send({ text: 'begin; select pg_current_xact_id()::text as id' })
  const [, { rows }] = begun as unknown as [pg.QueryResult, pg.QueryResult<{ id: string }>]
  return rows[0]?.id ?? ''
}

/**
 * After a failed statement PostgreSQL reports of all later ones only that the transaction is aborted. Statements of one
 * turn have all been sent by then, so whichever is awaited first must report the original fault.
 */
function reportingFirstFault(send: Send): Send {
  let first: unknown
  return (statement) =>
    send(statement).catch((error: { code?: string }) => {
      first ??= error
      throw error.code === transactionAborted ? first : error
    })
}

const transactionAborted = '25P02'

type Send = (statement: pg.QueryConfig) => Promise<pg.QueryResult>

/** Statements of one turn leave in one write, so that PostgreSQL wakes once and finds all of them. */
function createSend(client: pg.PoolClient): Send {
  // `pg` has no call for this. The lock file keeps its version, and without the socket every transaction of a test
  // fails.
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection
  let isHeld = false
  return (statement) => {
    if (!isHeld) {
      isHeld = true
      stream.cork()
      process.nextTick(() => {
        isHeld = false
        stream.uncork()
      })
    }
    return client.query(statement)
  }
}

/** The incarnation of the server that a connection was opened to. */
const incarnations = new WeakMap<pg.ClientBase, string>()

/**
 * A server that has crashed or failed over to its replica may assign a transaction's number again, so its answer about
 * a number counts only while it is the same incarnation: the same process, whose statistics began at the same time.
 */
const incarnationSql =
  "pg_postmaster_start_time()::text || ' ' || (select stats_reset::text from pg_stat_bgwriter)"

/**
 * Remembers to which incarnation of the server a new connection leads. A standby is refused: it takes no writes, and
 * its keys and sessions may be out of date. While a primary is replaced, its address may lead to a standby, and a kept
 * connection would lead there forever.
 */
export async function onConnect(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ incarnation: string; is_standby: boolean }>(
    `select ${incarnationSql} as incarnation, pg_is_in_recovery() as is_standby`,
  )
  const [server] = rows
  // With the SQLSTATE of PostgreSQL's own answer to a write, which is temporary.
  if (server?.is_standby !== false)
    throw Object.assign(new Error('the server is a standby, which takes no writes'), { code: '25006' })
  incarnations.set(client, server.incarnation)
}

const inDoubtMilliseconds = 3_000

/** Asks for the outcome of an in-doubt transaction, whose commit was not answered. Throws if it cannot be determined. */
async function isCommitted(pool: pg.Pool, { client, id }: Pick<Begun, 'client' | 'id'>): Promise<boolean> {
  const endsAt = performance.now() + inDoubtMilliseconds
  while (performance.now() < endsAt) {
    const status = await askStatus(pool, client, await id)
    if (status !== 'in progress') return status === 'committed'
    // The server has not noticed the lost connection yet.
    await sleep(20)
  }
  throw inDoubt()
}

async function askStatus(pool: pg.Pool, client: pg.ClientBase, id: string): Promise<string> {
  const { rows } = await pool
    .query<{ status: string | null; incarnation: string }>({
      name: 'transaction-status',
      text: `select pg_xact_status($1::xid8) as status, ${incarnationSql} as incarnation`,
      values: [id],
    })
    .catch((cause: unknown) => {
      throw inDoubt(cause)
    })
  const [row] = rows
  if (row?.status == null || row.incarnation !== incarnations.get(client)) throw inDoubt()
  return row.status
}

const inDoubt = (cause?: unknown): Unavailable =>
  new Unavailable('a transaction is in doubt: its commit was not answered', { cause })
