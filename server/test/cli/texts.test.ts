import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'
import { startWebhookPeer } from '../providers/webhook-peer.ts'

let db: TestDatabase
let project: string
const directory = mkdtempSync(join(tmpdir(), 'watchword-texts-'))
beforeAll(async () => {
  db = await createTestDatabase()
  project = (await runJson('projects', 'create', 'Acme')).projectId
})
afterAll(async () => {
  await db.drop()
  rmSync(directory, { recursive: true, force: true })
})

const runWith = (env: Record<string, string>, parameters: string[], input = '') =>
  runCommand(parameters, {
    env: { DATABASE_URL: db.connectionString, WATCHWORD_DATA: directory, ...env },
    input,
  })
const run = (...parameters: string[]) => runWith({}, parameters)

async function runJson(...parameters: string[]) {
  const { stdout, stderr, code } = await run(...parameters, '--json')
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  expect(stdout.split('\n')).toHaveLength(2)
  return JSON.parse(stdout)
}

test('a text is shown, set from a file, listed, previewed and removed', async () => {
  const key = [project, 'email', 'code', 'fr']
  expect(await runJson('texts', 'show', ...key)).toMatchObject({
    source: 'built-in',
    subject: '{code} est votre code {project}',
  })
  expect(await run('texts', 'list', project)).toMatchObject({ code: 0, stdout: '' })

  const file = join(directory, 'code.md')
  writeFileSync(file, '# Bonjour\n\n{code}\n\nà **{project}**\n')
  const set = await run('texts', 'set', ...key, '--subject', '{code} : {project}', '--file', file)
  expect(set).toEqual({ code: 0, stdout: `Stored email code fr of ${project}.\n`, stderr: '' })
  expect(await runJson('texts', 'list', project)).toMatchObject([
    { channel: 'email', purpose: 'code', locale: 'fr', body: '# Bonjour\n\n{code}\n\nà **{project}**' },
  ])
  expect((await run('texts', 'list', project)).stdout).toMatch(
    /^CHANNEL .*\nemail +code +fr +\S+ +- +\{code\}/,
  )

  const html = join(directory, 'preview.html')
  const preview = await run('texts', 'preview', ...key, '--html', html)
  expect(preview.stdout).toBe('Subject: 123456 : Acme\n\nBonjour\n\n123456\n\nà Acme\n')
  expect(readFileSync(html, 'utf8')).toContain('<strong><bdi>Acme</bdi></strong>')

  expect((await run('texts', 'show', ...key)).stderr).toBe("The project's own text.\n")
  expect(await runJson('texts', 'remove', ...key)).toEqual({ removed: true })
  expect(await run('texts', 'remove', ...key)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has no such text of its own'),
  })
})

test('a text comes from standard input too, and costs are said', async () => {
  const words = `{code} ${'x'.repeat(160)}\n`
  const set = await runWith({}, ['texts', 'set', project, 'sms', 'code', 'sw', '--file', '-'], words)
  expect(set).toMatchObject({ code: 0, stderr: expect.stringContaining('warning: body takes 2 SMS') })
  expect((await run('texts', 'preview', project, 'sms', 'code', 'sw')).stderr).toContain(
    '2 SMS: 167 places in GSM-7.',
  )
})

test.each([
  [
    'a broken text',
    ['sms', 'code', 'en', '--body', 'Hi {nmae}'],
    1,
    'body line 1, column 4 {nmae} is not a placeholder',
  ],
  ['one without its code', ['sms', 'code', 'en', '--body', 'Hi'], 1, 'body holds no {code}'],
  ['no words', ['sms', 'code', 'en'], 2, '--body or --file'],
  ['words twice', ['sms', 'code', 'en', '--body', 'x', '--file', 'x'], 2, 'not both'],
  ['a file that is not there', ['sms', 'code', 'en', '--file', '/nowhere/x'], 1, 'cannot be read'],
  ['an unknown key', ['fax', 'x', 'zz', '--body', '{code}'], 2, '<channel> must be one of'],
])('%s is refused', async (_, parameters, code, message) => {
  const result = await run('texts', 'set', project, ...parameters)
  expect(result).toMatchObject({ stdout: '', code, stderr: expect.stringContaining(message) })
  expect(result.stderr.trim().split('\n')).toHaveLength(1)
})

test('a project that does not exist is said', async () => {
  const key = ['PRJ_none', 'sms', 'code', 'en']
  for (const parameters of [
    ['show', ...key],
    ['set', ...key, '--body', '{code}'],
    ['list', 'PRJ_none'],
  ])
    expect(await run('texts', ...parameters)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no project PRJ_none'),
    })
})

test('a test message goes through the carrier that the configuration names', async () => {
  const peer = await startWebhookPeer()
  const env = { SMS_WEBHOOK_URL: peer.url }
  const send = (...to: string[]) => runWith(env, ['texts', 'send', project, 'sms', 'code', 'de', ...to])
  try {
    const sent = await send('+4915112345678', '--json')
    expect(sent).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(sent.stdout)).toEqual({
      to: '+4915112345678',
      attempts: [{ carrier: expect.any(String), outcome: 'accepted', detail: null }],
    })
    expect(peer.accepted[0]?.body).toMatchObject({
      to: '+4915112345678',
      locale: 'de',
      text: '123456 ist Ihr Code für Acme. Er gilt noch 5 Minuten. Geben Sie ihn niemals weiter.',
    })
    expect(await send('nonsense')).toMatchObject({ code: 2, stdout: '' })
    peer.behave('refuse-for-good')
    expect(await send('+4915112345678')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/: refused \(/),
    })
  } finally {
    await peer.stop()
  }
})
