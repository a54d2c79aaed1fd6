import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectSettings } from '../../src/domain/project-settings.ts'
import type { Setting } from '../../src/domain/settings/setting.ts'
import { runCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const run = (...parameters: string[]) => runWithInput('', ...parameters)

const runWithInput = (input: string, ...parameters: string[]) =>
  runCommand(parameters, { env: { DATABASE_URL: db.connectionString }, input })

async function runJson(...parameters: string[]) {
  const { stdout, stderr, code } = await run(...parameters, '--json')
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  expect(stdout.split('\n')).toHaveLength(2)
  return JSON.parse(stdout)
}

const keyShape = /^ww_[\w-]{43}_[\w-]{6}$/

describe('projects', () => {
  test('create --json prints exactly what programs need', async () => {
    const options = ['--carrier', 'null', '--rate-limit', 'off', '--tokens', 'unlimited']
    const made = await runJson('projects', 'create', 'load test', ...options)
    expect(made).toEqual({
      projectId: expect.stringMatching(/^PRJ_[0-9a-f]{12}$/),
      apiKey: expect.stringMatching(keyShape),
    })
    const [project] = (await runJson('projects', 'list')).filter(
      ({ projectId }: { projectId: string }) => projectId === made.projectId,
    )
    expect(project).toMatchObject({
      name: 'load test',
      settings: { carrier: 'null', rateLimit: null },
      tokens: { granted: null, used: 0 },
    })
  })

  test('for people, the key is on standard output, the advice beside it, and neither is coloured in a pipe', async () => {
    const { stdout, stderr, code } = await run('projects', 'create', 'My shop')
    expect(stdout).toMatch(/^Project {2}PRJ_[0-9a-f]{12} {2}My shop\nAPI key {2}ww_\S+\n$/)
    expect(stderr).toMatch(/Keep the key now/)
    expect(stdout + stderr).not.toContain('\u001b')
    expect(code).toBe(0)
    expect((await run('projects', 'list')).stdout).toMatch(
      /^PROJECT +NAME .*\n(.+\n)*PRJ_[0-9a-f]{12} +My shop /,
    )
  })

  test('update changes what it is told, and nothing else', async () => {
    const { projectId } = await runJson('projects', 'create', 'a', '--region', 'ci', '--locale', 'fr')
    const options = ['--name', 'b', '--rate-limit', '5/10', '--tokens', '9', '--code-seconds', '120']
    const more = ['--cooldown', '30', '--require-verification-token', 'yes']
    expect(await runJson('projects', 'update', projectId, ...options, ...more)).toMatchObject({
      name: 'b',
      tokens: { granted: 9 },
      settings: {
        region: 'CI',
        locale: 'fr',
        rateLimit: { requests: 5, windowSeconds: 10 },
        codeSeconds: 120,
        cooldownSeconds: 30,
        requireVerificationToken: true,
      },
    })
    const back = [
      '--region',
      'none',
      '--tokens',
      'unlimited',
      '--code-seconds',
      'default',
      '--rate-limit',
      'off',
    ]
    expect(await runJson('projects', 'update', projectId, ...back)).toMatchObject({
      name: 'b',
      tokens: { granted: null },
      settings: { region: null, locale: 'fr', rateLimit: null, codeSeconds: null },
    })
  })

  test('update shows people the new value of every option that they gave, as it is typed', async () => {
    const { projectId } = await runJson('projects', 'create', 'shown')
    const typed = {
      '--tokens': 'unlimited',
      '--region': 'CI',
      '--cooldown': '30',
      '--countries': 'CI,SN',
      '--allow': 'none',
      '--refuse-disposable': 'yes',
      '--pumping-limit': '100/10/20/3',
      '--sends-per-project-day': 'off',
      '--test-recipients': 'review@example.com=123456@2027-01-31',
      '--fallback': 'sms: voice@45; whatsapp: sms@30, voice@60',
      '--spending-per-day': '12.5',
    }
    const { stdout, code } = await run('projects', 'update', projectId, ...Object.entries(typed).flat())
    const [, table = ''] = stdout.split('OPTION')
    const rows = table.trimEnd().split('\n').slice(1)
    expect({ code, ...Object.fromEntries(rows.map((row) => row.split(/ {2,}/))) }).toEqual({
      code: 0,
      ...typed,
    })
  })

  test('every setting can be typed, is stored and is shown', async () => {
    const { projectId } = await runJson('projects', 'create', 'typed')
    const entries: [string, Setting<unknown>][] = Object.entries(projectSettings)
    const values = entries.map(([name, { example, parse }]) => [name, parse(example)] as const)
    const typed = entries.flatMap(([, { option, example, parse, typed }]) => [
      option.split(' ')[0] ?? '',
      typed.write(parse(example)),
    ])
    const { settings } = await runJson('projects', 'update', projectId, ...typed)
    expect(settings).toEqual(Object.fromEntries(values))
  })

  test('wrong values are told together, in the words of the command line', async () => {
    const wrong = [
      '--region',
      'XX',
      '--tokens',
      '1.5',
      '--rate-limit',
      '600',
      '--code-seconds',
      '601',
      '--carrier',
      'x',
    ]
    const { stderr, stdout, code } = await run('projects', 'create', 'x', ...wrong)
    for (const flag of ['--region', '--tokens', '--rate-limit', '--code-seconds', '--carrier'])
      expect(stderr).toContain(`${flag} must be`)
    expect({ stdout, code, lines: stderr.split('\n').length }).toEqual({ stdout: '', code: 2, lines: 2 })
  })

  test('a wrong value is told which entry of a list it is, and the word that switches its option off', async () => {
    const deny = await run('projects', 'create', 'x', '--deny', 'example.com,300.0.0.0/8,+225')
    expect(deny.stderr).toMatch(/^error: --deny must be .+; "300\.0\.0\.0\/8" is none\n$/)
    const work = await run('projects', 'create', 'x', '--proof-of-work', '7')
    expect(work.stderr).toContain('or "off"')
  })

  test('what is not there, and what changes nothing, is said', async () => {
    const missing = await run('projects', 'update', 'PRJ_none', '--tokens', '5')
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no project PRJ_none'),
    })
    const idle = await run('projects', 'update', 'PRJ_none')
    expect(idle).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing to change') })
    const lost = await run('projects', 'create', 'x', '--workspace', 'WSP_none')
    expect(lost).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no workspace WSP_none') })
  })
})

describe('keys', () => {
  test('one is created, listed without its text and revoked', async () => {
    const { projectId } = await runJson('projects', 'create', 'keys')
    const made = await runJson(
      'keys',
      'create',
      projectId,
      '--scope',
      'otp',
      'otp:read-code',
      '--expires',
      '90d',
    )
    expect(made).toMatchObject({ apiKey: expect.stringMatching(keyShape), scopes: ['otp', 'otp:read-code'] })
    const days = (Date.parse(made.expiresAt) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(89.9)
    expect(days).toBeLessThan(90.1)

    const list = await run('keys', 'list', projectId)
    expect(list.stdout).toContain(made.keyId)
    expect(list.stdout).not.toContain(made.apiKey)

    expect(await runJson('keys', 'revoke', made.keyId)).toEqual({ keyId: made.keyId, revoked: true })
    expect((await run('keys', 'list', projectId)).stdout).toMatch(new RegExp(`${made.keyId} .* revoked `))
    expect(await run('keys', 'revoke', made.keyId)).toMatchObject({ code: 1, stdout: '' })
  })

  test('a leaked one is revoked by its own text, which nothing repeats', async () => {
    const { apiKey } = await runJson('projects', 'create', 'leak')
    const revoked = await run('keys', 'revoke', apiKey)
    const again = await run('keys', 'revoke', apiKey)
    expect([revoked.code, again.code]).toEqual([0, 1])
    expect(revoked.stderr).toContain('list of processes')
    expect(revoked.stdout + revoked.stderr + again.stderr).not.toContain(apiKey)
  })

  test('a leaked one is revoked without standing on the command line: by its beginning, or from standard input', async () => {
    const { projectId, apiKey } = await runJson('projects', 'create', 'quiet leak')
    const beginning = apiKey.slice(0, 9)
    expect(await run('keys', 'revoke', beginning)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(beginning),
      stderr: '',
    })
    const other = await runJson('keys', 'create', projectId)
    const piped = await runWithInput(`${other.apiKey}\n`, 'keys', 'revoke', '-')
    expect(piped).toMatchObject({ code: 0, stderr: '' })
    expect(piped.stdout).toContain(other.keyId)
    expect(piped.stdout).not.toContain(other.apiKey)
  })

  test.each([['yesterday'], ['2001-01-01'], ['90'], ['2030-13-01']])(
    '--expires %s is refused',
    async (when) => {
      const { stderr, code } = await run('keys', 'create', 'PRJ_none', '--expires', when)
      expect(stderr).toContain('--expires')
      expect(code).toBe(2)
    },
  )
})

describe('people and businesses', () => {
  test('with several projects a command asks which', async () => {
    const { stderr, code } = await run('users', 'unlock', 'ada@example.test')
    expect(stderr).toContain('--project')
    expect(code).toBe(2)
  })

  test('a business, its member, and a user who is disabled and enabled', async () => {
    const { projectId } = await runJson('projects', 'create', 'people', '--region', 'TZ')
    const options = ['--project', projectId, '--type', 'retailer', '--id', '123', '--verified']
    expect(await runJson('businesses', 'create', 'My Store', ...options)).toEqual({
      businessId: 123,
      name: 'My Store',
      type: 'retailer',
      isVerified: true,
    })
    expect(await run('businesses', 'create', 'My Store', ...options)).toMatchObject({
      code: 1,
      stderr: 'error: There is a business 123 already.\n',
    })

    const csv = 'type,phone,business_ids\nBUSINESS,0712345678,123\n'
    const imported = await runCommand(['users', 'import', '-', '--project', projectId], {
      env: { DATABASE_URL: db.connectionString },
      input: csv,
    })
    expect(imported).toMatchObject({ code: 0, stdout: `Imported 1 user into ${projectId}.\n` })
    expect(await runJson('users', 'disable', '1', '--project', projectId)).toMatchObject({
      phone: '+255712345678',
      isActive: false,
    })
    const list = (...options: string[]) => run('users', 'list', '--project', projectId, ...options)
    expect((await list()).stdout.split('\n')[1]).toMatch(/^1 +BUSINESS +- +\+255712345678 +- +disabled /)
    expect(JSON.parse((await list('--type', 'business', '--json')).stdout)).toMatchObject([{ userId: 1 }])
    expect(await list('--after', '1')).toMatchObject({ code: 0, stderr: 'There is no such user.\n' })
    expect(await list('--type', 'king')).toMatchObject({ code: 2 })
    expect(await runJson('users', 'enable', '1', '--project', projectId)).toMatchObject({ isActive: true })
    expect(await run('users', 'disable', '2', '--project', projectId)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"watchword users list" shows those there are'),
    })
    expect(await run('users', 'disable', 'ada', '--project', projectId)).toMatchObject({ code: 2 })

    const unlock = (address: string) => run('users', 'unlock', address, '--project', projectId)
    expect(await unlock('0712345678')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No code was ever sent'),
    })
    expect(await unlock('nonsense')).toMatchObject({ code: 2 })
  })
})

test('migrate says what it applied, and then nothing more', async () => {
  await db.query('drop schema public cascade')
  await db.query('create schema public')
  expect((await runJson('migrate')).applied).toContain('001-start')
  expect(await run('migrate')).toMatchObject({ code: 0, stdout: 'The database is up to date.\n' })
})

describe('projects disable, enable and delete', () => {
  const create = async () => (await runJson('projects', 'create', 'Switched')).projectId as string
  const stateOf = async (id: string) =>
    (await runJson('projects', 'list')).find(({ projectId }: { projectId: string }) => projectId === id)
      ?.state

  test('switch a project off and on, and every list says which it is', async () => {
    const id = await create()
    expect(await stateOf(id)).toBe('active')
    expect(await runJson('projects', 'disable', id)).toMatchObject({ projectId: id, state: 'disabled' })
    expect((await run('projects', 'disable', id)).stdout).toBe(`${id}  Switched  disabled\n`)
    expect((await run('projects', 'list')).stdout).toMatch(new RegExp(`^${id} +Switched +disabled `, 'm'))
    expect(await runJson('projects', 'enable', id)).toMatchObject({ state: 'active' })
    expect(await run('projects', 'disable', 'PRJ_none')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no project PRJ_none'),
    })
  })

  test('delete refuses an active project, and asks before it deletes a disabled one', async () => {
    const id = await create()
    const env = { DATABASE_URL: db.connectionString }
    const answering = (input: string) => runCommand(['projects', 'delete', id], { env, input })
    const active = await run('projects', 'delete', id, '--yes')
    expect(active.code).toBe(1)
    expect(active.stderr).toContain(`Switch it off first: "watchword projects disable ${id}"`)

    await run('projects', 'disable', id)
    for (const answer of ['', 'yes\n', 'PRJ_other\n']) {
      const { code, stdout, stderr } = await answering(answer)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain(`Everything of "Switched" will be erased, for good. Type ${id} to go on: `)
      expect(stderr).toContain('Nothing was deleted')
    }
    expect(await stateOf(id)).toBe('disabled')
    expect((await answering(`${id}\n`)).stdout).toBe(`${id}  Switched  deleted\n`)
    expect(await stateOf(id)).toBe('deleted')
  })

  test('nothing can be done to a deleted project, whose events are still exported', async () => {
    const id = await create()
    await run('projects', 'disable', id)
    expect(await runJson('projects', 'delete', id, '--yes')).toMatchObject({
      projectId: id,
      state: 'deleted',
    })
    for (const command of [
      ['projects', 'enable', id],
      ['projects', 'update', id, '--name', 'Back'],
      ['users', 'list', '--project', id],
      ['keys', 'create', id],
    ])
      expect([command, (await run(...command)).code]).toEqual([command, 1])
    await db.query('delete from projects where id = $1', [id])
    for (const parameters of [['--project', id], []]) {
      await db.query(
        `insert into events (project_id, id, type, details)
        select 'server', event_id(clock_now()), 'project.erased', jsonb_build_object('projectId', $1::text)
        where not exists (select from events where type = 'project.erased')`,
        [id],
      )
      const { stdout } = await run('audit', 'export', ...parameters)
      const types = stdout.split('\n').flatMap((line) => {
        const { scope, type } = line === '' ? { scope: '', type: '' } : JSON.parse(line)
        return scope === id ? [type] : []
      })
      expect(types).toEqual(['project.created', 'project.disabled', 'project.deleted'])
    }
    expect((await run('audit', 'export', '--project', 'PRJ_none')).code).toBe(1)
  })
})
