import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Unavailable } from '../../engine/ports/unavailable.ts'
import { asFault, isConnectionLost, isTimeOut, throwFault } from './database-faults.ts'
import { exchange, type Statement, type StatementAnswer } from './exchange.ts'
import type { BatchTransaction } from './sql.ts'

/*
 * One transaction on a pool. If its connection is lost, the outcome is determined: what certainly did not commit is
 * done once more, and after a lost commit PostgreSQL is asked for the outcome. Answering 503 to a login whose code is
 * spent would leave its owner with neither a session nor a code.
 */

/** A pooled connection may have died unnoticed, and the second one as well, as after a restart of the server. */
const attemptsMax = 3

/**
 * Commits everything that `work` did, or nothing. `work` may run several times, each time after the one before was
 * undone completely.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: BatchTransaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryTransaction(pool, work)
    if (outcome.kind === 'committed') return outcome.result
    if (outcome.kind === 'undone' && attempt < attemptsMax) continue
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
  const client = await connect(pool)
  const send = createSend(client)
  const id = begin(send)
  let broken: Error | undefined
  let done: { result: Result } | undefined
  try {
    const result = await work({
      query: async <Row>(name: string, text: string, values: unknown[] = []) =>
        (await send({ name, text, values })).rows as Row[],
      // If it fails, so does the commit, which is in the same message.
      write: (name, text, values) => void send({ name, text, values }).catch(() => {}),
    })
    done = { result }
    const { command } = await send({ name: 'commit', text: 'commit' })
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

/** A connection of the pool. One that is lost while it opens is tried once more. */
async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    if (!isConnectionLost(error) || isTimeOut(error)) throw asFault(error)
    return pool.connect().catch(throwFault)
  }
}

/** Begins, together with the first statements; answers the number that PostgreSQL knows the transaction by. */
function begin(send: Send): Promise<string> {
  void send({ name: 'begin', text: 'begin' }).catch(() => {})
  const id = send({ name: 'transaction-id', text: 'select pg_current_xact_id()::text as id' }).then(
    ({ rows }) => (rows[0] as { id: string }).id,
  )
  id.catch(() => {})
  return id
}

/** Runs one statement that only reads, outside of transactions. */
export async function read<Row>(pool: pg.Pool, statement: Statement): Promise<Row[]> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    const [answer] = await exchange(client, [statement])
    return answer?.rows as Row[]
  } catch (error) {
    if (isConnectionLost(error)) broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

type Send = (statement: Statement) => Promise<StatementAnswer>

/**
 * Sends the statements of one turn in one message. If one fails, the turn fails with its error, and so does every later
 * statement: PostgreSQL would report of those only that the transaction is aborted.
 */
function createSend(client: pg.PoolClient): Send {
  type Turn = { statements: Statement[]; answers: Promise<StatementAnswer[]> }
  let turn: Turn | null = null
  let fault: { error: unknown } | null = null

  function openTurn(): Turn {
    const statements: Statement[] = []
    const answers = new Promise<void>((resolve) => process.nextTick(resolve)).then(async () => {
      turn = null
      if (fault !== null) throw fault.error
      try {
        return await exchange(client, statements)
      } catch (error) {
        fault ??= { error }
        throw fault.error
      }
    })
    return { statements, answers }
  }

  return async (statement) => {
    turn ??= openTurn()
    const place = turn.statements.push(statement) - 1
    return (await turn.answers)[place] as StatementAnswer
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
async function isCommitted(
  pool: pg.Pool,
  { client, id }: { client: pg.ClientBase; id: Promise<string> },
): Promise<boolean> {
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
  const rows = await read<{ status: string | null; incarnation: string }>(pool, {
    name: 'transaction-status',
    text: `select pg_xact_status($1::xid8) as status, ${incarnationSql} as incarnation`,
    values: [id],
  }).catch((cause: unknown) => {
    throw inDoubt(cause)
  })
  const [row] = rows
  if (row?.status == null || row.incarnation !== incarnations.get(client)) throw inDoubt()
  return row.status
}

const inDoubt = (cause?: unknown): Unavailable =>
  new Unavailable('a transaction is in doubt: its commit was not answered', { cause })
