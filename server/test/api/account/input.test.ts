import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Unavailable } from '../../../src/engine/ports/unavailable.ts'
import { createDialectHost, type DialectApp, type DialectHost } from '../../harness/dialect-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'
import { ada, logInOverHttp, password, registerOverHttp } from './account-client.ts'

/* What callers may write to the dialect `account`, and how every answer looks. */

let host: DialectHost
let app: DialectApp
const code = '123456'
const person = { email: ada, password, firstname: 'Ada', lastname: 'Byron' }

beforeAll(async () => {
  host = await createDialectHost()
})
afterAll(() => host.close())
beforeEach(async () => {
  app = await host.startApp()
})

/** Every route with a body that it accepts. */
const bodies: Record<string, Record<string, unknown>> = {
  '/auth/register': person,
  '/auth/verify': { email: ada, code },
  '/auth/login': { email: ada, password },
  '/auth/login/otp/generate': { email: ada },
  '/auth/login/otp': { email: ada, code },
  '/auth/refresh': { refreshToken: 'your_refresh_token' },
  '/auth/forgot-password': { email: ada },
  '/auth/reset-password': { email: ada, code, newPassword: 'new_password' },
  '/auth/otp/generate': { email: ada, purpose: 'LOGIN_CONFIRMATION' },
  '/auth/otp/validate': { email: ada, code, purpose: 'LOGIN_CONFIRMATION' },
}
const countRows = async (table: 'challenges' | 'recipients' | 'accounts'): Promise<number> => {
  const rows = await host.world.query(`select from ${table} where project_id = $1`, [app.project.id])
  return rows.length
}

describe('fields', () => {
  for (const [path, body] of Object.entries(bodies)) {
    test(`${path} names every field that is missing or of a wrong type, all at once`, async () => {
      const fields = Object.keys(body).sort()
      const answers = [await app.post(path, {})]
      for (const value of [null, 7, true, ['a'], { a: 'b' }]) {
        answers.push(await app.post(path, Object.fromEntries(fields.map((field) => [field, value]))))
      }
      for (const { status, body: answer } of answers) {
        expect(status).toBe(400)
        expect(answer.status).toBe('error')
        const errors: { field: string; message: string }[] = answer.data.errors
        expect(errors.map(({ field }) => field).sort()).toEqual(fields)
        expect(errors.every(({ message }) => message.length > 0)).toBe(true)
      }
    })
  }

  test('wrong types and wrong texts are told together, in the language that was asked for', async () => {
    const wrong = { email: 'nobody', password: 'short', firstname: ' ' }
    const { body } = await app.post('/auth/register', wrong, { 'accept-language': 'en-GB' })
    expect(body).toEqual({
      status: 'error',
      message: 'Invalid data',
      data: {
        errors: expect.arrayContaining([
          { field: 'email', message: 'The e-mail address is invalid' },
          { field: 'password', message: 'The password must have at least 8 characters' },
          { field: 'firstname', message: expect.stringContaining('1 to 100 characters') },
          { field: 'lastname', message: 'This field is required' },
        ]),
      },
    })
    const french = await app.post('/auth/register', wrong, { 'accept-language': 'de' })
    expect(french.body.message).toBe('Données invalides')
  })

  test('V8: what is no string of six digits is refused before any lookup, and not counted', async () => {
    await registerOverHttp(app, ada)
    await app.post('/auth/login/otp/generate', { email: ada })
    const right = app.lastCode(ada)
    const odd = [
      null,
      '',
      [],
      {},
      [right],
      Number(right),
      right.slice(1),
      `${right}0`,
      `x${right}`,
      ` ${right} ${right}`,
      'abcdef',
      '12345٪',
    ]
    for (const path of ['/auth/login/otp', '/auth/verify', '/auth/reset-password', '/auth/otp/validate']) {
      for (const value of odd) {
        const { status, body } = await app.post(path, { ...bodies[path], code: value })
        expect([path, value, status]).toEqual([path, value, 400])
        expect(body.data.errors).toEqual([{ field: 'code', message: expect.any(String) }])
      }
    }
    const rows = await host.world.query<{ tries: number }>(
      "select tries from challenges where project_id = $1 and purpose = 'account-login'",
      [app.project.id],
    )
    expect(rows).toEqual([{ tries: 0 }])
    const eastern = [...right].map((digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)]).join('')
    expect((await app.post('/auth/login/otp', { email: ada, code: eastern })).status).toBe(200)
  })

  test('C4: a code in a send changes nothing', async () => {
    await registerOverHttp(app, ada)
    await app.post('/auth/forgot-password', { email: ada, code, otp: code, digits: 1, expiresIn: 86_400 })
    const sent = app.lastCode(ada)
    const guess = sent === code ? wrongCode(sent) : code
    const request = { email: ada, code: guess, newPassword: 'another quiet otter' }
    expect((await app.post('/auth/reset-password', request)).status).toBe(400)
  })

  test('S8: a list, CR/LF, comma, display name are refused before any mailer', async () => {
    const odd = [
      [ada, 'eve@example.test'],
      [ada],
      { 0: ada },
      `${ada}\r\nBcc: eve@example.test`,
      `${ada}\nbcc:eve@example.test`,
      `${ada},eve@example.test`,
      `${ada};eve@example.test`,
      `${ada} eve@example.test`,
      `Ada <${ada}>`,
      `<${ada}>`,
      `"a b"@example.test`,
      `${ada}\u0000`,
      `ada@exam\u0000ple.test`,
      `${ada}\u2028`.replace('@', '\u2028@'),
      `ada@example.test@eve.test`,
      'ada@localhost',
      `${'a'.repeat(65)}@example.test`,
      `a@${'b'.repeat(64)}.test`,
    ]
    for (const path of Object.keys(bodies).filter((path) => 'email' in (bodies[path] ?? {}))) {
      for (const email of odd) {
        const { status, body } = await app.post(path, { ...bodies[path], email })
        expect([path, email, status]).toEqual([path, email, 400])
        expect(body.data.errors).toEqual([{ field: 'email', message: expect.any(String) }])
      }
    }
    expect([await countRows('challenges'), await countRows('recipients')]).toEqual([0, 0])
  })

  test('S9: names are data: they come out as they went in', async () => {
    const names = [
      '{{7*7}}',
      '$' + '{7*7}',
      '<script>alert(1)</script>',
      '__proto__',
      "Robert'); drop table",
      '%s%n',
      '😀',
    ]
    for (const [index, name] of names.entries()) {
      const email = `name${index}@example.test`
      await app.post('/auth/register', { ...person, email, firstname: name, lastname: name })
      const verified = await app.post('/auth/verify', { email, code: app.lastCode(email) })
      expect(verified.body.data.user).toMatchObject({ firstname: name, lastname: name })
      const session = await logInOverHttp(app, email)
      const { body } = await app.get('/auth/me', session.bearer)
      expect(body.data.user).toMatchObject({ firstname: name, lastname: name })
    }
  })

  test('somebody with one name sends an empty last name, and has none', async () => {
    for (const [index, lastname] of ['', '  ', '\u00a0'].entries()) {
      const email = `single${index}@example.test`
      const { status } = await app.post('/auth/register', { ...person, email, lastname })
      expect(status).toBe(201)
      const { body } = await app.post('/auth/verify', { email, code: app.lastCode(email) })
      expect(body.data.user).toMatchObject({ firstname: 'Ada', lastname: null })
    }
  })

  test('S9: a name has 1 to 100 characters on one line', async () => {
    const register = (firstname: unknown) => app.post('/auth/register', { ...person, firstname })
    for (const name of ['', '  ', 'a\nb', 'a\tb', 'a\u0007', 'a\u2028b', 'x'.repeat(101), '\u0000'])
      expect([name, (await register(name)).status]).toEqual([name, 400])
    expect(await countRows('accounts')).toBe(0)
    for (const name of ['x'.repeat(100), '😀'.repeat(100), 'Ø']) {
      const email = `n${name.length}@example.test`
      expect((await app.post('/auth/register', { ...person, email, firstname: name })).status).toBe(201)
    }
  })

  test('a purpose that is none of the three is refused', async () => {
    for (const path of ['/auth/otp/generate', '/auth/otp/validate']) {
      for (const purpose of ['', 'LOGIN', 'account_verification', 'account-login', 'service', '__proto__']) {
        const { status, body } = await app.post(path, { ...bodies[path], purpose })
        expect(status).toBe(400)
        expect(body.data.errors).toEqual([{ field: 'purpose', message: expect.stringContaining('LOGIN') }])
      }
    }
  })
})

describe('answers', () => {
  test('H2: every answer is kept by no cache, and sniffed by no browser', async () => {
    await registerOverHttp(app, ada)
    const { bearer } = await logInOverHttp(app, ada)
    const answers = [
      await app.get('/auth/me', bearer),
      await app.get('/auth/me'),
      await app.get('/auth/none'),
    ]
    for (const [path, body] of Object.entries(bodies))
      answers.push(await app.post(path, body), await app.post(path, {}), await app.get(path))
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null])
    }
  })

  test('H1: whatever is sent, the answer is in the envelope and never 5xx', async () => {
    const values = [
      '',
      'x',
      ada,
      code,
      null,
      0,
      -1,
      1e308,
      true,
      [],
      {},
      [[]],
      'é'.repeat(300),
      '\ud800',
      '\u0000',
    ]
    for (const path of [...Object.keys(bodies), '/auth/logout']) {
      const names = [
        'email',
        'code',
        'password',
        'newPassword',
        'purpose',
        'refreshToken',
        'firstname',
        'lastname',
      ]
      for (const value of values) {
        const mutated = Object.fromEntries(names.map((name) => [name, value]))
        const all = [
          mutated,
          { ...bodies[path], ...Object.fromEntries(names.slice(2).map((n) => [n, value])) },
        ]
        for (const body of all) {
          const answer = await app.post(path, body)
          expect(answer.status).toBeLessThan(500)
          expect(Object.keys(answer.body)).toEqual(['status', 'message', 'data'])
        }
      }
    }
  })

  test('what goes wrong around a route is told in the envelope, in both languages', async () => {
    const english = { 'accept-language': 'fr;q=0.3, en' }
    const big = JSON.stringify({ ...person, firstname: 'x'.repeat(17_000) })
    const cases: [() => Promise<{ status: number; body: unknown }>, number, string][] = [
      [() => app.post('/auth/login', '{"email":'), 400, 'La requête est mal formée'],
      [() => app.post('/auth/login', '[]'), 400, 'Données invalides'],
      [() => app.post('/auth/login', 'a=b', { 'content-type': 'text/plain' }), 415, 'application/json'],
      [() => app.post('/auth/login', big), 413, 'volumineux'],
      [() => app.get('/auth/login'), 405, 'Méthode non autorisée'],
      [() => app.post('/auth/me', {}, english), 405, 'Method not allowed'],
      [() => app.post('/auth/nothing', {}), 404, 'Route introuvable'],
      [() => app.get('/auth/nothing', english), 404, 'Route not found'],
    ]
    for (const [ask, status, message] of cases) {
      const answer = await ask()
      expect(answer.status).toBe(status)
      expect(answer.body).toMatchObject({ status: 'error', message: expect.stringContaining(message) })
    }
  })

  test('A1: while too many passwords wait, a login is answered 503 and told when to come back', async () => {
    const logInWithPassword = async () => {
      throw new Unavailable('too many passwords wait to be hashed')
    }
    app = await host.startApp({ instead: { logInWithPassword } })
    const { status, headers, body } = await app.post('/auth/login', bodies['/auth/login'])
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('1')
    expect(body).toEqual({
      status: 'error',
      message: expect.stringContaining('indisponible'),
      data: { reference: headers.get('x-request-id') },
    })
  })

  test('a fault tells its reference and nothing technical', async () => {
    const logInWithPassword = async () => {
      throw new Error('relation "accounts" does not exist')
    }
    app = await host.startApp({ instead: { logInWithPassword } })
    const { status, headers, body } = await app.post('/auth/login', bodies['/auth/login'])
    expect(status).toBe(500)
    expect(body).toEqual({
      status: 'error',
      message: 'Une erreur interne est survenue',
      data: { reference: headers.get('x-request-id') },
    })
  })
})
