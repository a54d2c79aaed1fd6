/**
 * The PostgreSQL that starts itself when nobody has named one: a real server on a Unix socket in the data directory.
 * This file owns who uses it and how long it lives; finding the programs, an account that may run them and a place for
 * the data is left to the files in `embedded/`.
 */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { withDirectoryLock } from './directory-lock.ts'
import { joinUsers } from './directory-users.ts'
import { findBinaries } from './postgres-binaries.ts'
import { chooseHome } from './postgres-home.ts'
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
  /** For `pg` and everything that builds on it. Stays the same when the server has to be restarted. */
  connectionString: string
  /** Ends the use of the server, and the server itself when nobody else uses it. */
  stop(): Promise<void>
}

export type EmbeddedPostgresOptions = {
  dataDirectory: string
  log?: (line: string) => void
  /** A platform package elsewhere than among our dependencies. */
  packageDirectory?: string
  /** False runs PostgreSQL under an unprivileged account even where root could use a user namespace. */
  allowUserNamespaces?: boolean
}

/** What other processes need in order to find the server. */
type Place = { cluster: string; socketDirectory: string }

const watchMilliseconds = 300
const restartMillisecondsMax = 30_000

/** Where the claims of the directory lock are. Its name is that of older versions, which must find them. */
const lockDirectory = 'turns'

/** Starts the server of this directory, or joins the one that runs there already. */
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
    const binaries = findBinaries(packageDirectory, state)
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

  // The last chance of a process that ends without `stop`: nothing asynchronous runs any more, so it only asks.
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
      // A directory of its own outside the data directory would be litter.
      if (!isNearby(running)) rmSync(running.socketDirectory, { recursive: true, force: true })
    })
  }
  return { connectionString, stop }
}

/** Root may help itself to someone's directory, but must not leave there what its owner cannot use any more. */
function prepareState(directory: string, state: string): void {
  const { uid, gid } = statSync(directory)
  for (const each of [state, join(state, lockDirectory), join(state, 'users')]) {
    mkdirSync(each, { recursive: true, mode: 0o755 })
    if (process.getuid?.() === 0 && uid !== 0) chownSync(each, uid, gid)
  }
}

function writePlace(state: string, place: Place): void {
  const next = join(state, `place.${process.pid}.new`)
  writeFileSync(next, JSON.stringify(place))
  renameSync(next, join(state, 'place.json'))
}

function readPlace(state: string): Place | null {
  const file = join(state, 'place.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Place) : null
}

const isNearby = ({ cluster, socketDirectory }: Place): boolean =>
  dirname(socketDirectory) === dirname(cluster)

/**
 * A server in another container on the same volume is invisible as a process, but its socket answers. Two servers on
 * one cluster would destroy it.
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

/** Looks after the server and has it restarted when it is gone, with growing pauses while that fails. */
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
      log('PostgreSQL has ended unexpectedly and is started again')
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
    // Watching is no reason for a process to stay.
    timer.unref()
  }
  plan()

  const end = (): void => {
    isEnded = true
    clearTimeout(timer)
  }
  return { end }
}
