import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { until } from '../harness/until.ts'
import { root } from '../repository/source-files.ts'

/*
 * How a node of production ends, and what it writes from its first line to its last.
 */

let db: TestDatabase
let directory: string
let env: Record<string, string>
beforeAll(async () => {
  db = await createTestDatabase()
  directory = mkdtempSync(join(tmpdir(), 'watchword-ending-'))
  env = {
    PORT: '0',
    DATABASE_URL: db.connectionString,
    WATCHWORD_DATA: directory,
    WATCHWORD_SECRET: 'of no use to anybody but this test file',
    PUBLIC_URL: 'https://codes.example.test',
  }
})
afterAll(async () => {
  await db?.drop()
  rmSync(directory, { recursive: true, force: true })
})

type Line = { event?: string; level: unknown; url: string }

/** A process that serves, the lines of its log so far, and what its end is waited for by. */
async function watchNode(child: ReturnType<typeof startCommand>) {
  child.stdout.resume()
  const lines: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const read = () => lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line)
  const find = (event: string) => read().find((line) => line.event === event)
  await until(() => find('listening') !== undefined || child.exitCode !== null)
  const listening = find('listening')
  if (listening === undefined) throw new Error(lines.join('\n'))
  const get = (path: string) => fetch(listening.url + path, { headers: { connection: 'close' } })
  return { child, lines, ended, find, get, listening }
}

test('every line of a node is JSON, from where it listens to its end, and its levels are words', async () => {
  const node = await watchNode(startCommand(['serve'], { ...env, HOST: '0.0.0.0', LOG_LEVEL: 'debug' }))
  expect(node.listening).toMatchObject({
    level: 'info',
    url: expect.stringMatching(/^http:\/\/0\.0\.0\.0:\d+$/),
    publicUrl: 'https://codes.example.test',
  })
  node.child.kill('SIGTERM')
  expect(await node.ended).toBe(0)
  const events = node.lines.map((line) => JSON.parse(line) as Line)
  expect(events.every(({ level }) => /^(debug|info|warn|error)$/.test(String(level)))).toBe(true)
  expect(events.slice(-2).map(({ event }) => event)).toEqual(['stopping', 'stopped'])
})

test('a node that is asked to end says so at /readyz, and answers whatever still comes until it drained', async () => {
  const node = await watchNode(startCommand(['serve'], { ...env, DRAIN_SECONDS: '3' }))
  expect((await node.get('/readyz')).status).toBe(200)
  node.child.kill('SIGTERM')
  await until(async () => (await node.get('/readyz')).status === 503)
  expect(await (await node.get('/readyz')).json()).toEqual({ status: 'ending' })
  // On new connections, which a node without a drain would no longer accept.
  expect((await node.get('/healthz')).status).toBe(200)
  expect((await node.get('/api/v1/otp/records')).status).toBe(401)
  expect(await node.ended).toBe(0)
  // Being asked for in the meantime is no fault.
  expect(node.lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
})

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'a node that npx has started ends with npx, killed by %s',
  async (signal) => {
    const inherited = { PATH: process.env.PATH ?? '', HOME: directory }
    const npx = spawn('npx', ['--no', 'watchword', 'serve'], { cwd: root, env: { ...inherited, ...env } })
    const node = await watchNode(npx)
    expect((await node.get('/healthz')).status).toBe(200)
    npx.kill(signal)
    await until(() =>
      node.get('/healthz').then(
        () => false,
        () => true,
      ),
    )
    await until(() => node.find('stopped') !== undefined)
  },
)
