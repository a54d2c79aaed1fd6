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
    'line 12: password_hash is neither a bcrypt hash of cost 4 to 12 nor an argon2id hash of at most 64 MiB, with four passes at that; --without-foreign-passwords imports such lines without it, and their owners log in by a code or set a new password',
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
  expect(JSON.parse(fine.stdout)).toEqual({ lines: 2, stored: 2, withoutPassword: 0, skipped: [], bad: [] })
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

test('what a file says of its people is kept: who has proven an address, and who may not log in', async () => {
  const { code, rows } = await importText(
    [
      'email,email_verified,phone,phone_verified,disabled',
      'a@example.test,false,,,true',
      'b@example.test,yes,0712345678,no,',
      ',,0712345679,f,0',
      'c@example.test,,,,',
    ].join('\n'),
  )
  expect(code).toBe(1)
  expect(
    rows.map((row) => [row.email_verified_at !== null, row.phone_verified_at !== null, row.is_active]),
  ).toEqual([
    [false, false, false],
    [true, false, true],
    [false, false, true],
  ])
})

test('an empty flag beside an address makes nobody proven', async () => {
  const { stderr, rows } = await importText(
    ['email,email_verified,disabled', 'a@example.test,,', 'b@example.test,perhaps,perhaps'].join('\n'),
  )
  expect(stderr).toBe(
    'line 2: email_verified must be true or false\n' +
      'line 3: email_verified must be true or false; disabled must be true or false\n',
  )
  expect(rows).toEqual([])
})

test('the columns that were skipped are named in the result', async () => {
  const text = 'email,nickname,score\na@example.test,Ada,7\n'
  const told = await importText(text, { options: ['--skip-unknown-columns'] })
  expect(told.stdout).toContain('Skipped, because nothing here stands for it: nickname, score.\n')
  const listed = await importText(text, { options: ['--skip-unknown-columns', '--json'] })
  expect(JSON.parse(listed.stdout).skipped).toEqual(['nickname', 'score'])
})

test('JSON is read with the same names, as a list or one object after the other', async () => {
  const people = [
    { email: 'a@example.test', emailVerified: false, first_name: 'Ada', passwordHash: bcryptHash },
    { phone: '0712345678', disabled: true, type: 'AGENT' },
  ]
  for (const text of [JSON.stringify(people, null, 2), people.map((one) => JSON.stringify(one)).join('\n')]) {
    const { code, rows } = await importText(text)
    expect(code).toBe(0)
    expect(rows).toMatchObject([
      { email: 'a@example.test', email_verified_at: null, first_name: 'Ada', password_hash: bcryptHash },
      { type: 'AGENT', phone: '+255712345678', is_active: false },
    ])
  }
  const unknown = await importText('[{"email": "a@example.test", "mail": 1}]')
  expect([unknown.code, unknown.rows, unknown.stderr]).toEqual([
    1,
    [],
    expect.stringContaining('line 1: there is no column "mail"; there are type, email,'),
  ])
})

test('a broken object of JSON is a bad line, and the others are kept', async () => {
  const { code, stderr, rows } = await importText(
    '{"email":"a@example.test"}\n{"email":\n{"email":"c@example.test"}\n',
  )
  expect(code).toBe(1)
  expect(stderr).toContain('line 2: ')
  expect(rows.map(({ email }) => email)).toContain('a@example.test')
})

test('an export of Supabase is read as it is', async () => {
  const header =
    'instance_id,id,aud,role,email,encrypted_password,email_confirmed_at,phone,phone_confirmed_at,banned_until,raw_user_meta_data,is_super_admin,deleted_at'
  const { code, stdout, stderr, rows } = await importText(
    [
      header,
      `0,1,authenticated,authenticated,a@example.test,${bcryptHash},2024-05-01 10:00:00+00,,,,"{""full_name"": ""Ada Lovelace""}",,`,
      `0,2,authenticated,authenticated,b@example.test,${bcryptHash},,,,2999-01-01 00:00:00+00,{},,`,
      '0,3,authenticated,authenticated,,,,255712345678,2024-05-01 10:00:00+00,,,,',
      '0,4,authenticated,authenticated,d@example.test,,2024-05-01 10:00:00+00,,,,,,2024-06-01 10:00:00+00',
    ].join('\n'),
  )
  expect(code).toBe(1)
  expect(stderr).toBe('line 5: was deleted in Supabase\n')
  expect(stdout).toContain(
    'Skipped, because nothing here stands for it: aud, id, instance_id, is_super_admin, role.',
  )
  expect(rows).toMatchObject([
    { email: 'a@example.test', full_name: 'Ada Lovelace', is_active: true, password_hash: bcryptHash },
    { email: 'b@example.test', email_verified_at: null, is_active: false },
    { phone: '+255712345678', email: null, is_active: true },
  ])
})

test('an export of Firebase is read as it is, and its hashes are left out where that is asked for', async () => {
  const users = [
    {
      localId: '1',
      email: 'a@example.test',
      emailVerified: true,
      passwordHash: 'c2NyeXB0',
      salt: 'cw==',
      displayName: 'Ada',
    },
    { localId: '2', email: 'b@example.test', emailVerified: false, disabled: true, providerUserInfo: [] },
    { localId: '3', phoneNumber: '+255712345678' },
  ]
  const text = `{"users": [\n${users.map((user) => JSON.stringify(user)).join(',\n')}\n]}`
  const refused = await importText(text)
  expect(refused.stderr).toContain(
    'line 2: password_hash is neither a bcrypt hash of cost 4 to 12 nor an argon2id hash',
  )
  expect(refused.stderr).toContain('--without-foreign-passwords')
  expect(refused.rows).toHaveLength(2)

  const { code, stdout, rows } = await importText(text, { options: ['--without-foreign-passwords'] })
  expect(code).toBe(0)
  expect(stdout).toContain('Without their password, because its hash cannot be checked here: 1.\n')
  expect(rows).toMatchObject([
    { email: 'a@example.test', full_name: 'Ada', password_hash: null, is_active: true },
    { email: 'b@example.test', email_verified_at: null, is_active: false },
    { phone: '+255712345678' },
  ])
  expect(rows[0]?.email_verified_at).not.toBeNull()
})

test('bulk JSON of Auth0 is read as it is', async () => {
  const { code, rows } = await importText(
    [
      {
        user_id: 'auth0|1',
        email: 'a@example.test',
        email_verified: true,
        password_hash: bcryptHash,
        nickname: 'a',
      },
      { user_id: 'auth0|2', email: 'b@example.test', blocked: true, given_name: 'Bob' },
    ]
      .map((user) => JSON.stringify(user))
      .join('\n'),
  )
  expect(code).toBe(0)
  expect(rows).toMatchObject([
    { email: 'a@example.test', password_hash: bcryptHash, is_active: true },
    { email: 'b@example.test', email_verified_at: null, first_name: 'Bob', is_active: false },
  ])
  expect(rows[0]?.email_verified_at).not.toBeNull()
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
