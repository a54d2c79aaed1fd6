import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultProjectSettings } from '../../src/domain/project.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { runCommand, startCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * On which database a node starts, and when it does not.
 */

const secretOf = (name: string) => `${name}: of no use to anybody but this test file`

let db: TestDatabase
let directory: string
let env: Record<string, string>
beforeAll(async () => {
  db = await createTestDatabase()
  directory = mkdtempSync(join(tmpdir(), 'watchword-start-'))
  env = {
    PORT: '0',
    DATABASE_URL: db.connectionString,
    WATCHWORD_DATA: directory,
    WATCHWORD_SECRET: secretOf('first'),
    PUBLIC_URL: 'https://codes.example.test',
    SMS_WEBHOOK_URL: 'https://gateway.example.test/send',
  }
})
afterAll(async () => {
  await db?.drop()
  rmSync(directory, { recursive: true, force: true })
})

/** Starts a node, waits until it is ready and ends it. Answers what it logged. */
async function startAndEnd(parameters: string[], more: Record<string, string> = {}): Promise<string[]> {
  const child = startCommand(parameters, { ...env, ...more })
  child.stdout.resume()
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line)
    if (line.includes('"event":"listening"')) break
  }
  child.stderr.resume()
  const ended = child.exitCode === null ? once(child, 'close') : null
  child.kill('SIGTERM')
  await ended
  if (!lines.some((line) => line.includes('"event":"listening"'))) throw new Error(lines.join('\n'))
  return lines
}

describe('a master secret that the database does not know', () => {
  test('starts no node and is found by doctor, until it is said to take the place of the known one', async () => {
    await startAndEnd(['serve'])
    const second = { WATCHWORD_SECRET: secretOf('second') }
    const refused = await runCommand(['serve'], { env: { ...env, ...second } })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/does not know[\s\S]*WATCHWORD_SECRET_PREVIOUS[\s\S]*If it is lost/)
    const doctor = await runCommand(['doctor', '--json'], { env: { ...env, ...second } })
    expect(JSON.parse(doctor.stdout).findings).toContainEqual(
      expect.objectContaining({
        check: 'Secret',
        level: 'fail',
        message: expect.stringContaining('does not know'),
      }),
    )

    await startAndEnd(['serve'], { ...second, WATCHWORD_SECRET_PREVIOUS: secretOf('first') })
    // A node that has not come so far.
    await startAndEnd(['serve'])
    await startAndEnd(['serve'], second)
    expect((await runCommand(['serve'], { env })).code).toBe(1)

    // Lost: whatever comes next is the secret.
    expect((await runCommand(['forget-secret'], { env })).code).toBe(0)
    await startAndEnd(['serve'])
    expect((await runCommand(['serve'], { env: { ...env, ...second } })).code).toBe(1)
  })
})

describe('development in the shell of production', () => {
  test('refuses a database that holds a project of somebody, and adds nothing to it', async () => {
    const projects = createProjectStore(db.database)
    const project = {
      id: null,
      workspaceId: null,
      name: 'Shop',
      settings: defaultProjectSettings,
      tokensGranted: null,
    }
    await projects.create(project)
    const refused = await runCommand(['dev'], { env })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/a project of its own[\s\S]*--with-projects/)
    expect(await projects.list()).toHaveLength(1)

    await startAndEnd(['dev', '--with-projects'])
    // It is one of development from now on.
    await startAndEnd(['dev'])
  })
})

describe('serve', () => {
  test('waits for a PostgreSQL that is not there yet, with a line for each try', async () => {
    const socket = `${new URL(db.connectionString.replace('@/', '@localhost/')).searchParams.get('host')}/.s.PGSQL.5432`
    let proxy: Server | undefined
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as { port: number }
    await new Promise((resolve) => holder.close(resolve))

    const url = db.connectionString.replace('@/', `@127.0.0.1:${port}/`).replace(/\?.*$/, '')
    const opening = setTimeout(() => {
      proxy = createServer((client) => {
        const server = createConnection(socket)
        client.pipe(server).pipe(client)
        client.on('error', () => server.destroy())
        server.on('error', () => client.destroy())
      }).listen(port, '127.0.0.1')
    }, 3_000)
    const lines = await startAndEnd(['serve'], { DATABASE_URL: url })
    clearTimeout(opening)
    proxy?.close()
    expect(lines.filter((line) => line.includes('database-awaited')).length).toBeGreaterThan(0)
  })

  test('ends at once where waiting helps nobody', async () => {
    const startedAt = performance.now()
    const url = db.connectionString.replace(/\/test_\w+/, '/there_is_no_such')
    const { code, stderr } = await runCommand(['serve'], { env: { ...env, DATABASE_URL: url } })
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not exist')])
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  test.runIf(process.getuid?.() === 0)('says what to do where its disk is read-only', async ({ skip }) => {
    const disk = mkdtempSync(join(tmpdir(), 'watchword-read-only-'))
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk]).status !== 0) skip()
    try {
      const { DATABASE_URL: _, ...others } = env
      const place = join(disk, 'data')
      const { code, stderr } = await runCommand(['serve'], { env: { ...others, WATCHWORD_DATA: place } })
      expect(code).toBe(1)
      expect(stderr).toContain(`The directory ${place} cannot be made`)
      expect(stderr).toMatch(/WATCHWORD_DATA.*DATABASE_URL/)
    } finally {
      spawnSync('umount', [disk])
      rmSync(disk, { recursive: true, force: true })
    }
  })
})
