import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, signIn, tokenOf } from '../harness/operator-browser.ts'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'
import { startSmtpPeer } from '../providers/smtp-peer.ts'

let app: TestApp
const directory = mkdtempSync(join(tmpdir(), 'watchword-operators-'))
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => {
  await app.stop()
  rmSync(directory, { recursive: true, force: true })
})

const run = (parameters: string[], env: Record<string, string> = {}) =>
  runCommand(['operators', ...parameters], {
    env: {
      DATABASE_URL: app.db.connectionString,
      WATCHWORD_DATA: directory,
      WATCHWORD_SECRET: 'a secret for tests that is long enough',
      PUBLIC_URL: 'https://otp.example.test',
      ...env,
    },
  })

async function runJson(...parameters: string[]) {
  const { stdout, stderr, code } = await run([...parameters, '--json'])
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return JSON.parse(stdout)
}

const actorOf = async (type: string, operatorId: string) => {
  const [row] = await app.db.query<{ actor: string }>(
    `select details->>'actor' as actor from events
    where project_id = 'server' and type = $1 and details->>'operatorId' = $2 order by id desc`,
    [type, operatorId],
  )
  return row?.actor
}

test('an operator who is invited there signs in with the link, and is listed', async () => {
  const { link, operator, isMailed } = await runJson('invite', 'ada@example.test', '--role', 'owner')
  expect(new URL(link).origin + new URL(link).pathname).toBe('https://otp.example.test/console/sign-in')
  expect(operator).toMatchObject({ email: 'ada@example.test', name: 'ada', role: 'owner', projects: null })
  expect(isMailed).toBe(false)
  expect(await actorOf('operator.invited', operator.id)).toBe('command-line')
  const browser = openBrowser(app)
  expect((await browser.post('/sign-in/link', { token: tokenOf(link) })).status).toBe(200)

  const again = await run(['invite', 'Ada@example.test'])
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('#token=wwl_') })
  expect(await runJson('list')).toContainEqual(
    expect.objectContaining({ id: operator.id, sessions: 1, secondFactor: false }),
  )
  const { stdout } = await run(['list'])
  expect(stdout).toMatch(/OPERATOR +EMAIL[^\n]*\n[\s\S]*ada@example\.test +ada +owner +all/)
})

test('the link is mailed where mail is set up', async () => {
  const peer = await startSmtpPeer()
  const smtp = { SMTP_URL: `smtp://127.0.0.1:${peer.port}`, MAIL_FROM: 'codes@example.test' }
  const { stdout, stderr, code } = await run(
    ['invite', 'mailed@example.test', '--role', 'viewer', '--json'],
    smtp,
  )
  await peer.stop()
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  const { link, isMailed } = JSON.parse(stdout)
  expect(isMailed).toBe(true)
  expect(peer.mails.map(({ email }) => email.text).join('\n')).toContain(link)
})

test('a role, projects, a sign-out and a removal take effect at the next request', async () => {
  const email = 'ben@example.test'
  const project = app.projects.service
  const { operator } = await runJson(
    'invite',
    email,
    '--role',
    'viewer',
    '--project',
    project,
    '--name',
    'Ben',
  )
  expect(operator).toMatchObject({ name: 'Ben', role: 'viewer', projects: [project] })
  const browser = await signIn(app, email)
  const change = () => browser.patch(`/projects/${project}`, { name: 'Service' })
  expect((await change()).status).toBe(403)
  expect((await run(['role', email, 'operator'])).stdout).toBe(`${email} is now operator of all projects.\n`)
  expect((await change()).status).toBe(200)
  expect(await actorOf('operator.changed', operator.id)).toBe('command-line')

  expect(await runJson('sign-out', email, '--second-factors')).toEqual({
    operatorId: operator.id,
    sessions: 1,
  })
  expect((await browser.get('/session')).status).toBe(401)
  expect((await run(['remove', operator.id])).stdout).toBe(`Removed ${operator.id} (${email}).\n`)
  expect(await run(['remove', email])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no operator'),
  })
})

test.each([
  [['invite', 'no address', '--role', 'viewer'], 1, 'no e-mail address'],
  [['invite', 'new@example.test'], 2, '--role'],
  [['invite', 'new@example.test', '--role', 'admin'], 2, 'viewer, operator, owner'],
  [['invite', 'new@example.test', '--role', 'viewer', '--project', 'PRJ_none'], 1, 'no such project'],
  [['invite', 'owner@example.com', '--role', 'viewer'], 1, 'operator with this address already'],
  [['role', 'nobody@example.test', 'viewer'], 1, 'no operator'],
] as const)('%j is refused with what to do', async (parameters, code, text) => {
  const result = await run([...parameters])
  expect({ ...result, stdout: '' }).toEqual({ code, stdout: '', stderr: expect.stringContaining(text) })
})
