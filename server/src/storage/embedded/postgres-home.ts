import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Binaries, copyBinaries } from './postgres-binaries.ts'

/** How programs of PostgreSQL are started: what stands before them, and as whom. */
export type Account = { prefix: string[]; uid: number | null; gid: number | null; words: string }

/** Where a database lives and who runs it. */
export type Home = { account: Account; binaries: Binaries; cluster: string; socketDirectory: string }

type HomeOptions = {
  dataDirectory: string
  binaries: Binaries
  allowUserNamespaces: boolean
  recordedSocketDirectory: string | undefined
}

const ourselves: Account = { prefix: [], uid: null, gid: null, words: 'under your account' }

/**
 * PostgreSQL refuses to run as root. In a user namespace it believes to be user 1000 while the kernel still takes it
 * for root, but one without any power over what others own: the files stay root's and nothing needs a `chown`.
 */
const namespaced: Account = {
  prefix: ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'],
  uid: null,
  gid: null,
  words: 'in a user namespace',
}

/** A number that neither distributions nor systemd hand out, so that no other program runs under it. */
const unprivilegedId = 61_000

/** Where an unprivileged account finds what lies behind root's closed doors. */
const publicDirectory = '/var/lib/watchword'

/** `sockaddr_un` has room for 108 bytes on Linux and 104 elsewhere, a zero at the end included. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103

/** Decides where the database lives and which account runs it, and makes what that account needs to begin. */
export function chooseHome(options: HomeOptions): Home {
  const { dataDirectory, binaries } = options
  const cluster = join(dataDirectory, 'postgres')
  if (process.getuid?.() !== 0) return furnish(options, { account: ourselves, binaries, cluster })

  const owner = lstatSync(cluster, { throwIfNoEntry: false })?.uid ?? 0
  if (options.allowUserNamespaces && owner === 0 && canReach(namespaced, binaries, dataDirectory)) {
    return furnish(options, { account: namespaced, binaries, cluster })
  }

  const account = unprivileged(owner === 0 ? dataDirectory : cluster)
  if (canReach(account, binaries, dataDirectory)) return furnish(options, { account, binaries, cluster })
  return furnish(options, moveToPublicDirectory(dataDirectory, binaries))
}

/** Whoever owns the directory, as long as it is not root: then every file there is within reach. */
function unprivileged(directory: string): Account {
  const { uid, gid } = statSync(directory)
  const id = uid === 0 ? unprivilegedId : uid
  return { prefix: [], uid: id, gid: uid === 0 ? unprivilegedId : gid, words: `as user ${id}` }
}

function canReach(
  { prefix, uid, gid }: Account,
  { postgres, environment }: Binaries,
  directory: string,
): boolean {
  const [program = '', ...parameters] = [...prefix, '/bin/sh', '-c', 'test -x "$1" && exec "$0" --version']
  const as = uid === null || gid === null ? {} : { uid, gid }
  const { status } = spawnSync(program, [...parameters, postgres, directory], {
    ...as,
    cwd: '/',
    env: environment,
    stdio: 'ignore',
  })
  return status === 0
}

function moveToPublicDirectory(dataDirectory: string, binaries: Binaries): Omit<Home, 'socketDirectory'> {
  // Copying a database out of the directory that was asked for could take it off the disk that is backed up.
  if (existsSync(join(dataDirectory, 'postgres', 'PG_VERSION'))) {
    throw new Error(
      `The database in ${dataDirectory} cannot be started: PostgreSQL does not run as root, user namespaces are not ` +
        'available here, and other accounts cannot enter this directory. Start Watchword under another account, ' +
        'or let others pass through the directories above it (chmod o+x).',
    )
  }
  const name = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16)
  const base = join(publicDirectory, name)
  mkdirSync(base, { recursive: true, mode: 0o755 })
  return {
    account: unprivileged(publicDirectory),
    binaries: copyBinaries(binaries, publicDirectory),
    cluster: join(base, 'postgres'),
  }
}

/** Gives the account its cluster, if that was root's until now, and a directory for its socket. */
function furnish(options: HomeOptions, home: Omit<Home, 'socketDirectory'>): Home {
  const { account, cluster } = home
  const { uid, gid } = account
  const isRoots = uid !== null && lstatSync(cluster, { throwIfNoEntry: false })?.uid === 0
  if (isRoots) spawnSync('chown', ['-R', `${uid}:${gid}`, cluster], { env: home.binaries.environment })

  const nearby = join(cluster, '..', 'postgres-socket')
  if (Buffer.byteLength(join(nearby, '.s.PGSQL.5432')) <= socketPathBytesMax) {
    mkdirSync(nearby, { recursive: true, mode: 0o700 })
    give(nearby, account)
    return { ...home, socketDirectory: nearby }
  }
  const recorded = options.recordedSocketDirectory
  if (recorded !== undefined && isPrivateDirectory(recorded, account))
    return { ...home, socketDirectory: recorded }

  // A fixed name in a directory that all may write to could be taken by someone else; this one cannot be foreseen.
  const socketDirectory = mkdtempSync('/tmp/watchword-')
  give(socketDirectory, account)
  return { ...home, socketDirectory }
}

/** Makes the directory if need be, and tells whether it is the account's alone. */
function isPrivateDirectory(directory: string, account: Account): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 })
    give(directory, account)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = lstatSync(directory)
  const owner = account.uid ?? process.getuid?.() ?? found.uid
  return found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0
}

/** Makes the account the owner of a directory of ours. */
export function give(directory: string, { uid, gid }: Account): void {
  if (uid !== null && gid !== null) chownSync(directory, uid, gid)
}
