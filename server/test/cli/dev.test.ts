import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { runCommand, startCommand } from '../harness/run-command.ts'

const directory = mkdtempSync(join(tmpdir(), 'watchword-dev-'))
const ending: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of ending.splice(0)) await end()
  rmSync(directory, { recursive: true, force: true })
})

const env = { WATCHWORD_DATA: directory, LOG_LEVEL: 'warn' }

/** Starts `watchword dev` on a free port and waits for its welcome text. */
async function startDev(options: string[] = ['--port', '0']) {
  const child = startCommand(['dev', ...options], env)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let [stdout, stderr] = ['', '']
  child.stderr.on('data', (text) => (stderr += text))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text) => {
      stdout += text
      if (stdout.includes('Ctrl-C')) resolve()
    })
    child.once('close', () => reject(new Error(`ended early: ${stderr}`)))
  })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return ended
  }
  ending.push(stop)
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? ''
  return { url, welcome: stdout, stop }
}

/** Runs a request from the welcome text in a shell, as if pasted. */
async function paste(welcome: string, path: string, edit = (text: string) => text) {
  const command = welcome.split('\n\n').find((block) => block.includes(path) && block.includes('curl'))
  const { stdout } = await promisify(execFile)('sh', ['-c', edit(command ?? 'false')])
  return JSON.parse(stdout)
}

test('the first minute: what the welcome shows works as it is pasted', async () => {
  const { url, welcome, stop } = await startDev()
  expect(welcome).toContain(`${url}/docs`)
  expect(welcome).not.toContain('\u001b')
  expect(statSync(join(directory, 'dev.json')).mode & 0o777).toBe(0o600)

  expect(await paste(welcome, '/api/v1/otp/send')).toMatchObject({ message: 'OTP generated and queued' })
  const inbox = /http:\S+\/dev\/inbox\?to=\S+/.exec(welcome)?.[0] ?? ''
  const [{ code }] = (await (await fetch(inbox)).json()) as [{ code: string }]
  const checked = await paste(welcome, '/api/v1/otp/verify', (text) => text.replace('123456', code))
  expect(checked).toMatchObject({ valid: true })

  // With port 0 only the server knows which one it got.
  expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ servers: [{ url }] })
  const login = await fetch(`${url}/auth/api/agent/login/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ phoneNumber: '+255712345678', password: 'securepassword' }),
  })
  const { token } = (await login.json()) as { token: { access: string } }
  const claims = Buffer.from(token.access.split('.')[1] ?? '', 'base64url').toString()
  expect(JSON.parse(claims)).toMatchObject({ iss: url })
  expect(await stop('SIGINT')).toBe(0)
})

test('again it is up, a command works beside it, and a second node joins', async () => {
  const first = await startDev()

  const created = await runCommand(['projects', 'create', 'Beside', '--json'], { env })
  const { projectId, apiKey } = JSON.parse(created.stdout)
  const second = await startDev()
  for (const { url } of [first, second]) {
    const answer = await fetch(`${url}/api/v1/otp/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey, 'x-project-id': projectId },
      body: JSON.stringify({ target: 'ada@example.test', channel: 'email' }),
    })
    expect(answer.status).toBe(201)
  }
  expect(await first.stop()).toBe(0)
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200)

  const readUrl = (): string => JSON.parse(readFileSync(join(directory, 'dev.json'), 'utf8')).url
  const third = await startDev()
  expect(readUrl()).toBe(third.url)
  expect(await third.stop()).toBe(0)
  expect(readUrl()).toBe(second.url)

  const { port } = new URL(second.url)
  const taken = await runCommand(['dev', '--port', port], { env })
  expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining(`Port ${port} is taken already`) })
  expect(await second.stop()).toBe(0)
})
