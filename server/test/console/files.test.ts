import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { startTestApp, type TestApp } from '../harness/start-test-app.ts'

/*
 * How the server serves the console: no browser is needed for what is asked and answered over HTTP.
 */

let app: TestApp
let index: string
/** Names of files by how they end, as the index and the scripts name them. */
let scripts: string[]

beforeAll(async () => {
  app = await startTestApp()
  index = (await app.get('/console')).body
  const [main = ''] = /assets\/index-[\w-]+\.js/.exec(index) ?? []
  const { body } = await app.get(`/console/${main}`)
  scripts = [main, ...[...String(body).matchAll(/[\w-]+-page-[\w-]+\.js/g)].map(([name]) => `assets/${name}`)]
})
afterAll(() => app?.stop())

/** Without decoding, which `fetch` does by itself. */
async function getRaw(path: string, headers: Record<string, string> = {}) {
  const { request } = await import('node:http')
  return new Promise<{ status: number; headers: Record<string, unknown>; bytes: Buffer }>(
    (resolve, reject) => {
      request(new URL(path, app.url), { headers, agent: false }, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(parts) }),
        )
      })
        .once('error', reject)
        .end()
    },
  )
}

describe('the index', () => {
  test('answers at every address of the console, and is asked for again each time', async () => {
    for (const path of [
      '/console',
      '/console/',
      '/console/inbox',
      '/console/inbox/some/thing?to=ada@example.test',
    ]) {
      const answer = await app.get(path)
      expect([path, answer.status]).toEqual([path, 200])
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
      expect(answer.body).toBe(index)
      const again = await app.get(path, { 'if-none-match': answer.headers.get('etag') ?? '' })
      expect([path, again.status]).toEqual([path, 304])
    }
  })

  test('H2: its policy allows no script and no style but files of this server, and no frame around it', async () => {
    const policy = (await app.get('/console')).headers.get('content-security-policy') ?? ''
    const parts = Object.fromEntries(
      policy.split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]),
    )
    expect(parts).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self'",
      'frame-ancestors': "'none'",
    })
    expect(index).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|https?:/)
  })

  test('says that this is development, and below which path a proxy serves it', async () => {
    expect(index).toContain('<meta name="watchword-mode" content="development"')
    expect(index).toContain('<base href="/console/"')
    const behind = await startTestApp({ env: { PUBLIC_URL: 'https://example.test/otp' } })
    expect((await behind.get('/console')).body).toContain('<base href="/otp/console/"')
    await behind.stop()
  })

  test('takes no other method', async () => {
    for (const path of ['/console', '/console/inbox']) {
      const answer = await app.post(path, {})
      expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, 'GET, HEAD, OPTIONS'])
    }
  })
})

describe('a file', () => {
  test('whose name has its content in it is kept for a year, any other is asked for again', async () => {
    for (const path of scripts) {
      const answer = await app.get(`/console/${path}`)
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([
        path,
        200,
        'public, max-age=31536000, immutable',
      ])
      expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    }
    const theme = await app.get('/console/theme.js')
    expect(theme.headers.get('cache-control')).toBe('no-cache')
  })

  test('comes compressed as the reader takes it, each way with a tag of its own', async () => {
    const [main] = scripts
    const plain = await getRaw(`/console/${main}`)
    const gzip = await getRaw(`/console/${main}`, { 'accept-encoding': 'gzip' })
    const brotli = await getRaw(`/console/${main}`, { 'accept-encoding': 'gzip, br' })
    expect([plain, gzip, brotli].map(({ headers }) => headers['content-encoding'])).toEqual([
      undefined,
      'gzip',
      'br',
    ])
    expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true)
    expect(brotli.bytes.length).toBeLessThan(gzip.bytes.length)
    expect(new Set([plain, gzip, brotli].map(({ headers }) => headers.etag)).size).toBe(3)
    for (const { headers } of [plain, gzip, brotli]) expect(headers.vary).toBe('accept-encoding')
    const again = await getRaw(`/console/${main}`, {
      'accept-encoding': 'br',
      'if-none-match': String(brotli.headers.etag),
    })
    expect([again.status, again.bytes.length]).toEqual([304, 0])
  })

  test('that is not there is 404 and never the index, which no script could be read from', async () => {
    for (const path of [
      'assets/index-00000000.js',
      'nothing.css',
      'files.json',
      'assets/../files.json',
      'assets/%2e%2e/%2e%2e/package.json',
    ])
      expect([path, (await getRaw(`/console/${path}`)).status]).toEqual([path, 404])
  })

  test('no page needs more than 350 kB of compressed script', async () => {
    expect(scripts.length).toBeGreaterThanOrEqual(5)
    const { body: main } = await app.get(`/console/${scripts[0]}`)
    const sizeOf = async (path: string) =>
      (await getRaw(`/console/${path}`, { 'accept-encoding': 'gzip' })).bytes.length
    // Everything together is more than any one page loads.
    const all = new Set([
      ...scripts,
      ...[...String(main).matchAll(/assets\/[\w-]+\.js/g)].map(([name]) => name),
    ])
    const sizes = await Promise.all([...all].map(sizeOf))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(350_000)
  })
})

describe('what development adds', () => {
  test('is a send and a check of each API that work as they stand, with the key of the demo', async () => {
    const { trials } = (await app.get('/dev/trials')).body
    expect(trials).toHaveLength(dialects.length)
    for (const { name, headers, code, send, check } of trials) {
      const sent = await app.post(send.path, send.body, headers)
      expect([name, sent.status < 300, sent.body]).toEqual([name, true, sent.body])
      const [message] = await app.inbox.entries()
      const body = JSON.stringify(check.body).replace(JSON.stringify(code), JSON.stringify(message?.code))
      const checked = await app.post(check.path, body, headers)
      expect([name, checked.status < 300, checked.body]).toEqual([name, true, checked.body])
      expect((await app.inbox.entries())[0]?.verifiedAt).not.toBeNull()
    }
  })

  test('is the HTML of a mail in a document in which nothing runs and that loads nothing', async () => {
    await app.post('/api/v1/otp/send', { target: 'ada@example.test', channel: 'email' }, app.serviceHeaders)
    const [mail] = await app.inbox.entries('ada@example.test')
    const answer = await app.get(`/dev/mail?id=${mail?.id}`)
    expect(answer.body).toBe(mail?.html)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; .*; sandbox$/)
    expect(policy).not.toMatch(/script-src|allow-/)
    expect((await app.get('/dev/mail?id=000000000000000000000000')).status).toBe(404)
  })

  test('is a bound on how much of the inbox is asked for', async () => {
    await app.post('/otp', { type: 'create', phoneNumber: '9876543210' })
    expect((await app.get('/dev/inbox?limit=1')).body).toHaveLength(1)
    expect((await app.get('/dev/inbox?limit=none')).body.length).toBeGreaterThan(1)
  })
})
