/**
 * The PostgreSQL that starts itself when no database is configured: a real server on a Unix socket in the data
 * directory. This file decides who uses it and how long it runs; the other files of this folder find the programs, an
 * account that may run them and a place for the data.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { withDirectoryLock } from './directory-lock.ts'
import { joinUsers } from './directory-users.ts'
import { foreignOwnerOf, makeDirectory } from './foreign-directory.ts'
import { findBinaries } from './postgres-binaries.ts'
import { chooseHome, isOwnDirectory, publicDirectory } from './postgres-home.ts'
import {
  becomesReady,
  connectionStringOf,
  createCluster,
  findServer,
  type Launch,
  signal,
  startServer,
  stopServer,
} from './postgres-launch.ts'
import { isAlive, type ProcessIdentity } from './process-identity.ts'

export type EmbeddedPostgres = {
  /** For `pg` and everything based on it. Stays the same when the server is restarted. */
  connectionString: string
  /** Ends this use of the server, and the server itself if nobody else uses it. */
  stop(): Promise<void>
}

export type EmbeddedPostgresOptions = {
  dataDirectory: string
  log?: (line: string) => void
  /** A platform package outside our dependencies. */
  packageDirectory?: string
  /** False runs PostgreSQL under an unprivileged account even if root could use a user namespace. */
  allowUserNamespaces?: boolean
}

/** What other processes need to find the server. */
type Place = { cluster: string; socketDirectory: string }

const watchMilliseconds = 300
const restartMillisecondsMax = 30_000

/** Where the claims of the directory lock are. Older versions look for this name. */
const lockDirectory = 'turns'

/** Starts the server of this directory, or joins the one that already runs there. */
export async function startEmbeddedPostgres({
  dataDirectory,
  log = () => {},
  packageDirectory,
  allowUserNamespaces = true,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const directory = realpathSync(dataDirectory)
  const state = join(directory, 'postgres-state')
  const logFile = join(directory, 'postgres.log')
  prepareState(directory, state)
  const locked = <T>(work: () => Promise<T>): Promise<T> =>
    withDirectoryLock(join(state, lockDirectory), work)

  const prepare = (): Launch => {
    const recorded = readPlace(state)
    // Libraries that root loads must not lie where another account could change them.
    const binaries = findBinaries(
      packageDirectory,
      foreignOwnerOf(directory) === null ? state : publicDirectory,
    )
    const recordedSocketDirectory = recorded?.socketDirectory
    return {
      ...chooseHome({ dataDirectory: directory, binaries, allowUserNamespaces, recordedSocketDirectory }),
      logFile,
      log,
    }
  }

  const adopt = async (): Promise<(Place & { server: ProcessIdentity }) | null> => {
    const place = readPlace(state)
    const server = place && findServer(place.cluster)
    if (!place || !server || !(await becomesReady({ ...place, log }, server))) return null
    log(`Joined the PostgreSQL that runs in ${place.cluster}`)
    return { ...place, server }
  }

  const start = async (): Promise<Place & { server: ProcessIdentity }> => {
    const launch = prepare()
    const { cluster, socketDirectory } = launch
    await refuseUnseenServer(socketDirectory)
    await createCluster(launch)
    writePlace(state, { cluster, socketDirectory })
    return { cluster, socketDirectory, server: await startServer(launch) }
  }

  const adoptOrStart = async () => (await adopt()) ?? (await start())
  const membership = joinUsers(join(state, 'users'))
  let running = await locked(adoptOrStart).catch((error: unknown) => {
    membership.leave()
    throw error
  })

  let isStopped = false
  const connectionString = connectionStringOf(running.socketDirectory)
  const watch = watchServer({
    isRunning: () => isAlive(running.server),
    log,
    restart: () =>
      locked(async () => {
        if (!isStopped) running = await adoptOrStart()
      }),
  })

  // For a process that ends without `stop`: nothing asynchronous runs any more, so this only signals the server.
  const leaveAtExit = (): void => {
    membership.leave()
    if (!membership.hasOthers()) signal(running.server, 'SIGINT')
  }
  process.once('exit', leaveAtExit)

  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    watch.end()
    await locked(async () => {
      process.off('exit', leaveAtExit)
      membership.leave()
      if (membership.hasOthers()) return
      await stopServer(running.server)
      // A socket directory outside the data directory would be left behind.
      if (!isNearby(running)) rmSync(running.socketDirectory, { recursive: true, force: true })
    })
  }
  return { connectionString, stop }
}

/** Root may use another user's directory, but must not leave anything there that its owner can no longer use. */
function prepareState(directory: string, state: string): void {
  const owner = foreignOwnerOf(directory)
  for (const each of [state, join(state, lockDirectory), join(state, 'users')])
    makeDirectory(each, { mode: 0o755, owner })
}

function writePlace(state: string, place: Place): void {
  const next = join(state, `place.${randomBytes(6).toString('hex')}.new`)
  writeFileSync(next, JSON.stringify(place), { flag: 'wx' })
  renameSync(next, join(state, 'place.json'))
}

function readPlace(state: string): Place | null {
  const file = join(state, 'place.json')
  if (!existsSync(file)) return null
  const place = JSON.parse(readFileSync(file, 'utf8')) as Place
  // The file may be another account's, and a directory that it names is removed at the end.
  return isNearby(place) || isOwnDirectory(place.socketDirectory) ? place : null
}

const isNearby = ({ cluster, socketDirectory }: Place): boolean =>
  dirname(socketDirectory) === dirname(cluster)

/**
 * A server in another container on the same volume has no visible process, but its socket answers. Two servers on one
 * cluster would destroy it.
 */
async function refuseUnseenServer(socketDirectory: string): Promise<void> {
  const isAnswered = await new Promise<boolean>((resolve) => {
    const socket = connect(join(socketDirectory, '.s.PGSQL.5432'))
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (!isAnswered) return
  throw new Error(
    `Another PostgreSQL answers in ${socketDirectory}, but none of this system's processes is it. Does another ` +
      'container use the same data directory? Give each its own, or one DATABASE_URL to all.',
  )
}

/** Watches the server and restarts it when it is gone, with growing pauses while that fails. */
function watchServer({
  isRunning,
  restart,
  log,
}: {
  isRunning: () => boolean
  restart: () => Promise<void>
  log: (line: string) => void
}) {
  let isEnded = false
  let pauseMilliseconds = watchMilliseconds
  let timer: NodeJS.Timeout

  const look = async (): Promise<void> => {
    if (!isRunning()) {
      log('PostgreSQL ended unexpectedly and is started again')
      try {
        await restart()
        pauseMilliseconds = watchMilliseconds
      } catch (error) {
        pauseMilliseconds = Math.min(2 * pauseMilliseconds, restartMillisecondsMax)
        log(error instanceof Error ? error.message : String(error))
      }
    }
    plan()
  }
  const plan = (): void => {
    if (isEnded) return
    timer = setTimeout(() => void look(), pauseMilliseconds)
    // The watch must not keep the process alive.
    timer.unref()
  }
  plan()

  const end = (): void => {
    isEnded = true
    clearTimeout(timer)
  }
  return { end }
}
