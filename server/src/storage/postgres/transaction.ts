import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Unavailable } from '../../engine/ports/unavailable.ts'
import { asFault, isConnectionLost, isTimeOut, throwFault } from './database-faults.ts'
import type { BatchTransaction } from './sql.ts'

/*
 * One transaction on a pool. When its connection is lost, nothing is left to chance: what certainly did not commit is done
 * once more, and after a lost commit PostgreSQL is asked what became of it. Answering 503 to a login whose code is spent
 * would leave its owner with neither a session nor a code.
 */

/** `id` is the name under which to ask for the fate; it fails where the transaction could not begin. */
type Begun = { client: pg.PoolClient; send: Send; id: Promise<string> }

/** Commits what `work` did, or nothing of it. `work` may run twice, the second time after all of the first was undone. */
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
  /** The connection was lost, and nothing of the transaction is left. */
  | { kind: 'undone'; error: unknown }
  | { kind: 'failed'; error: unknown }

async function tryTransaction<Result>(
  pool: pg.Pool,
  work: (tx: BatchTransaction) => Promise<Result>,
): Promise<Outcome<Result>> {
  const { client, send, id } = await connectAndBegin(pool).catch(throwFault)
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
    // The writes come first in the array, so that their error is the one that is told, not the commit's.
    const { command } = (await Promise.all([...writes, send({ text: 'commit' })])).at(-1) as pg.QueryResult
    // PostgreSQL answers ROLLBACK to the commit of a failed transaction; nothing of it may look done.
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
    // The commit was on its way.
    return (await isCommitted(pool, { client, id }))
      ? { kind: 'committed', result: done.result }
      : { kind: 'undone', error }
  } finally {
    client.release(broken)
  }
}

/** A pooled connection may have died unnoticed; nothing is lost by beginning once more on a fresh one. */
async function connectAndBegin(pool: pg.Pool): Promise<Begun> {
  for (let attempt = 1; ; attempt += 1) {
    let client: pg.PoolClient | undefined
    try {
      client = await pool.connect()
      const send = createSend(client)
      const id = begin(send)
      // On a pipelined connection the first reads leave together with it, and are answered when it is.
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

type Send = (statement: pg.QueryConfig) => Promise<pg.QueryResult>

/** What is sent in one turn leaves in one write, so that PostgreSQL wakes once and finds all of it. */
function createSend(client: pg.PoolClient): Send {
  // `pg` has no call for this. The lockfile keeps its version, and without the socket every transaction of a test fails.
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

/** The life of the server that a connection was opened in. */
const lives = new WeakMap<pg.ClientBase, string>()

/**
 * A server that has crashed or given way to its replica may give a transaction's number away once more, so its word about
 * a number counts only while it is the same server and has not crashed: then its statistics began later.
 */
const lifeSql = "pg_postmaster_start_time()::text || ' ' || (select stats_reset::text from pg_stat_bgwriter)"

/**
 * Remembers in which life of the server a new connection began. A standby is no server for us: it takes no writes, and what
 * it says of keys and sessions may be over. While a primary is replaced the way to it may lead to one, and a connection
 * that was kept would lead there for ever.
 */
export async function greetServer(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ life: string; is_standby: boolean }>(
    `select ${lifeSql} as life, pg_is_in_recovery() as is_standby`,
  )
  const [server] = rows
  // With the SQLSTATE of PostgreSQL's own answer to a write: it passes by itself.
  if (server?.is_standby !== false)
    throw Object.assign(new Error('the server is a standby, which takes no writes'), { code: '25006' })
  lives.set(client, server.life)
}

const fateMilliseconds = 3_000

/** Asks what became of a transaction whose commit was not answered. Throws when nobody can tell. */
async function isCommitted(pool: pg.Pool, { client, id }: Pick<Begun, 'client' | 'id'>): Promise<boolean> {
  const endsAt = performance.now() + fateMilliseconds
  while (performance.now() < endsAt) {
    const fate = await askFate(pool, client, await id)
    if (fate !== 'in progress') return fate === 'committed'
    // The server has not noticed yet that nobody is there any more.
    await sleep(20)
  }
  throw new Unavailable('the fate of a commit is not known')
}

async function askFate(pool: pg.Pool, client: pg.ClientBase, id: string): Promise<string> {
  const { rows } = await pool
    .query<{ fate: string | null; life: string }>({
      name: 'commit-fate',
      text: `select pg_xact_status($1::xid8) as fate, ${lifeSql} as life`,
      values: [id],
    })
    .catch((cause: unknown) => {
      throw new Unavailable('the fate of a commit is not known', { cause })
    })
  const [row] = rows
  if (row?.fate == null || row.life !== lives.get(client))
    throw new Unavailable('the fate of a commit is not known')
  return row.fate
}
