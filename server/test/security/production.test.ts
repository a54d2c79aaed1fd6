import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultProjectSettings, type Project } from '../../src/domain/project.ts'
import { createProjectStore } from '../../src/storage/stores/projects.ts'
import { runCommand, startCommand } from '../harness/run-command.ts'
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts'

/*
 * `watchword serve` as an operator starts it, seen from outside: what it refuses to start with, and how it withstands abuse.
 */

let db: TestDatabase
let directory: string
let env: Record<string, string>
let project: Project
let server: ReturnType<typeof startCommand>
let url: string

beforeAll(async () => {
  db = await createTestDatabase()
  directory = mkdtempSync(join(tmpdir(), 'watchword-production-'))
  project = await createProjectStore(db.database).create({
    id: null,
    workspaceId: null,
    name: 'Production',
    settings: defaultProjectSettings,
    tokensGranted: null,
  })
  writeFileSync(
    join(directory, 'watchword.yaml'),
    'mounts: [{dialect: service}, {dialect: account}, {dialect: citizen, codeInResponse: false}]',
  )
  env = {
    PORT: '0',
    DATABASE_URL: db.connectionString,
    WATCHWORD_DATA: directory,
    WATCHWORD_CONFIG: join(directory, 'watchword.yaml'),
    WATCHWORD_SECRET: 'of no use to anybody but this test file',
  }
  server = startCommand(['serve'], env)
  url = await listeningAt(server)
})
afterAll(async () => {
  await end(server)
  await db.drop()
  rmSync(directory, { recursive: true, force: true })
})

async function listeningAt(started: typeof server): Promise<string> {
  started.stdout.resume()
  let listening: string | undefined
  for await (const line of createInterface({ input: started.stderr })) {
    listening = /"event":"listening","url":"([^"]+)"/.exec(line)?.[1]
    if (listening !== undefined) break
  }
  started.stderr.resume()
  if (listening === undefined) throw new Error('the server did not start')
  return listening
}

async function end(started: typeof server): Promise<void> {
  started.kill('SIGTERM')
  if (started.exitCode === null) await once(started, 'close')
}

describe('production refuses to start with', () => {
  test('H3, A7: every unsafe setting, all of them in one message', async () => {
    const unsafe = join(directory, 'unsafe.yaml')
    writeFileSync(unsafe, 'mounts: [{dialect: citizen}]\nroutes: {email: [inbox]}')
    const { code, stdout, stderr } = await runCommand(['serve'], {
      env: {
        ...env,
        WATCHWORD_SECRET: 'change-me-change-me-change-me-change-me',
        WATCHWORD_SECRET_PREVIOUS: 'your-secret-your-secret-your-secret',
        WATCHWORD_ADMIN_TOKEN: 'replace-me-replace-me-replace-me-replace-me',
        WATCHWORD_CONFIG: unsafe,
        HOST: '0.0.0.0',
        SMTP_URL: 'smtp://user:hunter2@mail.example.test?ignoreTLS=true',
        MAIL_FROM: 'codes@example.test',
      },
    })
    expect([code, stdout]).toEqual([1, ''])
    const places = [
      'WATCHWORD_SECRET',
      'WATCHWORD_SECRET_PREVIOUS',
      'WATCHWORD_ADMIN_TOKEN',
      'PUBLIC_URL',
      'mounts[0].codes',
      'routes.email',
      'SMTP_URL',
    ]
    for (const place of places) expect(stderr).toContain(`. ${place}\n`)
    expect(stderr).not.toContain('hunter2')
  })

  test.each([
    ['a missing secret', { WATCHWORD_SECRET: '' }],
    ['a short secret', { WATCHWORD_SECRET: 'x'.repeat(31) }],
  ])('C2: %s', async (_, change) => {
    const { code, stderr } = await runCommand(['serve'], { env: { ...env, ...change } })
    expect([code, stderr]).toEqual([1, expect.stringContaining('WATCHWORD_SECRET')])
  })

  test('a HOST that nobody knows, and does not blame the database', async () => {
    const unknown = { ...env, HOST: 'nobody.invalid', PUBLIC_URL: 'https://otp.example.test' }
    const { code, stderr } = await runCommand(['serve'], { env: unknown })
    expect(stderr).toMatch(/1\. HOST\n +read: +"nobody\.invalid"/)
    expect(stderr).not.toContain('DATABASE_URL right')
    expect(code).toBe(1)
  })

  test('A7: development on a public interface', async () => {
    const { code, stderr } = await runCommand(['dev'], { env: { ...env, HOST: '0.0.0.0' } })
    expect([code, stderr]).toEqual([1, expect.stringContaining('a loopback address in development')])
  })

  test('C4: test recipients without an end date, which no setting takes', async () => {
    const write = (until: string | null) =>
      db.query(`update projects set settings = jsonb_set(settings, '{testRecipients}', $2) where id = $1`, [
        project.id,
        JSON.stringify([{ address: 'review@example.com', code: '123456', until }]),
      ])
    await write(null)
    const { code, stderr } = await runCommand(['serve'], { env })
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${project.id}: testRecipients[0].until`)])
    await db.query(`update projects set settings = settings - 'testRecipients' where id = $1`, [project.id])
  })
})

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** Writes bytes and reads until the server closes; returns the answer and the seconds it took. */
const sendRaw = (bytes: string): Promise<{ text: string; seconds: number }> =>
  new Promise((resolve) => {
    const startedAt = performance.now()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk) => (text += chunk))
    socket
      .on('error', () => {})
      .on('close', () => {
        resolve({ text, seconds: (performance.now() - startedAt) / 1000 })
      })
    socket.write(bytes)
  })

describe('a production server', () => {
  test('A7: has no demo people, no inbox and an admin API that is shut', async () => {
    expect(await db.query('select count(*)::integer as count from accounts')).toEqual([{ count: 0 }])
    expect((await fetch(`${url}/dev/inbox`)).status).toBe(404)
    expect((await fetch(`${url}/admin/v1/projects`)).status).toBe(401)
    const login = { email: 'john@example.com', password: 'securepassword' }
    expect((await post('/auth/login', login)).status).toBe(401)
  })

  test('shows its metrics without the token to this machine, but not where a proxy stands in front', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(200)
    const adminToken = 'a token of operators of no use elsewhere'
    for (const proxied of [{ PUBLIC_URL: 'https://codes.example.test' }, { TRUST_PROXY: '1' }]) {
      const other = startCommand(['serve'], { ...env, ...proxied, WATCHWORD_ADMIN_TOKEN: adminToken })
      try {
        const metrics = `${await listeningAt(other)}/metrics`
        expect((await fetch(metrics)).status).toBe(401)
        const scraped = await fetch(metrics, { headers: { authorization: `Bearer ${adminToken}` } })
        expect(scraped.status).toBe(200)
      } finally {
        await end(other)
      }
    }
  })

  test('S2, V5: counts callers from loopback like any other, whatever header they forge', async () => {
    const forged = (index: number) => ({ 'x-forwarded-for': `198.51.100.${index}` })
    const statuses = async (count: number, ask: (index: number) => Promise<Response>) => {
      const answers = []
      for (let index = 0; index < count; index += 1) answers.push((await ask(index)).status)
      return answers
    }
    const guess = (index: number) =>
      post('/auth/login/otp', { email: `guess${index}@example.com`, code: '123456' }, forged(index))
    expect(await statuses(21, guess)).toEqual([...new Array<number>(20).fill(401), 429])

    const send = (index: number) =>
      post('/auth/forgot-password', { email: `send${index}@example.com` }, forged(index))
    expect(await statuses(31, send)).toEqual([...new Array<number>(30).fill(200), 429])
  })

  test('H2: answers are not stored, not sniffed, and name no software', async () => {
    for (const answer of [
      await post('/auth/otp/generate', { email: 'a@example.com', purpose: 'LOGIN_CONFIRMATION' }),
      await post('/otp', {}),
      await fetch(`${url}/nothing`),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect([answer.headers.get('server'), answer.headers.get('x-powered-by')]).toEqual([null, null])
    }
    const page = await fetch(`${url}/docs`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('H2: a page of another origin gets nothing: CORS is off', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    const asked = await fetch(`${url}/auth/login`, { method: 'OPTIONS', headers })
    const answered = await post('/auth/login', { email: 'a@example.com', password: 'x' }, headers)
    for (const answer of [asked, answered]) {
      const names = [...answer.headers.keys()].filter((name) => name.startsWith('access-control'))
      expect(names).toEqual([])
    }
  })

  test('H1: bodies over 16 KiB and heads over 16 KiB are refused', async () => {
    const long = await post('/auth/login', { email: 'a@example.com', password: 'x'.repeat(17_000) })
    expect(long.status).toBe(413)
    const head = await sendRaw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(head.text).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('H1: clients that stop in the middle are cut, head and body, and the others are served meanwhile', async () => {
    const cut = Promise.all([
      sendRaw('GET /healthz HTTP/1.1\r\nHost: x\r\n'),
      sendRaw(
        'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
      ),
    ])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    for (const { text, seconds } of await cut) {
      expect(text).toMatch(/^(HTTP\/1\.1 408 |$)/)
      expect(seconds).toBeLessThan(20)
    }
  })

  test('A1: as many hashes wait as can be made in a second or so; the others are told 503 at once', async () => {
    // All logins come from one network, and are to be refused by the queue alone.
    const settings = { failedLoginsPerCallerHour: 1_000_000, failedLoginAddressesPerCallerHour: 10_000 }
    await createProjectStore(db.database).update(project.id, { settings })
    await sleep(600)
    // More than fits at once, which is fifty and one for each core.
    const length = 51 * availableParallelism() + 200
    const answers = await Promise.all(
      Array.from({ length }, (_, index) =>
        post('/auth/login', { email: `person${index}@example.com`, password: 'a wrong password' }),
      ),
    )
    const counts = new Map<number, number>()
    for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1)
    expect([...counts.keys()].sort()).toEqual([401, 503])
    expect(counts.get(503)).toBeGreaterThan(50)
    for (const { status, headers } of answers)
      if (status === 503) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })
})
