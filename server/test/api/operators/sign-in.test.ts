import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { invite, openBrowser, ownerEmail, signIn, tokenOf } from '../../harness/operator-browser.ts'
import { startTestApp, type TestApp } from '../../harness/start-test-app.ts'
import { wrongCode } from '../../harness/wrong-code.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.stop())

const bearer = () => ({ authorization: `Bearer ${app.adminToken}` })
const refused = { statusCode: 401, message: 'This signs nobody in: it is wrong, expired or used' }

async function inviteBy(email: string, role = 'viewer'): Promise<{ link: string; id: string }> {
  const { body } = await app.post('/admin/v1/operators', { email, role }, bearer())
  return { link: body.link, id: body.operator.id }
}

describe('a link', () => {
  test('of the first start signs in the owner of development, once, and leads to this machine by its name', async () => {
    const link = new URL(app.signInLink ?? '')
    expect([link.hostname, link.pathname]).toEqual(['localhost', '/console/sign-in'])
    const browser = openBrowser(app)
    const { status, body, headers } = await browser.post('/sign-in/link', { token: tokenOf(link.href) })
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        state: 'signed-in',
        operator: { email: ownerEmail, name: 'Owner', role: 'owner', projects: null },
        secondFactor: { passkeys: 0, totp: false, recoveryCodes: 0 },
      },
    })
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-watchword=wwo_[\w-]{43}; Path=\/; Max-Age=86400; Secure; HttpOnly; SameSite=Strict$/,
    )
    expect((await browser.get('/session')).body).toEqual(body)
    const again = await openBrowser(app).post('/sign-in/link', { token: tokenOf(link.href) })
    expect(again).toMatchObject({ status: 401, body: refused })
    expect(again.headers.get('set-cookie')).toBeNull()
  })

  test('that has expired signs nobody in', async () => {
    const { link } = await inviteBy('late@example.test')
    await app.moveClock(15 * 60_000)
    const { status, body } = await openBrowser(app).post('/sign-in/link', { token: tokenOf(link) })
    expect({ status, body }).toEqual({ status: 401, body: refused })
  })

  test('that a newer one replaces signs nobody in', async () => {
    const { link, id } = await inviteBy('twice@example.test')
    const { body } = await app.post(`/admin/v1/operators/${id}/link`, {}, bearer())
    expect((await openBrowser(app).post('/sign-in/link', { token: tokenOf(link) })).status).toBe(401)
    expect((await openBrowser(app).post('/sign-in/link', { token: tokenOf(body.link) })).status).toBe(200)
  })

  test('of an operator who was removed signs nobody in', async () => {
    const { link, id } = await inviteBy('gone@example.test')
    await app.request('DELETE', `/admin/v1/operators/${id}`, { headers: bearer() })
    expect((await openBrowser(app).post('/sign-in/link', { token: tokenOf(link) })).status).toBe(401)
  })

  test.each([
    ['nothing', ''],
    ['a token that nobody made', `wwl_${'A'.repeat(43)}`],
    ['the token of a session', `wwo_${'A'.repeat(43)}`],
    ['another text', 'let me in'],
  ])('with %s signs nobody in', async (_, token) => {
    const { status, body } = await openBrowser(app).post('/sign-in/link', { token })
    expect({ status, body }).toEqual({ status: 401, body: refused })
  })

  test('of twenty simultaneous uses signs in exactly once', async () => {
    const { link } = await inviteBy('crowd@example.test')
    const use = () => openBrowser(app).post('/sign-in/link', { token: tokenOf(link) })
    const answers = await Promise.all(Array.from({ length: 20 }, use))
    expect(answers.filter(({ status }) => status === 200).length).toBe(1)
  })
})

describe('a code by e-mail', () => {
  test('signs in an operator, however the address is written, and once', async () => {
    await inviteBy('ada@example.test')
    const browser = openBrowser(app)
    const asked = await browser.post('/sign-in/code', { email: ' Ada@Example.test' })
    expect(asked).toMatchObject({ status: 202, body: { expiresInSeconds: 600, digits: 6 } })
    const code = await app.inbox.lastCode('ada@example.test')
    const given = { email: 'ada@example.test', code }
    expect((await browser.post('/sign-in/verify', given)).body).toMatchObject({
      state: 'signed-in',
      operator: { email: 'ada@example.test', role: 'viewer' },
    })
    expect(await openBrowser(app).post('/sign-in/verify', given)).toMatchObject({
      status: 401,
      body: refused,
    })
  })

  test('for an address of nobody is answered alike and sent to nobody; no code signs in', async () => {
    const browser = openBrowser(app)
    const email = 'nobody@example.test'
    const asked = await browser.post('/sign-in/code', { email })
    expect(asked).toMatchObject({ status: 202, body: { expiresInSeconds: 600, digits: 6 } })
    expect(await app.inbox.entries(email)).toEqual([])
    expect(await browser.post('/sign-in/verify', { email, code: '123456' })).toMatchObject({
      status: 401,
      body: refused,
    })
  })

  test('is refused like one that was never sent once it was guessed five times, right as it may be', async () => {
    await inviteBy('guessed@example.test')
    const email = 'guessed@example.test'
    const browser = openBrowser(app)
    await browser.post('/sign-in/code', { email })
    const code = await app.inbox.lastCode(email)
    for (let count = 0; count < 5; count += 1)
      expect((await browser.post('/sign-in/verify', { email, code: wrongCode(code) })).body).toEqual(refused)
    expect((await browser.post('/sign-in/verify', { email, code })).body).toEqual(refused)
  })

  test('of another project’s API signs nobody in', async () => {
    const email = 'both@example.test'
    await inviteBy(email)
    const headers = app.serviceHeaders
    await app.post('/api/v1/otp/send', { target: email, channel: 'email' }, headers)
    const code = await app.inbox.lastCode(email)
    const { status } = await openBrowser(app).post('/sign-in/verify', { email, code })
    expect(status).toBe(401)
  })

  test('goes to one address only so often, whether it is an operator’s or nobody’s', async () => {
    await inviteBy('often@example.test')
    const statuses = async (email: string) => {
      const browser = openBrowser(app)
      const found: number[] = []
      for (let count = 0; count < 7; count += 1) {
        const { status, headers } = await browser.post('/sign-in/code', { email })
        found.push(status)
        if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
        // A send of the same moment is the same send.
        await app.moveClock(31_000)
      }
      return found
    }
    const ofOperator = await statuses('often@example.test')
    expect(ofOperator).toEqual(await statuses('nobody-often@example.test'))
    expect(ofOperator.at(-1)).toBe(429)
  })

  test.each(['', 'no address', 'a@b@c.test', 'Ada <ada@example.test>'])(
    'is not sent to %j, which is no address',
    async (email) => {
      expect((await openBrowser(app).post('/sign-in/code', { email })).status).toBe(400)
    },
  )
})

describe('a session', () => {
  test('ends where it is signed out, at once, and the browser forgets it', async () => {
    const browser = await signIn(app)
    const cookie = browser.cookieHeader()
    expect((await browser.delete('/session')).status).toBe(204)
    expect(browser.cookies.size).toBe(0)
    expect((await app.get('/admin/v1/session', { cookie })).status).toBe(401)
    expect((await app.get('/admin/v1/projects', { cookie })).status).toBe(401)
  })

  test('is listed with the others of the operator, who ends one or all others', async () => {
    const { browser: first } = await invite(app, { email: 'many@example.test', role: 'viewer' })
    const second = await signIn(app, 'many@example.test')
    const third = await signIn(app, 'many@example.test')
    const { sessions } = (await third.get('/session/all')).body
    expect(sessions.map(({ method, isCurrent }: Record<string, unknown>) => [method, isCurrent])).toEqual([
      ['code', true],
      ['code', false],
      ['link', false],
    ])
    expect((await third.delete(`/session/all/${sessions[1].sessionId}`)).status).toBe(204)
    expect((await second.get('/session')).status).toBe(401)
    expect((await first.get('/session')).status).toBe(200)
    expect((await third.delete('/session/all')).status).toBe(204)
    expect((await first.get('/session')).status).toBe(401)
    expect((await third.get('/session')).status).toBe(200)
    expect((await third.delete(`/session/all/${sessions[1].sessionId}`)).status).toBe(404)
  })

  test('of another operator cannot be ended by its id', async () => {
    const { browser: mine } = await invite(app, { email: 'mine@example.test', role: 'owner' })
    const { browser: theirs } = await invite(app, { email: 'theirs@example.test', role: 'owner' })
    const { sessionId } = (await theirs.get('/session')).body
    expect((await mine.delete(`/session/all/${sessionId}`)).status).toBe(404)
    expect((await theirs.get('/session')).status).toBe(200)
  })

  test('T4: of an operator who is removed, or signed out by an owner, is dead on every node at once', async () => {
    const node = await app.startSecondNode()
    const owner = await signIn(app)
    const { browser, id } = await invite(app, { email: 'leaves@example.test', role: 'operator' })
    const cookie = browser.cookieHeader()
    const statuses = () =>
      Promise.all([app, node].map(async (each) => (await each.get('/admin/v1/projects', { cookie })).status))
    expect(await statuses()).toEqual([200, 200])
    expect((await owner.delete(`/operators/${id}/sessions`)).status).toBe(204)
    expect(await statuses()).toEqual([401, 401])

    const again = await signIn(app, 'leaves@example.test')
    expect((await owner.delete(`/operators/${id}`)).status).toBe(204)
    expect((await node.get('/admin/v1/projects', { cookie: again.cookieHeader() })).status).toBe(401)
    expect((await again.get('/session')).status).toBe(401)
    await node.stop()
  })

  test('T4: of an operator who is removed gets nothing more of a stream that it reads', async () => {
    const { browser, id } = await invite(app, { email: 'reads@example.test', role: 'viewer' })
    const answer = await fetch(`${app.url}/admin/v1/state/stream`, {
      headers: { cookie: browser.cookieHeader() },
    })
    const reader = answer.body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    await app.request('DELETE', `/admin/v1/operators/${id}`, { headers: bearer() })
    expect(await reader?.read()).toEqual({ done: true, value: undefined })
  })

  test('ends after an hour without a request, and after a day in any case', async () => {
    const idle = await signIn(app)
    await app.moveClock(61 * 60_000)
    expect((await idle.get('/session')).status).toBe(401)

    const busy = await signIn(app)
    for (let hours = 0; hours < 23.5; hours += 0.5) {
      await app.moveClock(30 * 60_000)
      expect((await busy.get('/session')).status).toBe(200)
    }
    await app.moveClock(30 * 60_000)
    expect((await busy.get('/session')).status).toBe(401)
  })

  test('shows the name that its operator chooses', async () => {
    const { browser } = await invite(app, { email: 'named@example.test', role: 'viewer' })
    expect((await browser.patch('/session', { name: 'Ada Lovelace' })).body.operator.name).toBe(
      'Ada Lovelace',
    )
    expect((await browser.get('/session')).body.operator.name).toBe('Ada Lovelace')
  })
})

test('the ways to sign in say whether mail is sent, and by which provider else', async () => {
  expect((await app.get('/admin/v1/sign-in')).body).toEqual({ code: true, openId: null })
})
