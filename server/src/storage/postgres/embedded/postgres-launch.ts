import { execFile, spawn } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { makeDirectory, openGiven } from './foreign-directory.ts'
import { changeOwnerOfAll, type Home } from './postgres-home.ts'
import { hasArgument, identifyProcess, isAlive, type ProcessIdentity } from './process-identity.ts'
import { sharedBuffers } from './shared-buffers.ts'

export type Launch = Home & { logFile: string; log: (line: string) => void }

const databaseName = 'watchword'
const userName = 'watchword'
const logBytesMax = 10 * 1024 * 1024
const pollMilliseconds = 10
const slowPollMilliseconds = 500
const freeBytesWanted = 256 * 1024 * 1024
const orphansMilliseconds = 15_000
const fastStopMilliseconds = 30_000
const slowStartMilliseconds = 5_000

/**
 * What differs from PostgreSQL's own defaults. Every commit is still on disk before it is answered. The memory settings
 * follow the machine, the checkpoint settings are those of a busy one.
 */
const settings: Record<string, string> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '80',
  // Batches lock by name.
  max_locks_per_transaction: '256',
  shared_buffers: `${sharedBuffers({ total: totalmem(), limit: process.constrainedMemory() })}MB`,
  wal_buffers: '8MB',
  wal_compression: 'pglz',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  // Compiling a plan costs more than any of our statements gains from it.
  jit: 'off',
  // Four processes fewer: rows are read from memory, and nothing replicates from here.
  io_method: 'sync',
  max_logical_replication_workers: '0',
  max_parallel_workers: '2',
  autovacuum_max_workers: '2',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Statements would write whole addresses to the log.
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
}

/** Where `pg` and `psql` find the database. */
export const connectionStringOf = (socketDirectory: string, database = databaseName): string =>
  `postgresql://${userName}@/${database}?host=${encodeURIComponent(socketDirectory)}`

/** The server that runs on this cluster; null if `postmaster.pid` is missing or was left behind. */
export function findServer(cluster: string): ProcessIdentity | null {
  const pid = Number(readPidFile(cluster)?.[0])
  if (!Number.isInteger(pid) || pid <= 0) return null
  // Our command line names the cluster; without it, the number now belongs to another program.
  return hasArgument(pid, cluster) ? identifyProcess(pid) : null
}

/** Makes the cluster if there is none. It gets its name only when it is complete and on disk. */
export async function createCluster({ account, binaries, cluster, log }: Launch): Promise<void> {
  if (existsSync(join(cluster, 'PG_VERSION'))) return
  const unfinished = `${cluster}.new`
  rmSync(unfinished, { recursive: true, force: true })
  makeDirectory(unfinished, { mode: 0o700, owner: account.creator })

  log(`Creating a PostgreSQL ${binaries.version} database in ${cluster}`)
  // Trust, because the socket is in a directory of mode 0700: the kernel admits only this account and root, who could
  // read a password file as well. `peer` does not work across the user namespace.
  await runToEnd({ account, binaries }, binaries.initdb, [
    ...['--pgdata', unfinished, '--username', userName, '--auth-local', 'trust', '--auth-host', 'reject'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...(process.platform === 'linux' ? ['--sync-method', 'syncfs'] : []),
  ]).catch((cause: Error) => {
    throw new Error(`The database could not be created.\n${cause.message}${lackOfSpace(unfinished)}`, {
      cause,
    })
  })
  if (account.ids !== null) changeOwnerOfAll(unfinished, account.ids, binaries)
  renameSync(unfinished, cluster)
  const parent = openSync(dirname(cluster), 'r')
  fsyncSync(parent)
  closeSync(parent)
}

/** Starts the server and waits until it answers. */
export async function startServer(launch: Launch): Promise<ProcessIdentity> {
  const { cluster, binaries, account, log, logFile } = launch
  const deadline = Date.now() + orphansMilliseconds
  rotateLog(logFile)
  for (;;) {
    takeOverStaleLocks(launch)
    const logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
    const server = await spawnServer(launch)
    // A server without its database is ended: otherwise it would hold the directory and its disk.
    const isReady = await becomesReady(launch, server).catch(async (error: unknown) => {
      await stopServer(server)
      throw error
    })
    if (isReady) {
      log(`PostgreSQL ${binaries.version} runs in ${cluster} ${account.description}`)
      return server
    }
    const logText = readFileSync(logFile).subarray(logStart).toString().trim()
    // The processes of a killed server need a moment to notice, and keep its memory until then.
    if (logText.includes('shared memory block') && Date.now() < deadline) {
      await sleep(10 * pollMilliseconds)
      continue
    }
    const lastLines = logText.split('\n').slice(-20).join('\n')
    const advice = `${lackOfSpace(cluster)}\nPut a backup of the directory back, or name another with WATCHWORD_DATA. Its log: ${logFile}`
    throw new Error(`PostgreSQL did not start in ${cluster}. It said:\n${lastLines}${advice}`)
  }
}

/** Waits until the server answers, and makes its database if necessary. False if the server ended instead. */
export async function becomesReady(
  { socketDirectory, log }: Pick<Launch, 'socketDirectory' | 'log'>,
  server: ProcessIdentity,
): Promise<boolean> {
  const slowAt = Date.now() + slowStartMilliseconds
  let isPatient = true
  while (isAlive(server)) {
    const state = await tryToConnect(connectionStringOf(socketDirectory))
    if (state === 'ready') return true
    if (state === 'no database') await createDatabase(socketDirectory)
    if (isPatient && Date.now() > slowAt) {
      isPatient = false
      log('PostgreSQL is still recovering from an earlier crash; this can take minutes')
    }
    // Every question leaves a line in the log until the server is ready.
    await sleep(isPatient ? pollMilliseconds : slowPollMilliseconds)
  }
  return false
}

/** Ends the server after it has written everything to disk. */
export async function stopServer(server: ProcessIdentity): Promise<void> {
  signal(server, 'SIGINT')
  const deadline = Date.now() + fastStopMilliseconds
  while (isAlive(server)) {
    // At once and without a checkpoint: nothing is lost, the next start replays the log.
    if (Date.now() > deadline) signal(server, 'SIGQUIT')
    await sleep(pollMilliseconds)
  }
}

/** Sends a signal to a server, if it still runs. */
export function signal(server: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(server)) return
  try {
    process.kill(server.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function spawnServer({
  account,
  binaries,
  cluster,
  socketDirectory,
  logFile,
}: Launch): Promise<ProcessIdentity> {
  const all = { ...settings, unix_socket_directories: socketDirectory }
  const parameters = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [program = '', ...rest] = [...account.prefix, binaries.postgres, '-D', cluster, ...parameters]
  const { O_APPEND, O_CREAT, O_WRONLY } = constants
  const output = openGiven(logFile, { flags: O_APPEND | O_CREAT | O_WRONLY, mode: 0o600, owner: account.ids })
  try {
    // In a session of its own, so that Ctrl-C in a terminal does not end the database before the server that uses it.
    // Its output goes to a file, so that it survives a killed parent without a broken pipe.
    const child = spawn(program, rest, {
      ...account.ids,
      cwd: '/',
      env: binaries.environment,
      detached: true,
      stdio: ['ignore', output, output],
    })
    child.unref()
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    const { pid = 0 } = child
    return identifyProcess(pid) ?? { pid, startedAt: 'ended' }
  } finally {
    closeSync(output)
  }
}

/**
 * PostgreSQL refuses to start while the process named in its lock files is alive. After a reboot or in a new container
 * that number may belong to any process, and where nothing reaps zombies even a zombie keeps it. PostgreSQL ignores a
 * lock of its own parent, so we write our number there. The file must not be deleted: it also names the shared memory,
 * by which PostgreSQL notices orphans of the old server that still write.
 */
function takeOverStaleLocks({ cluster, socketDirectory, account }: Launch): void {
  const lines = readPidFile(cluster)
  if (lines !== null) {
    const flags = constants.O_WRONLY | constants.O_TRUNC
    const file = openGiven(join(cluster, 'postmaster.pid'), { flags, mode: 0o600, owner: account.ids })
    writeFileSync(file, [process.pid, ...lines.slice(1)].join('\n'))
    closeSync(file)
  }
  rmSync(join(socketDirectory, '.s.PGSQL.5432.lock'), { force: true })
}

function readPidFile(cluster: string): string[] | null {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function tryToConnect(connectionString: string): Promise<'ready' | 'not yet' | 'no database'> {
  const client = new pg.Client({ connectionString, ssl: false })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return 'ready'
  } catch (error) {
    return (error as { code?: string }).code === '3D000' ? 'no database' : 'not yet'
  }
}

async function createDatabase(socketDirectory: string): Promise<void> {
  const client = new pg.Client({
    connectionString: connectionStringOf(socketDirectory, 'postgres'),
    ssl: false,
  })
  await client.connect()
  try {
    await client.query(`create database ${databaseName}`)
    // The details of a conflict would write whole addresses to the log. For a failed start we want them.
    await client.query(`alter database ${databaseName} set log_error_verbosity to terse`)
  } finally {
    await client.end()
  }
}

/** Runs a program that creates something, and fails with its output. */
function runToEnd(
  { account, binaries }: Pick<Home, 'account' | 'binaries'>,
  program: string,
  parameters: string[],
) {
  const [first = '', ...rest] = [...account.prefix, program, ...parameters]
  const options = { ...account.creator, cwd: '/', env: binaries.environment }
  return new Promise<void>((resolve, reject) => {
    execFile(first, rest, options, (error, stdout, stderr) => {
      if (error === null) return resolve()
      reject(
        new Error((stderr || stdout || error.message).trim().split('\n').slice(-20).join('\n'), {
          cause: error,
        }),
      )
    })
  })
}

function rotateLog(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (size > logBytesMax) renameSync(logFile, `${logFile}.old`)
}

/** A full disk also loses the log line that says so. */
function lackOfSpace(path: string): string {
  const directory = existsSync(path) ? path : dirname(path)
  const { bavail, bsize } = statfsSync(directory)
  const free = bavail * bsize
  if (free >= freeBytesWanted) return ''
  return `\nThe disk of ${directory} has only ${Math.floor(free / 1024 / 1024)} MB left.`
}
