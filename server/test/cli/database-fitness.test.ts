import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultProjectSettings } from '../../src/domain/project.ts'
import { lendsConnections } from '../../src/storage/postgres/pooler.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { runCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { startTransactionPooler, type TransactionPooler } from '../harness/transaction-pooler.ts'

/*
 * What only the database knows of whether a node would work on it: `doctor` finds what `serve` would stop at.
 */

let db: TestDatabase
let pooler: TransactionPooler
let directory: string
let env: Record<string, string>
beforeAll(async () => {
  db = await createTestDatabase()
  pooler = await startTransactionPooler(db.connectionString)
  directory = mkdtempSync(join(tmpdir(), 'watchword-fitness-'))
  env = {
    PORT: '0',
    DATABASE_URL: db.connectionString,
    WATCHWORD_DATA: directory,
    WATCHWORD_SECRET: 'Zx8-kQ2_wE5.rT7+yU1=iO4/pA9!sD3?',
    PUBLIC_URL: 'https://codes.example.test',
    SMS_WEBHOOK_URL: 'https://gateway.example.test/send',
  }
})
afterAll(async () => {
  await pooler?.stop()
  await db?.drop()
  rmSync(directory, { recursive: true, force: true })
})

type Finding = { check: string; level: string; message: string; remedy: string }

const examine = async (more: Record<string, string>): Promise<Finding[]> => {
  const { stdout } = await runCommand(['doctor', '--json'], { env: { ...env, ...more } })
  return (JSON.parse(stdout) as { findings: Finding[] }).findings
}

const failuresOf = (findings: Finding[]) => findings.filter(({ level }) => level === 'fail')

describe('a pooler that gives each transaction another connection', () => {
  test('is found by doctor, and stops a node and every command with the remedy', async () => {
    const pooled = { DATABASE_URL: pooler.connectionString }
    expect(failuresOf(await examine(pooled))).toEqual([
      {
        check: 'Database',
        level: 'fail',
        message: expect.stringMatching(/^DATABASE_URL: .*pooler/),
        remedy: expect.stringContaining('session mode'),
      },
    ])
    for (const command of [['serve'], ['migrate'], ['projects', 'list']]) {
      const { code, stderr } = await runCommand(command, { env: { ...env, ...pooled } })
      expect([command, code, stderr]).toEqual([command, 1, expect.stringContaining('session mode')])
    }
  })

  test.each([1, 2, 3])('is told from PostgreSQL itself with %d connections of its own', async (backends) => {
    const other = await startTransactionPooler(db.connectionString, { backends })
    expect(await lendsConnections(other.connectionString)).toBe(true)
    await other.stop()
    expect(await lendsConnections(db.connectionString)).toBe(false)
  })
})

test('a mount of a project that is not there is found by doctor as it stops a node', async () => {
  const file = join(directory, 'watchword.yaml')
  writeFileSync(file, 'mounts: [{dialect: service}, {dialect: account, project: PRJ_nobody000000}]')
  const mounted = { WATCHWORD_CONFIG: file }
  const issue = { where: 'mounts[1].project', id: 'PRJ_nobody000000' }
  const [finding, ...others] = failuresOf(await examine(mounted))
  expect(others).toEqual([])
  expect(finding).toMatchObject({ check: 'Configuration', message: expect.stringContaining(issue.where) })
  const { code, stderr } = await runCommand(['serve'], { env: { ...env, ...mounted } })
  expect(code).toBe(1)
  for (const text of [issue.where, issue.id]) {
    expect(stderr).toContain(text)
    expect(finding?.message).toContain(text)
  }

  // The only project there is needs no name.
  await createProjectStore(db.database).create({
    id: null,
    workspaceId: null,
    name: 'Shop',
    settings: defaultProjectSettings,
    tokensGranted: null,
  })
  writeFileSync(file, 'mounts: [{dialect: service}, {dialect: account}]')
  expect(failuresOf(await examine(mounted))).toEqual([])
})

test('a text or a route that cannot work is found by doctor as it stops a node', async () => {
  const [project] = await createProjectStore(db.database).list()
  await db.query('insert into routes (project_id, channel, legs) values ($1, $2, $3)', [
    project?.id,
    'sms',
    JSON.stringify([{ carrier: 'gone', to: [], weight: null }]),
  ])
  const [finding] = failuresOf(await examine({}))
  const { code, stderr } = await runCommand(['serve'], { env })
  await db.query('delete from routes')
  expect([code, finding?.message]).toEqual([1, expect.stringContaining(project?.id ?? 'none')])
  expect(stderr).toContain(finding?.message)
})

test('a directory that a node does not use is not judged', async () => {
  const findings = await examine({ WATCHWORD_DATA: '/proc/nobody/may/write/here' })
  expect(failuresOf(findings)).toEqual([])
  expect(findings.map(({ check }) => check)).not.toContain('Data directory')
  const development = await runCommand(['doctor', '--json', '--mode', 'development'], {
    env: { ...env, WATCHWORD_DATA: '/proc/nobody/may/write/here' },
  })
  expect(development.stdout).toContain('Data directory')
})

describe('room for a node', () => {
  test('is what the role and the database may open, and counts the connections of the setting', async () => {
    const name = `limited_${process.pid}`
    await db.query(`create role ${name} login connection limit 8`)
    const [row] = await db.query<{ datname: string }>('select current_database() as datname')
    await db.query(`grant ${'all'} on database ${row?.datname} to ${name}`)
    await db.query(
      `grant all on schema public to ${name}; grant all on all tables in schema public to ${name}`,
    )
    const limited = { DATABASE_URL: db.connectionString.replace(/\/\/[^@]*@/, `//${name}@`) }
    const room = async (more: Record<string, string> = {}) =>
      (await examine({ ...limited, ...more })).find(
        ({ check, message }) => check === 'PostgreSQL' && /enough/.test(message),
      )
    try {
      expect(await room()).toMatchObject({
        level: 'fail',
        message: expect.stringMatching(/^8 connections \(CONNECTION LIMIT of the role\)/),
        remedy: expect.stringContaining('14 connections'),
      })
      await db.query(`alter role ${name} connection limit 40`)
      expect(await room()).toMatchObject({ level: 'ok', message: expect.stringContaining('for 2 nodes') })
      expect(await room({ DATABASE_CONNECTIONS: '20' })).toMatchObject({
        level: 'warn',
        message: expect.stringContaining('for 1 node'),
      })
      await db.query(`alter database ${row?.datname} connection limit 12`)
      expect(await room()).toMatchObject({
        message: expect.stringContaining('CONNECTION LIMIT of the database'),
      })
    } finally {
      await db.query(`alter database ${row?.datname} connection limit -1`)
      await db.query(`drop owned by ${name}; drop role ${name}`)
    }
  })
})
