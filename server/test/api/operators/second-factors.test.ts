import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { totpAt, totpStep } from '../../../src/domain/totp.ts'
import { invite, type OperatorBrowser, openBrowser, signIn } from '../../harness/operator-browser.ts'
import { createAuthenticator } from '../../harness/software-authenticator.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { watch } from '../../security/canary/watch.ts'

let app: TestApp
let origin: string
beforeAll(async () => {
  app = await startTestApp()
  origin = app.url.replace('127.0.0.1', 'localhost')
})
afterAll(() => app.stop())

const refused = { statusCode: 401, message: 'This signs nobody in: it is wrong, expired or used' }

let count = 0
/** A new operator who is signed in. */
async function join(): Promise<{ browser: OperatorBrowser; email: string; id: string }> {
  count += 1
  const email = `factor${count}@example.test`
  return { ...(await invite(app, { email, role: 'viewer' })), email }
}

/** The first step of signing in. Its codes are not sent faster than an address may get them. */
async function begin(email: string): Promise<OperatorBrowser> {
  await app.moveClock(31_000)
  return signIn(app, email)
}

const now = async (): Promise<Date> => {
  const [row] = await app.db.query<{ now: Date }>('select clock_now() as now')
  return row?.now ?? new Date()
}

type App = { codeAt(offset?: number): Promise<string> }

/** An authenticator app with the secret that the server has made. */
function readSecret({ secret }: { secret: string }): App {
  watch.noteSecret(secret)
  const key = decodeBase32(secret)
  return { codeAt: async (offset = 0) => totpAt(key, totpStep(await now()) + offset).reveal() }
}

function decodeBase32(text: string): Buffer {
  const bits = [...text].map((sign) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'),
  )
  return Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)
      ?.map((byte) => Number.parseInt(byte, 2)) ?? [],
  )
}

async function addTotp(browser: OperatorBrowser): Promise<App> {
  const app = readSecret((await browser.post('/session/totp')).body)
  expect((await browser.post('/session/totp/confirm', { code: await app.codeAt(-1) })).status).toBe(204)
  return app
}

async function addPasskey(browser: OperatorBrowser, name = 'Laptop') {
  const authenticator = createAuthenticator(origin)
  const options = (await browser.post('/session/passkeys/options')).body
  const added = await browser.post('/session/passkeys', { name, response: authenticator.create(options) })
  expect(added).toMatchObject({ status: 201, body: { name, lastUsedAt: null } })
  return { authenticator, id: added.body.passkeyId as string }
}

const second = (browser: OperatorBrowser, path: string, body?: unknown) =>
  browser.post(`/sign-in/second-factor${path}`, body)

describe('an authenticator app', () => {
  test('is asked for once it has shown a first code, and not before', async () => {
    const { browser, email } = await join()
    const { body } = await browser.post('/session/totp')
    expect(body.uri).toBe(
      `otpauth://totp/Watchword:${encodeURIComponent(email)}?secret=${body.secret}&issuer=Watchword`,
    )
    const authenticator = readSecret(body)
    const code = await authenticator.codeAt()
    expect((await browser.post('/session/totp/confirm', { code: wrongCode(code) })).status).toBe(400)
    expect((await (await begin(email)).get('/session')).body.state).toBe('signed-in')
    expect((await browser.post('/session/totp/confirm', { code: await authenticator.codeAt() })).status).toBe(
      204,
    )
    expect((await browser.post('/session/totp')).status).toBe(409)

    const halfway = await begin(email)
    expect((await halfway.get('/session')).body).toMatchObject({
      state: 'second-factor',
      secondFactor: { passkeys: 0, totp: true, recoveryCodes: 0 },
    })
    const before = halfway.cookies.get('__Host-watchword')
    const done = await second(halfway, '/totp', { code: await authenticator.codeAt() })
    expect(done).toMatchObject({ status: 200, body: { state: 'signed-in' } })
    expect(halfway.cookies.get('__Host-watchword')).not.toBe(before)
    expect((await halfway.get('/projects')).status).toBe(200)
    expect((await app.get('/admin/v1/session', { cookie: `__Host-watchword=${before}` })).status).toBe(401)
  })

  test('opens nothing while it is missing, and is asked after a link as well', async () => {
    const { browser, email, id } = await join()
    await addTotp(browser)
    const halfway = await begin(email)
    for (const path of ['/projects', '/session/all', '/session/passkeys', '/events'])
      expect([path, (await halfway.get(path)).status]).toEqual([path, 401])
    for (const path of ['/session/totp', '/session/recovery-codes', '/session/passkeys/options'])
      expect([path, (await halfway.post(path)).status]).toEqual([path, 401])
    expect((await halfway.delete('/session')).status).toBe(204)

    const bearer = { authorization: `Bearer ${app.adminToken}` }
    const { link } = (await app.post(`/admin/v1/operators/${id}/link`, {}, bearer)).body
    const linked = openBrowser(app)
    const { body } = await linked.post('/sign-in/link', { token: new URL(link).hash.slice('#token='.length) })
    expect(body.state).toBe('second-factor')
  })

  test('shows each code for one use', async () => {
    const { browser, email } = await join()
    const authenticator = await addTotp(browser)
    const first = await begin(email)
    const code = await authenticator.codeAt()
    expect((await second(first, '/totp', { code })).status).toBe(200)
    const replay = await signIn(app, email)
    expect(await second(replay, '/totp', { code })).toMatchObject({ status: 401, body: refused })
    expect((await second(replay, '/totp', { code: await authenticator.codeAt(1) })).status).toBe(200)
  })

  test('of ten simultaneous uses of one code exactly one is accepted', async () => {
    const { browser, email } = await join()
    const authenticator = await addTotp(browser)
    await app.moveClock(31_000)
    const browsers: OperatorBrowser[] = []
    for (let index = 0; index < 4; index += 1) browsers.push(await begin(email))
    const code = await authenticator.codeAt()
    const answers = await Promise.all(browsers.map((each) => second(each, '/totp', { code })))
    expect(answers.filter(({ status }) => status === 200).length).toBe(1)
  })

  test('V6: guesses count over all sessions: after five wrong codes in a row even the right one has to wait', async () => {
    const { browser, email } = await join()
    const authenticator = await addTotp(browser)
    const halfway = await begin(email)
    for (let guesses = 0; guesses < 3; guesses += 1)
      expect(
        (await second(halfway, '/totp', { code: wrongCode(await authenticator.codeAt(), 7) })).status,
      ).toBe(401)
    const another = await begin(email)
    for (let guesses = 0; guesses < 2; guesses += 1)
      expect(
        (await second(another, '/totp', { code: wrongCode(await authenticator.codeAt(), 7) })).status,
      ).toBe(401)
    const locked = await second(another, '/totp', { code: await authenticator.codeAt() })
    expect(locked.status).toBe(429)
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(800)
    await app.moveClock(15 * 60_000)
    const later = await begin(email)
    expect((await second(later, '/totp', { code: await authenticator.codeAt() })).status).toBe(200)
  })

  test('of another operator opens nothing', async () => {
    const [mine, theirs] = [await join(), await join()]
    await addTotp(mine.browser)
    const foreign = await addTotp(theirs.browser)
    const halfway = await begin(mine.email)
    expect((await second(halfway, '/totp', { code: await foreign.codeAt() })).status).toBe(401)
  })

  test('is stored where only the master secret opens it, and a row of another operator opens nothing', async () => {
    const [mine, theirs] = [await join(), await join()]
    await addTotp(mine.browser)
    await addTotp(theirs.browser)
    await app.db.query(
      `update totp_authenticators set sealed = (select sealed from totp_authenticators where subject = $2)
      where subject = $1`,
      [mine.id, theirs.id],
    )
    const halfway = await begin(mine.email)
    expect((await second(halfway, '/totp', { code: '123456' })).status).toBe(500)
  })

  test('is removed by its operator, who then signs in without', async () => {
    const { browser, email } = await join()
    await addTotp(browser)
    expect((await browser.delete('/session/totp')).status).toBe(204)
    expect((await browser.delete('/session/totp')).status).toBe(404)
    expect((await (await begin(email)).get('/session')).body.state).toBe('signed-in')
  })
})

test('five wrong answers, or ten minutes, end a session that misses its second factor', async () => {
  const { browser, email } = await join()
  await addTotp(browser)
  const recovery = (await browser.post('/session/recovery-codes')).body.recoveryCodes as string[]
  const guessing = await begin(email)
  for (let guesses = 0; guesses < 5; guesses += 1)
    expect((await second(guessing, '/recovery-code', { code: 'AAAA-AAAA-AAAA-AAAA' })).status).toBe(401)
  expect((await second(guessing, '/recovery-code', { code: recovery[0] })).status).toBe(401)

  const slow = await begin(email)
  await app.moveClock(601_000)
  expect((await second(slow, '/recovery-code', { code: recovery[0] })).status).toBe(401)
  const quick = await begin(email)
  expect((await second(quick, '/recovery-code', { code: recovery[0] })).status).toBe(200)
})

describe('a passkey', () => {
  test('signs in as the second step, and its use is noted', async () => {
    const { browser, email } = await join()
    const { authenticator } = await addPasskey(browser)
    const halfway = await begin(email)
    expect((await halfway.get('/session')).body.secondFactor.passkeys).toBe(1)
    const options = (await second(halfway, '/passkey/options')).body
    expect(options).toMatchObject({ rpId: 'localhost', allowCredentials: [{ type: 'public-key' }] })
    const done = await second(halfway, '/passkey', { response: authenticator.get(options) })
    expect(done).toMatchObject({ status: 200, body: { state: 'signed-in' } })
    const { passkeys } = (await halfway.get('/session/passkeys')).body
    expect(passkeys).toEqual([expect.objectContaining({ name: 'Laptop', lastUsedAt: expect.any(String) })])
  })

  test.each([
    ['an answer to an earlier question', (_: object, earlier: object) => earlier],
    ['an answer from a page of another origin', 'https://evil.example'],
    ['an answer of a passkey that nobody knows', 'unknown'],
    ['no answer', () => ({})],
    ['a text', () => 'passkey'],
    ['nothing', () => null],
  ] as const)('refuses %s', async (_, how) => {
    const { browser, email } = await join()
    const { authenticator } = await addPasskey(browser)
    const halfway = await begin(email)
    const earlier = authenticator.get((await second(halfway, '/passkey/options')).body)
    const options = (await second(halfway, '/passkey/options')).body
    const forged = {
      ...(createAuthenticator(how === 'unknown' ? origin : String(how)).get(options) as { response: object }),
    }
    const { id } = authenticator.get(options) as { id: string }
    const response =
      typeof how === 'function'
        ? how(options, earlier)
        : how === 'unknown'
          ? forged
          : { ...forged, id, rawId: id }
    expect(await second(halfway, '/passkey', { response })).toMatchObject({ status: 401, body: refused })
  })

  test('whose answer is sent twice signs in once, and a copy with an old counter never', async () => {
    const { browser, email } = await join()
    const { authenticator } = await addPasskey(browser)
    const first = await begin(email)
    const response = authenticator.get((await second(first, '/passkey/options')).body)
    expect((await second(first, '/passkey', { response })).status).toBe(200)
    const replay = await begin(email)
    await second(replay, '/passkey/options')
    expect((await second(replay, '/passkey', { response })).status).toBe(401)
    const copied = await begin(email)
    const options = (await second(copied, '/passkey/options')).body
    authenticator.counter = 0
    expect((await second(copied, '/passkey', { response: authenticator.get(options) })).status).toBe(401)
  })

  test('is added only as the answer to what was asked, and once', async () => {
    const { browser } = await join()
    const other = (await join()).browser
    const authenticator = createAuthenticator(origin)
    const options = (await browser.post('/session/passkeys/options')).body
    const response = authenticator.create(options)
    for (const [who, given] of [
      [other, response],
      [browser, {}],
      [browser, 'passkey'],
    ] as const)
      expect((await who.post('/session/passkeys', { name: 'Key', response: given })).status).toBe(400)
    expect((await browser.post('/session/passkeys', { name: 'Key', response })).status).toBe(400)
    await addPasskey(browser)
    expect((await browser.get('/session/passkeys')).body.passkeys.length).toBe(1)
  })

  test('is removed by its operator alone', async () => {
    const { browser, email } = await join()
    const { id } = await addPasskey(browser)
    const other = (await join()).browser
    expect((await other.delete(`/session/passkeys/${id}`)).status).toBe(404)
    expect((await browser.delete(`/session/passkeys/${id}`)).status).toBe(204)
    expect((await (await begin(email)).get('/session')).body.state).toBe('signed-in')
  })
})

describe('recovery codes', () => {
  test('stand in for the second factor, each once, and new ones replace them', async () => {
    const { browser, email } = await join()
    expect((await browser.post('/session/recovery-codes')).status).toBe(409)
    await addTotp(browser)
    const former = (await browser.post('/session/recovery-codes')).body.recoveryCodes as string[]
    const codes = (await browser.post('/session/recovery-codes')).body.recoveryCodes as string[]
    for (const code of [...former, ...codes]) watch.noteSecret(code)
    expect(new Set(codes).size).toBe(10)
    const halfway = await begin(email)
    expect((await second(halfway, '/recovery-code', { code: former[0] })).status).toBe(401)
    const typed = ` ${codes[0]?.toLowerCase().replaceAll('-', ' ')} `
    expect((await second(halfway, '/recovery-code', { code: typed })).body).toMatchObject({
      state: 'signed-in',
      secondFactor: { recoveryCodes: 9 },
    })
    const again = await begin(email)
    expect((await second(again, '/recovery-code', { code: codes[0] })).status).toBe(401)
  })

  test('go with the last other factor', async () => {
    const { browser } = await join()
    await addTotp(browser)
    const { id } = await addPasskey(browser)
    await browser.post('/session/recovery-codes')
    await browser.delete('/session/totp')
    expect((await browser.get('/session')).body.secondFactor.recoveryCodes).toBe(10)
    await browser.delete(`/session/passkeys/${id}`)
    expect((await browser.get('/session')).body.secondFactor).toEqual({
      passkeys: 0,
      totp: false,
      recoveryCodes: 0,
    })
  })
})

test('an owner removes the second factors of somebody who has lost them', async () => {
  const { browser, email, id } = await join()
  await addTotp(browser)
  await addPasskey(browser)
  const bearer = { authorization: `Bearer ${app.adminToken}` }
  const reset = await app.request('DELETE', `/admin/v1/operators/${id}/second-factors`, { headers: bearer })
  expect(reset.status).toBe(204)
  expect((await (await begin(email)).get('/session')).body).toMatchObject({
    state: 'signed-in',
    secondFactor: { passkeys: 0, totp: false, recoveryCodes: 0 },
  })
})
