import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, test } from 'vitest'
import {
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/storage/postgres/embedded/embedded-postgres.ts'
import { identifyProcess } from '../../src/storage/postgres/embedded/process-identity.ts'

const isRoot = process.getuid?.() === 0
const repository = fileURLToPath(new URL('../../..', import.meta.url))
const compiled = join(repository, 'node_modules', '.cache', `embedded-postgres-${process.pid}`)
const publicDirectory = '/var/lib/watchword'
/** What `initdb` makes, once for all tests that are about what comes after. */
const made = mkdtempSync('/tmp/watchword-embedded-made-')
const cleanups: (() => unknown)[] = []

// Other processes run plain JavaScript, so they get the sources as they are now, not an older build.
beforeAll(async () => {
  const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc')
  const parameters = ['--project', join(repository, 'server'), '--noCheck', '--outDir', compiled]
  execFileSync(process.execPath, [tsc, ...parameters])
  await (await startEmbeddedPostgres({ dataDirectory: made })).stop()
})
afterAll(() => {
  for (const directory of [compiled, made]) rmSync(directory, { recursive: true, force: true })
})
afterEach(async () => {
  while (cleanups.length > 0) await cleanups.pop()?.()
})

describe('the embedded PostgreSQL', () => {
  test('keeps its data, waits for the disk and cannot be reached from the network', async () => {
    const dataDirectory = createDirectory()
    const first = await start({ dataDirectory })
    await query(first.connectionString, 'create table kept as select 42 as answer')
    const settings = await query(
      first.connectionString,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
        current_setting('listen_addresses') as addresses, current_setting('server_encoding') as encoding`,
    )
    await first.stop()
    const second = await start({ dataDirectory })

    assert.deepEqual(settings, [{ fsync: 'on', synchronous_commit: 'on', addresses: '', encoding: 'UTF8' }])
    assert.deepEqual(await query(second.connectionString, 'select answer from kept'), [{ answer: 42 }])
    assert.equal(statSync(join(dataDirectory, 'postgres-socket')).mode & 0o777, 0o700)
  })

  test('starts a second time without making the cluster again', async () => {
    const dataDirectory = createDirectory()
    await (await start({ dataDirectory })).stop()

    const startedAt = performance.now()
    await start({ dataDirectory })

    // 47 ms if nothing else runs.
    assert.ok(performance.now() - startedAt < 5_000)
  })

  test('ends with the last of its users', async () => {
    const dataDirectory = createDirectoryWithCluster()
    const first = await start({ dataDirectory })
    const second = await startElsewhere({ dataDirectory })
    const server = serverOf(dataDirectory)

    await first.stop()
    assert.deepEqual(await query(second.connectionString, 'select 1 as one'), [{ one: 1 }])
    await second.leave('stop')

    assert.equal(second.connectionString, first.connectionString)
    assert.equal(identifyProcess(server), null)
  })

  test('ends with a process that leaves without a word', async () => {
    const dataDirectory = createDirectoryWithCluster()
    const user = await startElsewhere({ dataDirectory })
    const server = serverOf(dataDirectory)

    await user.leave('exit')

    await until(() => identifyProcess(server) === null)
  })

  test('is adopted after its user was killed, and then ends with the adopter', async () => {
    const dataDirectory = createDirectoryWithCluster()
    const killed = await startElsewhere({ dataDirectory })
    const server = serverOf(dataDirectory)
    await query(killed.connectionString, 'create table written (id integer)')
    await killed.kill()
    assert.notEqual(identifyProcess(server), null)

    const adopter = await start({ dataDirectory })
    assert.equal(serverOf(dataDirectory), server)
    assert.deepEqual(await query(adopter.connectionString, 'select * from written'), [])
    await adopter.stop()

    assert.equal(identifyProcess(server), null)
  })

  test('is one server however many start it at the same instant', async () => {
    const dataDirectory = createDirectory()
    const users = await Promise.all([
      ...Array.from({ length: 4 }, () => startElsewhere({ dataDirectory })),
      ...Array.from({ length: 3 }, () => start({ dataDirectory })),
    ])
    const strings = new Set(users.map(({ connectionString }) => connectionString))
    const begun = readFileSync(join(dataDirectory, 'postgres.log'), 'utf8').match(/starting PostgreSQL/g)

    assert.equal(strings.size, 1)
    assert.equal(begun?.length, 1)
  })

  test('is one server when many leave and come at the same instant', async () => {
    const dataDirectory = createDirectoryWithCluster()
    for (let round = 0; round < 3; round += 1) {
      const leaving = await start({ dataDirectory })
      const [, ...coming] = await Promise.all([
        leaving.stop(),
        startElsewhere({ dataDirectory }),
        start({ dataDirectory }),
      ])
      for (const { connectionString } of coming) {
        assert.deepEqual(await query(connectionString, 'select 1 as one'), [{ one: 1 }])
      }
      for (const user of coming) await ('stop' in user ? user.stop() : user.leave('stop'))
    }
  })

  test('starts over a lock file whose number now belongs to another program', async () => {
    const dataDirectory = createDirectoryWithCluster()
    await (await start({ dataDirectory })).stop()
    const cluster = join(dataDirectory, 'postgres')
    const sleeper = spawn('sleep', ['60'])
    cleanups.push(() => sleeper.kill())
    writeFileSync(join(cluster, 'postmaster.pid'), [sleeper.pid, cluster, 1, 5432, '', '', ''].join('\n'))
    writeFileSync(join(dataDirectory, 'postgres-socket', '.s.PGSQL.5432.lock'), `${sleeper.pid}\n`)

    const { connectionString } = await start({ dataDirectory })

    assert.deepEqual(await query(connectionString, 'select 1 as one'), [{ one: 1 }])
  })

  test('is started again after a crash, and a pool recovers by itself', async () => {
    const dataDirectory = createDirectoryWithCluster()
    const { connectionString } = await start({ dataDirectory })
    const pool = new pg.Pool({ connectionString })
    pool.on('error', () => {})
    cleanups.push(() => pool.end())
    await pool.query('create table survived as select 1 as one')
    const crashed = serverOf(dataDirectory)

    process.kill(crashed, 'SIGKILL')

    await until(() =>
      pool.query('select one from survived').then(
        () => serverOf(dataDirectory) !== crashed,
        () => false,
      ),
    )
  })

  test('comes back for those who joined it when its starter and it were killed together', async () => {
    const dataDirectory = createDirectoryWithCluster()
    const starter = await startElsewhere({ dataDirectory })
    const joined = await start({ dataDirectory })

    process.kill(serverOf(dataDirectory), 'SIGKILL')
    await starter.kill()

    await until(() => query(joined.connectionString, 'select 1').then(Boolean, () => false))
  })

  test('works below a path that is too long for a socket', async () => {
    const dataDirectory = join(createDirectory(), 'a'.repeat(120), 'data')
    const first = await start({ dataDirectory })
    const second = await startElsewhere({ dataDirectory })
    const socketDirectory =
      new URL(first.connectionString.replace('@', '@localhost')).searchParams.get('host') ?? ''

    assert.equal(second.connectionString, first.connectionString)
    assert.equal(statSync(socketDirectory).mode & 0o777, 0o700)
    assert.deepEqual(await query(second.connectionString, 'select 1 as one'), [{ one: 1 }])
    await second.leave('stop')
    await first.stop()
    assert.equal(existsSync(socketDirectory), false)
    assert.ok(await start({ dataDirectory }))
  })

  test('makes the library links that a blocked install script has not made', async () => {
    const packageDirectory = copyPackageWithoutLinks()

    const { connectionString } = await start({ dataDirectory: createDirectory(), packageDirectory })

    assert.deepEqual(await query(connectionString, 'select 1 as one'), [{ one: 1 }])
    assert.ok(linksIn(packageDirectory).length > 0)
  })

  test.runIf(isRoot)('finds its libraries when the installation is read-only', async ({ skip }) => {
    const packageDirectory = copyPackageWithoutLinks()
    if (spawnSync('mount', ['--bind', packageDirectory, packageDirectory]).status !== 0) skip()
    cleanups.push(() => spawnSync('umount', [packageDirectory]))
    spawnSync('mount', ['-o', 'remount,bind,ro', packageDirectory])

    const { connectionString } = await start({ dataDirectory: createDirectory(), packageDirectory })

    assert.deepEqual(await query(connectionString, 'select 1 as one'), [{ one: 1 }])
    assert.equal(linksIn(packageDirectory).length, 0)
  })

  test.runIf(isRoot)('runs as an unprivileged account where root has no user namespaces', async () => {
    const dataDirectory = createDirectory(0o755)

    const { connectionString } = await start({ dataDirectory, allowUserNamespaces: false })

    assert.deepEqual(await query(connectionString, 'select 1 as one'), [{ one: 1 }])
    assert.notEqual(statSync(join(dataDirectory, 'postgres')).uid, 0)
    assert.notEqual(statSync(`/proc/${serverOf(dataDirectory)}`).uid, 0)
  })

  test.runIf(isRoot)('changes over to an unprivileged account with its data, and back again', async () => {
    const dataDirectory = createDirectory(0o755)
    const before = await start({ dataDirectory })
    await query(before.connectionString, 'create table kept as select 42 as answer')
    await before.stop()

    for (const allowUserNamespaces of [false, true]) {
      const after = await start({ dataDirectory, allowUserNamespaces })
      assert.deepEqual(await query(after.connectionString, 'select answer from kept'), [{ answer: 42 }])
      await after.stop()
    }
  })

  test.runIf(isRoot)('leaves a directory of someone else to its owner', async () => {
    const dataDirectory = createDirectory(0o700)
    // An account that every system has.
    const owner = { uid: 1, gid: 1 }
    chownSync(dataDirectory, owner.uid, owner.gid)
    const byRoot = await start({ dataDirectory })
    await query(byRoot.connectionString, 'create table kept as select 42 as answer')
    await byRoot.stop()

    const byOwner = await startElsewhere({ dataDirectory }, owner)

    assert.deepEqual(await query(byOwner.connectionString, 'select answer from kept'), [{ answer: 42 }])
  })

  test.runIf(isRoot)('lives in a public place when no other account can enter the directory', async () => {
    const dataDirectory = createDirectory(0o700)
    const isNew = !existsSync(publicDirectory)
    const before = isNew ? [] : readdirSync(publicDirectory)
    cleanups.push(() => {
      const added = readdirSync(publicDirectory).filter((name) => !before.includes(name))
      for (const name of added) rmSync(join(publicDirectory, name), { recursive: true, force: true })
      if (isNew) rmSync(publicDirectory, { recursive: true, force: true })
    })

    const first = await start({ dataDirectory, allowUserNamespaces: false })
    const second = await startElsewhere({ dataDirectory, allowUserNamespaces: false })
    await query(first.connectionString, 'create table kept as select 42 as answer')

    assert.deepEqual(await query(second.connectionString, 'select answer from kept'), [{ answer: 42 }])
    assert.match(decodeURIComponent(first.connectionString), /\/var\/lib\/watchword\//)
    await second.leave('stop')
    await first.stop()
    // Even if it could now be in the directory itself.
    const again = await start({ dataDirectory })
    assert.deepEqual(await query(again.connectionString, 'select answer from kept'), [{ answer: 42 }])
  })

  test.runIf(isRoot)('says that the disk is full', async ({ skip }) => {
    const dataDirectory = createDirectory()
    const mount = ['-t', 'tmpfs', '-o', 'size=20m,mode=0700', 'tmpfs', dataDirectory]
    if (spawnSync('mount', mount).status !== 0) skip()
    cleanups.push(() => spawnSync('umount', [dataDirectory]))

    await assert.rejects(start({ dataDirectory }), /Check free disk space[\s\S]*has only \d+ MB left/)
  })

  test('leaves no server behind when its database cannot be made', async () => {
    const dataDirectory = createDirectoryWithCluster()
    const first = await start({ dataDirectory })
    const another = first.connectionString.replace('/watchword?', '/postgres?')
    for (const statement of [
      'drop database watchword with (force)',
      "update pg_database set datistemplate = false where datname = 'template1'",
      'drop database template1',
    ])
      await query(another, statement)
    await first.stop()

    await assert.rejects(start({ dataDirectory }), /template1/)
    assert.equal(existsSync(join(dataDirectory, 'postgres', 'postmaster.pid')), false)
  })

  test('shows what PostgreSQL said when it does not start', async () => {
    const dataDirectory = createDirectoryWithCluster()
    await (await start({ dataDirectory })).stop()
    writeFileSync(join(dataDirectory, 'postgres', 'PG_VERSION'), '11\n')

    await assert.rejects(start({ dataDirectory }), /initialized by PostgreSQL version 11/)
    // The failed start must not keep others waiting, nor be counted as a user.
    await assert.rejects(start({ dataDirectory }), /initialized by PostgreSQL version 11/)
    assert.deepEqual(readdirSync(join(dataDirectory, 'postgres-state', 'users')), [])
  })

  test('asks for a DATABASE_URL where there is no build for the system', async () => {
    const packageDirectory = createDirectory()
    const attempt = () => start({ dataDirectory: createDirectory(), packageDirectory })
    await assert.rejects(attempt(), /not available: its package is damaged.*Set DATABASE_URL/)

    mkdirSync(join(packageDirectory, 'native', 'bin'), { recursive: true })
    // The kernel's error for a program linked with glibc on a system with musl.
    const program = join(packageDirectory, 'native', 'bin', 'postgres')
    writeFileSync(program, '#!/lib64/no-such-loader\n', { mode: 0o755 })
    await assert.rejects(attempt(), /musl.*Set DATABASE_URL/)
  })
})

async function start(options: EmbeddedPostgresOptions) {
  const postgres = await startEmbeddedPostgres(options)
  cleanups.push(() => postgres.stop())
  return postgres
}

/** Starts it in another process, which can be told how to leave. */
async function startElsewhere(options: EmbeddedPostgresOptions, ids: { uid?: number; gid?: number } = {}) {
  const fixture = join(import.meta.dirname, 'embedded-postgres-user.mjs')
  const module = join(compiled, 'storage', 'postgres', 'embedded', 'embedded-postgres.js')
  const child: ChildProcess = spawn(process.execPath, [fixture, module, JSON.stringify(options)], {
    ...ids,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const leave = async (how: 'stop' | 'exit') => {
    child.stdin?.write(`${how}\n`)
    await exited
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  cleanups.push(() => (child.exitCode === null && child.signalCode === null ? leave('stop') : undefined))

  assert.ok(child.stdout)
  const [connectionString] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(() => assert.fail('The process ended before its database was ready')),
  ])) as [string]
  return { connectionString, leave, kill }
}

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

function serverOf(dataDirectory: string): number {
  const file = join(dataDirectory, 'postgres', 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await isTrue())) {
    assert.ok(Date.now() < deadline, 'It has not happened in 15 seconds')
    await sleep(20)
  }
}

function createDirectory(mode = 0o700): string {
  const directory = mkdtempSync('/tmp/watchword-embedded-')
  execFileSync('chmod', [mode.toString(8), directory])
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A directory in which PostgreSQL has run before. */
function createDirectoryWithCluster(): string {
  const directory = createDirectory()
  execFileSync('cp', ['-a', join(made, 'postgres'), directory])
  return directory
}

function copyPackageWithoutLinks(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const original = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  const copy = createDirectory()
  const isWanted = (path: string) => !lstatSync(path).isSymbolicLink() && !path.endsWith('.a')
  cpSync(join(original, 'native'), join(copy, 'native'), { recursive: true, filter: isWanted })
  return copy
}

const linksIn = (packageDirectory: string): string[] =>
  readdirSync(join(packageDirectory, 'native', 'lib'), { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map(({ name }) => name)
