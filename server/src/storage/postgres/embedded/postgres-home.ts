import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { makeDirectory, type Owner } from './foreign-directory.ts'
import { type Binaries, copyBinaries } from './postgres-binaries.ts'

/** How PostgreSQL's programs are started: the command before them, and the user, null for the current one. */
export type Account = {
  prefix: string[]
  ids: Owner | null
  /** Who runs `initdb`, which refuses an account without a name; the account that only owns the data may have none. */
  creator: Owner | null
  description: string
}

/** Where a database lives and who runs it. */
export type Home = { account: Account; binaries: Binaries; cluster: string; socketDirectory: string }

type HomeOptions = {
  dataDirectory: string
  binaries: Binaries
  allowUserNamespaces: boolean
  recordedSocketDirectory: string | undefined
}

const ourselves: Account = { prefix: [], ids: null, creator: null, description: 'under your account' }

/** A number that neither distributions nor systemd assign, so that no other program runs under it. */
const unprivilegedId = 61_000

/** Where an unprivileged account finds what it cannot reach in root's directories. */
export const publicDirectory = '/var/lib/watchword'

/** `sockaddr_un` has room for 108 bytes on Linux and 104 elsewhere, including a terminating zero. */
const socketPathBytesMax = process.platform === 'linux' ? 107 : 103

/** Decides where the database lives and which account runs it, and makes what that account needs to begin. */
export function chooseHome(options: HomeOptions): Home {
  const { dataDirectory, binaries } = options
  const cluster = join(dataDirectory, 'postgres')
  // A moved database stays there even if the obstacle has gone: an empty database in its place would look like loss.
  const isMoved = !isCluster(cluster) && isCluster(join(publicHomeOf(dataDirectory), 'postgres'))
  if (isMoved) return prepareHome(options, moveToPublicDirectory(dataDirectory, binaries))

  const accounts = process.getuid?.() === 0 ? accountsForRoot(options, cluster) : accountsForOthers(options)
  const account = accounts.find((each) => canReach(each, binaries, dataDirectory))
  if (account !== undefined) return prepareHome(options, { account, binaries, cluster })
  return prepareHome(options, moveToPublicDirectory(dataDirectory, binaries))
}

/**
 * The accounts that may run PostgreSQL for root, best first: the owner of the data, the owner of the directory, any
 * other.
 */
function accountsForRoot({ dataDirectory, allowUserNamespaces }: HomeOptions, cluster: string): Account[] {
  const found = lstatSync(cluster, { throwIfNoEntry: false })
  if (found !== undefined && found.uid !== 0) return [asUser(found, found)]

  const owner = statSync(dataDirectory)
  const isNamed = owner.uid !== 0 && namedAccounts().some(({ uid }) => uid === owner.uid)
  const asOwner = isNamed ? [asUser(owner, owner)] : []
  const asRoot = allowUserNamespaces ? [inNamespace()] : []
  return found === undefined ? [...asOwner, ...asRoot, asAnyone()] : [...asRoot, ...asOwner, asAnyone()]
}

/** An account that only a container's runtime has assigned has no name, and `initdb` requires one. */
function accountsForOthers({ allowUserNamespaces }: HomeOptions): Account[] {
  return hasName() || !allowUserNamespaces ? [ourselves] : [inNamespace(), ourselves]
}

/**
 * PostgreSQL refuses to run as root. In a user namespace it sees another user, while the kernel still treats it as
 * root, but without any power over files of others: the files stay root's and nothing needs a `chown`.
 */
function inNamespace(): Account {
  const { uid, gid } = namedAccounts()[0] ?? { uid: 1000, gid: 1000 }
  const prefix = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--']
  return { prefix, ids: null, creator: null, description: 'in a user namespace' }
}

const asUser = ({ uid, gid }: Owner, creator: Owner): Account => ({
  prefix: [],
  ids: { uid, gid },
  creator: { uid: creator.uid, gid: creator.gid },
  description: `as user ${uid}`,
})

function asAnyone(): Account {
  const ids = { uid: unprivilegedId, gid: unprivilegedId }
  const nobody = namedAccounts().find(({ uid }) => uid === 65_534)
  return asUser(ids, nobody ?? namedAccounts()[0] ?? ids)
}

/** The accounts of this system that have a name, except root. */
function namedAccounts(): Owner[] {
  if (!existsSync('/etc/passwd')) return []
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([, , uid, gid]) => ({ uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0)
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

function canReach({ prefix, ids }: Account, { postgres, environment }: Binaries, directory: string): boolean {
  const [program = '', ...parameters] = [...prefix, '/bin/sh', '-c', 'test -x "$1" && exec "$0" --version']
  const { status } = spawnSync(program, [...parameters, postgres, directory], {
    ...ids,
    cwd: '/',
    env: environment,
    stdio: 'ignore',
  })
  return status === 0
}

function moveToPublicDirectory(dataDirectory: string, binaries: Binaries): Omit<Home, 'socketDirectory'> {
  // Copying a database out of the configured directory could take it off the disk that is backed up.
  if (isCluster(join(dataDirectory, 'postgres'))) {
    throw new Error(
      `The database in ${dataDirectory} cannot be started: PostgreSQL does not run as root, user namespaces are not ` +
        'available here, and other accounts cannot enter this directory. Start Watchword under another account, ' +
        'or let others pass through the directories above it (chmod o+x).',
    )
  }
  const base = publicHomeOf(dataDirectory)
  mkdirSync(base, { recursive: true, mode: 0o755 })
  return {
    account: asAnyone(),
    binaries: copyBinaries(binaries, publicDirectory),
    cluster: join(base, 'postgres'),
  }
}

const publicHomeOf = (dataDirectory: string): string =>
  join(publicDirectory, createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16))

const isCluster = (directory: string): boolean => existsSync(join(directory, 'PG_VERSION'))

/** Gives the account its cluster, if root owned it until now, and a directory for its socket. */
function prepareHome(options: HomeOptions, home: Omit<Home, 'socketDirectory'>): Home {
  const { account, cluster } = home
  if (account.ids !== null && lstatSync(cluster, { throwIfNoEntry: false })?.uid === 0) {
    changeOwnerOfAll(cluster, account.ids, home.binaries)
  }

  const nearby = join(cluster, '..', 'postgres-socket')
  if (Buffer.byteLength(join(nearby, '.s.PGSQL.5432')) <= socketPathBytesMax) {
    makeDirectory(nearby, { mode: 0o700, owner: account.ids })
    return { ...home, socketDirectory: nearby }
  }
  const recorded = options.recordedSocketDirectory
  if (recorded !== undefined && isPrivateDirectory(recorded, account))
    return { ...home, socketDirectory: recorded }

  // In a world-writable directory someone else could take a fixed name; this one cannot be foreseen.
  const socketDirectory = mkdtempSync(socketDirectoryPrefix)
  makeDirectory(socketDirectory, { mode: 0o700, owner: account.ids })
  return { ...home, socketDirectory }
}

/** Makes the directory if necessary, and returns whether it belongs to the account alone. */
function isPrivateDirectory(directory: string, account: Account): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 })
    makeDirectory(directory, { mode: 0o700, owner: account.ids })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = lstatSync(directory)
  const owner = account.ids?.uid ?? process.getuid?.() ?? found.uid
  return found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0
}

const socketDirectoryPrefix = '/tmp/watchword-'

/** Whether it is a directory that this file made outside every data directory. */
export const isOwnDirectory = (directory: string): boolean =>
  directory.startsWith(socketDirectoryPrefix) &&
  /^[A-Za-z0-9]{6}$/.test(directory.slice(socketDirectoryPrefix.length))

/** Changes the owner of one of our directories and of everything below it. */
export function changeOwnerOfAll(directory: string, ids: Owner, { environment }: Binaries): void {
  spawnSync('chown', ['-R', `${ids.uid}:${ids.gid}`, directory], { env: environment })
}
