/**
 * What `npm start`, `npm test`, `npm run bench` and `npm run build` run, on a fresh clone and later: installs and
 * builds what is missing or out of date, then continues as the requested program in this same process, so that signals
 * and exit codes need no forwarding. It uses only built-in modules, because nothing is installed yet when it begins.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const inRoot = (...names) => join(root, ...names)

/** What `watchword docs` prints besides docs/, and what they link to. */
const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE']

/** What is compiled: from which files, and into which directory. */
const builds = [
  {
    name: 'console',
    sources: ['index.html', 'package.json', 'vite.config.ts', 'build', 'public', 'src'].map(
      (name) => `console/${name}`,
    ),
    build: buildConsole,
  },
  {
    name: 'server',
    // It takes the built console with it, so that the package has it.
    sources: [
      'tsconfig.json',
      'server/tsconfig.json',
      'server/src',
      'docs',
      ...pages,
      'console/dist/.built-from',
    ],
    build: buildServer,
  },
]

const programs = {
  start: { file: 'server/dist/cli/watchword.js', parameters: ['dev'], endsWithParent: true },
  test: { file: 'node_modules/vitest/vitest.mjs', parameters: ['run'] },
  mutation: { file: 'node_modules/@stryker-mutator/core/bin/stryker.js', parameters: ['run'] },
  bench: { file: 'bench/bench.mjs', parameters: [] },
  'bench:delivery': { file: 'bench/delivery.mjs', parameters: [] },
  'bench:growth': { file: 'bench/growth.mjs', parameters: [] },
  'bench:open': { file: 'bench/open.mjs', parameters: [] },
  'bench:overview': { file: 'bench/overview.mjs', parameters: [] },
  'bench:page': { file: 'bench/page.mjs', parameters: [] },
  'bench:peers': { file: 'bench/peers.mjs', parameters: [] },
  timing: { file: 'bench/timing.mjs', parameters: [] },
}

const lock = inRoot('.bootstrap-lock')
const lockMillisecondsMax = 15 * 60_000

requireNode(20, 19)
const [command = 'start', ...parameters] = process.argv.slice(2)
if (command !== 'build' && !Object.hasOwn(programs, command)) {
  fail(`There is no "${command}". Say one of: ${[...Object.keys(programs), 'build'].join(', ')}.`)
}
if (!isInstalled() || builds.some((part) => !isBuilt(part))) {
  await whileLocked(() => {
    // Another process may have done it while this one waited.
    if (!isInstalled()) install()
    for (const part of builds) if (!isBuilt(part)) rebuild(part)
  })
}
if (command !== 'build') await become(programs[command])

function requireNode(major, minor) {
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number)
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return
  fail(
    `Watchword needs Node ${major}.${minor} or later. This is Node ${process.versions.node}; https://nodejs.org has newer ones.`,
  )
}

/** Whether `node_modules` holds what the lock file lists, according to npm's own record of what it installed. */
function isInstalled() {
  const record = inRoot('node_modules', '.watchword-installed')
  const wanted = digest(readFileSync(inRoot('package-lock.json')))
  const installed = inRoot('node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  if (existsSync(record) && readFileSync(record, 'utf8') === wanted) return true

  // Installed or changed by hand: npm's record decides.
  const present = JSON.parse(readFileSync(installed, 'utf8')).packages
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'))
  const isPresent = ([path, { version, optional, link }]) =>
    !path.startsWith('node_modules/') || optional || link || present[path]?.version === version
  if (!Object.entries(packages).every(isPresent)) return false
  writeFileSync(record, wanted)
  return true
}

function install() {
  console.log('Installing the dependencies (once) …')
  // Nothing we depend on needs an install script, so none is allowed to run.
  const ci = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const npm = process.env.npm_execpath
  const quiet = [...ci, '--loglevel=error']
  // When npm runs this, use that npm; otherwise the one on the path, which on Windows only a shell finds.
  const { status } = npm?.endsWith('.js')
    ? run(process.execPath, [npm, ...quiet])
    : run('npm', quiet, { shell: process.platform === 'win32' })
  if (status !== 0) fail('The dependencies could not be installed; npm says above why.', status)
  writeFileSync(
    inRoot('node_modules', '.watchword-installed'),
    digest(readFileSync(inRoot('package-lock.json'))),
  )
}

function isBuilt(part) {
  return existsSync(stampOf(part)) && readFileSync(stampOf(part), 'utf8') === fingerprint(part)
}

function stampOf({ name }) {
  return inRoot(name, 'dist', '.built-from')
}

/** Builds beside the old output and then swaps the two, so that nobody ever starts half a build. */
function rebuild(part) {
  console.log(`Building the ${part.name} …`)
  const output = inRoot(part.name, 'dist')
  const next = `${output}.new`
  const past = `${output}.old`
  for (const leftover of [next, past]) rmSync(leftover, { recursive: true, force: true })
  mkdirSync(next)
  // Taken before the build: what is edited in the meantime is built again the next time.
  const built = fingerprint(part)
  part.build(next)
  writeFileSync(join(next, '.built-from'), built)
  if (existsSync(output)) renameSync(output, past)
  renameSync(next, output)
  rmSync(past, { recursive: true, force: true })
}

function buildConsole(output) {
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js')
  const bundle = [vite, 'build', inRoot('console'), '--outDir', output, '--emptyOutDir', '--logLevel', 'warn']
  const { status } = run(process.execPath, bundle)
  if (status !== 0) fail('The console could not be built; Vite says above why.', status)
}

/** `npm run types` checks the types; a start should not wait for that. */
function buildServer(output) {
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc')
  const compile = [tsc, '--project', inRoot('server'), '--outDir', output, '--noCheck']
  const { status } = run(process.execPath, compile)
  if (status !== 0) fail('The server could not be built; the compiler says above why.', status)
  const isAsset = (path) => statSync(path).isDirectory() || !path.endsWith('.ts')
  cpSync(inRoot('server', 'src'), output, { recursive: true, filter: isAsset })
  // With links between them as they are here.
  for (const page of ['docs', ...pages])
    cpSync(inRoot(page), join(output, 'pages', page), { recursive: true })
  const isBuiltFile = (path) => !path.endsWith('.built-from')
  cpSync(inRoot('console', 'dist'), join(output, 'console'), { recursive: true, filter: isBuiltFile })
}

/** Changes whenever a source is added, removed or written to. A source that another build makes may not be there yet. */
function fingerprint({ sources }) {
  const describe = (path) => {
    const { mtimeMs, size } = statSync(path)
    return `${path.slice(root.length)} ${size} ${mtimeMs}`
  }
  return digest(
    sources
      .filter((source) => existsSync(inRoot(source)))
      .flatMap((source) => filesBelow(inRoot(source)))
      .map(describe)
      .join('\n'),
  )
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)))
}

function digest(content) {
  return createHash('sha256').update(content).digest('hex')
}

/** Only one process at a time installs and builds. The lock of a dead process is void. */
async function whileLocked(work) {
  while (!tryToLock()) await sleep(100)
  const unlock = () => rmSync(lock, { force: true })
  process.once('exit', unlock)
  try {
    work()
  } finally {
    unlock()
    process.off('exit', unlock)
  }
}

function tryToLock() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  if (isLockVoid(lock)) {
    // Moved away before it is deleted: of several processes that find it void, only one can move it. A process that
    // then finds that it has moved a valid one came too late, and puts it back.
    const found = `${lock}.${process.pid}`
    try {
      renameSync(lock, found)
      if (isLockVoid(found)) rmSync(found)
      else renameSync(found, lock)
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  return false
}

function isLockVoid(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    const ageMilliseconds = Date.now() - statSync(file).mtimeMs
    // Just made; its number is not written yet.
    if (pid === 0) return ageMilliseconds > 5_000
    return ageMilliseconds > lockMillisecondsMax || !isRunning(pid)
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

async function become({ file, parameters: own, endsWithParent = false }) {
  const program = inRoot(file)
  if (!existsSync(program)) fail(`${file} does not exist in this version.`)
  process.setSourceMapsEnabled(true)
  // The command line watches by itself, and a second signal would cut it short.
  if (process.env.npm_lifecycle_event !== undefined && !endsWithParent) endWithParent()
  process.argv.splice(1, process.argv.length, program, ...own, ...parameters)
  await import(pathToFileURL(program).href)
}

/**
 * A signal to npm ends the shell between npm and this process, and goes no further. So this process notices the end of
 * the shell and signals itself.
 */
function endWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 200)
  watch.unref()
}

function run(program, given, options = {}) {
  return spawnSync(program, given, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options })
}

function fail(message, status = 1) {
  console.error(message)
  process.exit(status || 1)
}
