import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type Binaries, copyBinaries } from './postgres-binaries.ts'

type Ids = { uid: number; gid: number }

/** How programs of PostgreSQL are started: what stands before them, and as whom, null for ourselves. */
export type Account = {
  prefix: string[]
  ids: Ids | null
  /** Who runs `initdb`, which refuses an account without a name, as the one that only owns the data may be. */
  creator: Ids | null
  words: string
}

/** Where a database lives and who runs it. */
export type Home = { account: Account; binaries: Binaries; cluster: string; socketDirectory: string }

type HomeOptions = {
  dataDirectory: string
  binaries: Binaries
  allowUserNamespaces: boolean
  recordedSocketDirectory: string | undefined
}

const ourselves: Account = { prefix: [], ids: null, creator: null, words: 'under your account' }

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
  // Once moved it stays there, even if the obstacle has gone since: an empty database in its place would look like loss.
  const isMoved = !isCluster(cluster) && isCluster(join(publicHomeOf(dataDirectory), 'postgres'))
  if (isMoved) return furnish(options, moveToPublicDirectory(dataDirectory, binaries))

  const accounts = process.getuid?.() === 0 ? accountsForRoot(options, cluster) : accountsForOthers(options)
  const account = accounts.find((each) => canReach(each, binaries, dataDirectory))
  if (account !== undefined) return furnish(options, { account, binaries, cluster })
  return furnish(options, moveToPublicDirectory(dataDirectory, binaries))
}

/** Who may run PostgreSQL for root, best first: whoever owns the data, else whoever owns the directory, else anyone. */
function accountsForRoot({ dataDirectory, allowUserNamespaces }: HomeOptions, cluster: string): Account[] {
  const found = lstatSync(cluster, { throwIfNoEntry: false })
  if (found !== undefined && found.uid !== 0) return [asUser(found, found)]

  const owner = statSync(dataDirectory)
  const isNamed = owner.uid !== 0 && namedAccounts().some(({ uid }) => uid === owner.uid)
  const asOwner = isNamed ? [asUser(owner, owner)] : []
  const asRoot = allowUserNamespaces ? [inNamespace()] : []
  return found === undefined ? [...asOwner, ...asRoot, asAnyone()] : [...asRoot, ...asOwner, asAnyone()]
}

/** An account that only a container's runtime has made up has no name, and `initdb` insists on one. */
function accountsForOthers({ allowUserNamespaces }: HomeOptions): Account[] {
  return hasName() || !allowUserNamespaces ? [ourselves] : [inNamespace(), ourselves]
}

/**
 * PostgreSQL refuses to run as root. In a user namespace it believes to be someone else while the kernel still takes it
 * for root, but one without any power over what others own: the files stay root's and nothing needs a `chown`.
 */
function inNamespace(): Account {
  const { uid, gid } = namedAccounts()[0] ?? { uid: 1000, gid: 1000 }
  const prefix = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--']
  return { prefix, ids: null, creator: null, words: 'in a user namespace' }
}

const asUser = ({ uid, gid }: Ids, creator: Ids): Account => ({
  prefix: [],
  ids: { uid, gid },
  creator: { uid: creator.uid, gid: creator.gid },
  words: `as user ${uid}`,
})

function asAnyone(): Account {
  const ids = { uid: unprivilegedId, gid: unprivilegedId }
  const nobody = namedAccounts().find(({ uid }) => uid === 65_534)
  return asUser(ids, nobody ?? namedAccounts()[0] ?? ids)
}

/** The accounts of this system that have a name, without root. */
function namedAccounts(): Ids[] {
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
  // Copying a database out of the directory that was asked for could take it off the disk that is backed up.
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

/** Gives the account its cluster, if that was root's until now, and a directory for its socket. */
function furnish(options: HomeOptions, home: Omit<Home, 'socketDirectory'>): Home {
  const { account, cluster } = home
  if (account.ids !== null && lstatSync(cluster, { throwIfNoEntry: false })?.uid === 0) {
    giveAll(cluster, account.ids, home.binaries)
  }

  const nearby = join(cluster, '..', 'postgres-socket')
  if (Buffer.byteLength(join(nearby, '.s.PGSQL.5432')) <= socketPathBytesMax) {
    mkdirSync(nearby, { recursive: true, mode: 0o700 })
    give(nearby, account.ids)
    return { ...home, socketDirectory: nearby }
  }
  const recorded = options.recordedSocketDirectory
  if (recorded !== undefined && isPrivateDirectory(recorded, account))
    return { ...home, socketDirectory: recorded }

  // A fixed name in a directory that all may write to could be taken by someone else; this one cannot be foreseen.
  const socketDirectory = mkdtempSync('/tmp/watchword-')
  give(socketDirectory, account.ids)
  return { ...home, socketDirectory }
}

/** Makes the directory if need be, and tells whether it is the account's alone. */
function isPrivateDirectory(directory: string, account: Account): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 })
    give(directory, account.ids)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = lstatSync(directory)
  const owner = account.ids?.uid ?? process.getuid?.() ?? found.uid
  return found.isDirectory() && found.uid === owner && (found.mode & 0o077) === 0
}

/** Makes someone else the owner of a directory of ours. */
export function give(directory: string, ids: Ids | null): void {
  if (ids !== null) chownSync(directory, ids.uid, ids.gid)
}

/** The same with everything below it. */
export function giveAll(directory: string, ids: Ids, { environment }: Binaries): void {
  spawnSync('chown', ['-R', `${ids.uid}:${ids.gid}`, directory], { env: environment })
}
