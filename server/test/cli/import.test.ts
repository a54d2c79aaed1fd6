import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defaultProjectSettings, type ProjectId } from '../../src/domain/project.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { runCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

let db: TestDatabase
const directory = mkdtempSync(join(tmpdir(), 'watchword-import-'))
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(async () => {
  await db.drop()
  rmSync(directory, { recursive: true, force: true })
})

const bcryptHash = `$2b$12$${'a'.repeat(21)}e${'B'.repeat(30)}C`

async function createProject(): Promise<ProjectId> {
  const settings = { ...defaultProjectSettings, region: 'TZ' as const }
  const wanted = { id: null, workspaceId: null, name: 'Import', settings, tokensGranted: null }
  return (await createProjectStore(db.database).create(wanted)).id
}

async function importText(
  text: string | Buffer,
  { project, options = [] }: { project?: ProjectId; options?: string[] } = {},
) {
  const projectId = project ?? (await createProject())
  const file = join(directory, `${projectId}.csv`)
  writeFileSync(file, text)
  const env = { DATABASE_URL: db.connectionString }
  const result = await runCommand(['users', 'import', file, '--project', projectId, ...options], { env })
  const rows = await db.query('select * from accounts where project_id = $1 order by id', [projectId])
  return { ...result, projectId, rows }
}

test('every column arrives where it belongs, and hashes as they are', async () => {
  const header =
    'type,email,phone,first_name,last_name,full_name,agent_code,assigned_area,business_ids,password,password_hash'
  const project = await createProject()
  await db.query(
    'insert into businesses (project_id, id, name, type) values ($1, 1, $2, $2), ($1, 2, $2, $2)',
    [project, 'x'],
  )
  const { code, rows } = await importText(
    [
      header,
      `agent,Ada@Example.test,0712345678,Ada,Lovelace,"Lovelace, ""Ada""",AG1,"Central
District",1;2,,${bcryptHash}`,
      'USER,bob@example.test,,,,,,,,correct horse battery ,',
      '',
    ].join('\r\n'),
    { project },
  )
  expect(code).toBe(0)
  expect(rows[0]).toMatchObject({
    type: 'AGENT',
    email: 'ada@example.test',
    phone: '+255712345678',
    first_name: 'Ada',
    last_name: 'Lovelace',
    full_name: 'Lovelace, "Ada"',
    agent_code: 'AG1',
    assigned_area: 'Central District',
    password_hash: bcryptHash,
  })
  const { verify } = await import('@node-rs/argon2')
  expect(await verify(String(rows[1]?.password_hash), 'correct horse battery ')).toBe(true)
  const members = await db.query('select business_id::int from business_members where project_id = $1', [
    project,
  ])
  expect(members.map(({ business_id }) => business_id).sort()).toEqual([1, 2])
})

const mixed = [
  'email;Full Name;phone;password;password-hash;business_ids',
  'good1@example.test;"Two\nlines";;;;',
  'nobody;;;;;',
  'good2@example.test;"never closed;;;;',
  'good3@example.test;;;short;;',
  'good4@example.test;;',
  'good1@example.test;;;;;',
  'good5@example.test;;;;;77',
  ';;;;;',
  `good6@example.test;;;long enough word;${bcryptHash};`,
  'good7@example.test;;;;$1$md5crypt;',
  ';;12;;;',
  'good8@example.test;;;;;one',
  'good9@example.test;;0712345678;;;',
].join('\n')

test('good lines are kept; every bad one is told with its number and reason', async () => {
  const { code, stdout, stderr, rows, projectId } = await importText(mixed)
  expect(code).toBe(1)
  expect(stdout).toBe(`Imported 2 of 13 users into ${projectId}: 11 lines are bad.\n`)
  expect(stderr.trimEnd().split('\n')).toEqual([
    'line 4: email is not an e-mail address',
    'line 5: a quotation mark is opened and never closed',
    'line 6: password is shorter than 8 characters',
    'line 7: has 3 fields where the first line has 6',
    'line 8: email belongs to an account of this type already',
    'line 9: business_ids names a business that does not exist',
    'line 10: email and phone are both empty: one of them is needed',
    'line 11: password stands beside a password hash; give one of them',
    'line 12: password_hash is neither a bcrypt hash of cost 4 to 12 nor an argon2id hash of at most 64 MiB, with four passes at that',
    'line 13: phone is not a phone number',
    'line 14: business_ids must be whole numbers from 1',
  ])
  expect(rows.map(({ email }) => email)).toEqual(['good1@example.test', 'good9@example.test'])
})

test('all or nothing tells every bad line and stores none, or stores everything', async () => {
  const refused = await importText(mixed, { options: ['--all-or-nothing', '--json'] })
  expect(refused.code).toBe(1)
  const report = JSON.parse(refused.stdout)
  expect(report).toMatchObject({ lines: 13, stored: 0 })
  expect(report.bad.map(({ line }: { line: number }) => line)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  expect(report.bad[4].reason).toBe('email belongs to an account of this type already')
  expect(refused.stderr.match(/^line \d+/gm)).toHaveLength(11)
  expect(refused.rows).toEqual([])

  const taken = await importText('email\na@example.test\nb@example.test\na@example.test\n', {
    options: ['--all-or-nothing'],
  })
  expect(taken.stderr).toBe('line 4: email belongs to an account of this type already\n')
  expect(taken.rows).toEqual([])

  const fine = await importText('email\na@example.test\nb@example.test', {
    options: ['--all-or-nothing', '--json'],
  })
  expect(JSON.parse(fine.stdout)).toEqual({ lines: 2, stored: 2, bad: [] })
  expect(fine.rows).toHaveLength(2)
})

test('a first line that is not understood ends the import before it begins', async () => {
  const first = async (text: string | Buffer, options: string[] = []) => {
    const { code, stderr, rows } = await importText(text, { options })
    return { code, rows: rows.length, message: stderr.slice(stderr.indexOf('line 1')) }
  }
  expect(await first('mail,phone\nx@example.test,\n')).toMatchObject({
    code: 1,
    rows: 0,
    message: expect.stringContaining('there is no column "mail"'),
  })
  expect(await first('mail,email\nx,x@example.test\n', ['--skip-unknown-columns'])).toMatchObject({
    code: 0,
    rows: 1,
  })
  expect(await first('email,email\n')).toMatchObject({
    code: 1,
    message: 'line 1: a column stands there twice.\n',
  })
  expect(await first('full_name\nAda\n')).toMatchObject({ code: 1 })
  expect(await first('')).toMatchObject({ code: 1, message: 'line 1: the file is empty.\n' })
})

test('bytes that are not UTF-8 make a bad line, and a byte order mark none', async () => {
  const text = Buffer.concat([
    Buffer.from('\uFEFFemail\tfull_name\na@example.test\tJos\u00E9\nb@example.test\tJos'),
    Buffer.from([0xe9]),
    Buffer.from('\n'),
  ])
  const { stderr, rows } = await importText(text)
  expect(stderr).toBe('line 3: is not encoded in UTF-8\n')
  expect(rows.map(({ full_name }) => full_name)).toEqual(['José'])
})

test('a file that is not there, and a type that does not exist, are said', async () => {
  const env = { DATABASE_URL: db.connectionString }
  expect(await runCommand(['users', 'import', '/none.csv'], { env })).toMatchObject({
    code: 1,
    stderr: 'error: /none.csv does not exist.\n',
  })
  expect(await runCommand(['users', 'import', directory], { env })).toMatchObject({ code: 1 })
  // A directory stands for every file that exists and cannot be opened, because root may read every file.
  const socket = join(directory, 'socket')
  const server = createServer().listen(socket)
  await once(server, 'listening')
  expect(await runCommand(['users', 'import', socket], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .+socket cannot be read \(E[A-Z]+\)\.\n$/),
  })
  server.close()
  expect(await runCommand(['users', 'import', '-', '--type', 'KING'], { env })).toMatchObject({ code: 2 })
})

test('20,000 lines are imported in far less than a minute', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => {
    const phone = `+2557${String(index).padStart(8, '0')}`
    return `person${index}@example.test,${phone},"Lovelace, Ada",${bcryptHash}`
  })
  const startedAt = performance.now()
  const { stdout, rows, projectId } = await importText(
    ['email,phone,full_name,password_hash', ...lines].join('\n'),
  )
  expect(performance.now() - startedAt).toBeLessThan(50_000)
  expect(stdout).toBe(`Imported 20,000 users into ${projectId}.\n`)
  expect(rows).toHaveLength(20_000)
})
