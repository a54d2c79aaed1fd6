import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../harness/run-command.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

type Finding = { check: string; level: 'ok' | 'warn' | 'fail'; message: string; remedy: string | null }

let app: TestApp
const directory = mkdtempSync(join(tmpdir(), 'watchword-doctor-test-'))
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => {
  await app.stop()
  rmSync(directory, { recursive: true, force: true })
})

const secret = 'Zx8-kQ2_wE5.rT7+yU1=iO4/pA9!sD3?'

async function examine(env: Record<string, string>, ...options: string[]) {
  const base = { DATABASE_URL: app.db.connectionString, WATCHWORD_DATA: directory, PORT: '0' }
  const { stdout, stderr, code } = await runCommand(['doctor', '--json', ...options], {
    env: { ...base, ...env },
  })
  expect(stderr).toBe('')
  const report = JSON.parse(stdout) as { ok: boolean; findings: Finding[] }
  expect(report.ok).toBe(code === 0)
  for (const { level, remedy } of report.findings) expect(remedy === null).toBe(level === 'ok')
  const of = (check: string) => report.findings.filter((finding) => finding.check === check)
  return { ...report, code, of }
}

/** Answers every connection with these words. */
async function withGreeting<Result>(
  greeting: string,
  work: (port: number) => Promise<Result>,
): Promise<Result> {
  const server = createTcpServer((socket) => socket.on('error', () => {}).write(greeting)).listen(
    0,
    '127.0.0.1',
  )
  await new Promise((resolve) => server.once('listening', resolve))
  try {
    return await work((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
}

describe('the doctor', () => {
  test('finds a well installation well, and leaves nothing behind', async () => {
    const unborn = join(directory, 'unborn')
    const { ok, findings } = await examine({ WATCHWORD_DATA: unborn })
    expect(ok).toBe(true)
    expect(findings.map(({ check }) => check)).toEqual([
      'Node.js',
      'Configuration',
      'Secret',
      'Data directory',
      'Disk',
      'Database',
      'PostgreSQL',
      'Clock',
      'Schema',
      'Port',
      'Mail',
    ])
    expect(existsSync(unborn)).toBe(false)
  })

  test('says it in lines for people, without colours in a pipe', async () => {
    const env = {
      DATABASE_URL: 'postgres://ada:hunter22@127.0.0.1:1/none',
      PORT: '0',
      WATCHWORD_DATA: directory,
    }
    const { stdout, code } = await runCommand(['doctor'], { env })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^fail {2}Database .+ECONNREFUSED.+\n +→ .+DATABASE_URL/m)
    expect(stdout).toMatch(/1 thing is wrong\.\n$/)
    expect(stdout).not.toContain('hunter22')
    expect(stdout).not.toContain('\u001b')
  })

  test('judges as production where there is a secret, and lists every mistake', async () => {
    const { of } = await examine({
      WATCHWORD_SECRET: 'short',
      PUBLIC_URL: 'http://otp.example.com',
      LOG_LEVEL: 'loud',
    })
    expect(of('Configuration').map(({ message }) => message.split(':')[0])).toEqual(
      expect.arrayContaining(['WATCHWORD_SECRET', 'LOG_LEVEL']),
    )
    expect(of('Database')[0]?.level).toBe('ok')

    const typed = await examine({ WATCHWORD_SECRET: 'abcabcabcabcabcabcabcabcabcabcabcabc' })
    expect(typed.of('Secret')[0]?.level).toBe('warn')
    const rotating = await examine({ WATCHWORD_SECRET: secret, WATCHWORD_SECRET_PREVIOUS: `${secret}2` })
    expect(rotating.of('Secret')[0]).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('PREVIOUS'),
      remedy: expect.stringContaining('ten minutes'),
    })
    expect(JSON.stringify(rotating.findings)).not.toContain(secret)
  })

  test('tells a port that a Watchword holds from one that another program holds', async () => {
    const held = await examine({ PORT: new URL(app.url).port })
    expect(held.of('Port')[0]).toMatchObject({
      level: 'ok',
      message: expect.stringContaining('which is ready'),
    })

    const other = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const taken = await examine({ PORT: String((other.address() as AddressInfo).port) })
    other.close()
    expect(taken.of('Port')[0]).toMatchObject({
      level: 'fail',
      message: expect.stringContaining('another program'),
    })
    expect(taken.code).toBe(1)
  })

  test('sees a directory that others may read, mail that does not go, and a schema that is newer', async () => {
    chmodSync(directory, 0o755)
    const { of } = await examine({
      SMTP_URL: 'smtp://ada:hunter22@127.0.0.1:9',
      MAIL_FROM: 'codes@example.test',
    })
    chmodSync(directory, 0o700)
    expect(of('Data directory')[0]).toMatchObject({ level: 'warn', remedy: `Run: chmod 700 ${directory}` })
    expect(of('Mail')[0]).toMatchObject({ level: 'fail', message: expect.stringContaining('ECONNREFUSED') })
    expect(JSON.stringify(of('Mail'))).not.toContain('hunter22')
    const [mail] = await withGreeting('220 mail.example.test\r\n', async (port) => {
      const env = { SMTP_URL: `smtps://127.0.0.1:${port}`, MAIL_FROM: 'codes@example.test' }
      return (await examine(env)).of('Mail')
    })
    expect(mail).toMatchObject({
      level: 'fail',
      remedy: expect.stringContaining('smtp:// for one that turns'),
    })

    await app.db.query(`insert into migrations (number, name) values (999, '999-future')`)
    const newer = await examine({})
    await app.db.query('delete from migrations where number = 999')
    expect(newer.of('Schema')[0]).toMatchObject({ level: 'fail', message: expect.stringContaining('newer') })
  })
})
